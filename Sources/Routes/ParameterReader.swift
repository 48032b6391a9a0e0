internal import Documents

/// Reads the parameter mappings of an integration in the spelling of the API type.
struct ParameterReader {
    let context: LoadContext
    let apiType: ApiType
    /// The answer is mapped, not the request.
    var isResponse = false

    /// `requestParameters`.
    func read(_ map: JSONValue?) -> [ParameterMapping] {
        guard let map, map.kind == .object else { return [] }
        return map.members.compactMap { member in
            guard member.value.kind == .string, !context.expand(member.value).failed else { return nil }
            return apiType == .rest ? readREST(member) : readHTTP(member)
        }
    }

    func fail(_ value: JSONValue, _ message: String, _ help: String) {
        context.report("GH2407", value.range, message, help: help)
    }

    /// The rest behind a prefix as a name; nil when it is none.
    func name(_ text: Substring.UTF8View, after prefix: String) -> [UInt8]? {
        guard text.starts(with: prefix.utf8) else { return nil }
        let name = Array(text.dropFirst(prefix.utf8.count))
        return name.isEmpty || !name.allSatisfy(ParameterSource.isNameByte) ? nil : name
    }

    func checkLiteral(_ bytes: [UInt8], _ member: JSONMember) {
        if !DocumentDecoder.isHeaderValue(bytes) {
            context.report("GH2404", member.value.range, "the value holds a control character")
        }
    }

    // MARK: REST

    private func readREST(_ member: JSONMember) -> ParameterMapping? {
        let key = member.name[...].utf8
        let destination: ParameterMapping.Destination
        if let header = name(key, after: "integration.request.header.") {
            destination = .header(name: header)
            let word = String(decoding: header, as: UTF8.self)
            if Self.isRefusedREST(word) {
                context.report(
                    "GH2408", .warning, member.key.range, "API Gateway answers 500 when \(word) is mapped")
            } else if Self.isIgnoredREST(word) {
                context.report(
                    "GH2408", .warning, member.key.range, "API Gateway does not send \(word), whatever is mapped to it")
            }
        } else if let query = name(key, after: "integration.request.querystring.") {
            destination = .queryString(name: query)
        } else if let path = name(key, after: "integration.request.path.") {
            destination = .path(name: path)
        } else {
            let isHTTP = Self.split(member.name) != nil
            fail(
                member.key, "\"\(member.name)\" is no destination",
                isHTTP
                    ? "this is the form of HTTP APIs; write integration.request.header.NAME"
                    : "write integration.request.header.NAME, .querystring.NAME or .path.NAME")
            return nil
        }
        guard let source = sourceREST(member) else { return nil }
        return ParameterMapping(
            operation: .set, destination: destination, source: [source], span: context.span(member.key.range))
    }

    private func sourceREST(_ member: JSONMember) -> ParameterSource? {
        let text = context.text(member.value) ?? ""
        let bytes = text[...].utf8
        if let literal = literal(text, member) { return literal }
        if let name = name(bytes, after: "method.request.header.") { return .header(name: name) }
        if let name = name(bytes, after: "method.request.multivalueheader.") { return .multiValueHeader(name: name) }
        if let name = name(bytes, after: "method.request.querystring.") { return .queryString(name: name) }
        if let name = name(bytes, after: "method.request.multivaluequerystring.") {
            return .multiValueQueryString(name: name)
        }
        if let name = name(bytes, after: "method.request.path.") { return .pathParameter(name: name) }
        if text == "method.request.body" { return .body(path: nil) }
        if text.hasPrefix("method.request.body.") {
            return bodyPath(text.dropFirst(20), member).map { .body(path: $0) }
        }
        if let name = name(bytes, after: "stageVariables.") {
            return .stageVariable(name: String(decoding: name, as: UTF8.self))
        }
        if text.hasPrefix("context.") { return variable(String(text.dropFirst(8)), member) }
        let help: String
        if text.hasPrefix("$") {
            help = "REST mappings have no \"$\": write \(text.dropFirst())"
        } else if text.contains(".") {
            help = "write method.request.header.NAME, context.NAME, stageVariables.NAME or 'text'"
        } else {
            help = "put static text in single quotes: \"'\(text)'\""
        }
        fail(member.value, "\"\(text)\" is no source", help)
        return nil
    }

    /// `'text'`
    func literal(_ text: String, _ member: JSONMember) -> ParameterSource? {
        guard text.utf8.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") else { return nil }
        let literal = Array(text.utf8.dropFirst().dropLast())
        checkLiteral(literal, member)
        return .literal(literal)
    }

    /// A place in a body, behind `body.`.
    func bodyPath(_ text: Substring, _ member: JSONMember) -> BodyPath? {
        if let path = BodyPath(String(text)) { return path }
        fail(
            member.value, "\"\(text)\" names no single value of a body",
            "write names and indices such as user.name, items[0].id or ['a b']")
        return nil
    }

    func variable(_ name: String, _ member: JSONMember) -> ParameterSource? {
        if let variable = ContextVariable(name) { return .context(variable) }
        let near = Suggestion.nearest(to: name, among: ContextVariable.names)
        fail(
            member.value, "there is no context variable \"\(name)\"",
            near.map { "did you mean \"\($0)\"?" } ?? "values of an authorizer are context.authorizer.NAME")
        return nil
    }

    /// Those that the integration itself writes.
    private static func isRefusedREST(_ name: String) -> Bool {
        ["content-length", "host", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"]
            .contains(name.lowercased())
    }

    /// Those that belong to the connection.
    private static func isIgnoredREST(_ name: String) -> Bool {
        [
            "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
            "via",
        ].contains(name.lowercased())
    }

    // MARK: HTTP

    /// `append:header.x` cut at its colon.
    static func split(_ key: String) -> (operation: ParameterMapping.Operation, rest: Substring)? {
        guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = key[key.index(after: colon)...]
        return switch key[..<colon] {
        case "append": (.append, rest)
        case "overwrite": (.overwrite, rest)
        case "remove": (.remove, rest)
        default: nil
        }
    }

    private func readHTTP(_ member: JSONMember) -> ParameterMapping? {
        guard let (operation, target) = Self.split(member.name), let destination = destination(target, operation) else {
            let isREST = member.name.hasPrefix("integration.request.")
            fail(
                member.key, "\"\(member.name)\" is no destination",
                isREST
                    ? "this is the form of REST APIs; write overwrite:header.NAME"
                    : "write append:, overwrite: or remove: with header.NAME or querystring.NAME, or overwrite:path")
            return nil
        }
        guard let source = sourcesHTTP(of: member, operation, to: destination) else { return nil }
        return ParameterMapping(
            operation: operation, destination: destination, source: source, span: context.span(member.key.range))
    }

    /// Where the value of a mapping comes from, in requests and in answers; empty for one that removes.
    func sourcesHTTP(
        of member: JSONMember, _ operation: ParameterMapping.Operation, to destination: ParameterMapping.Destination
    ) -> [ParameterSource]? {
        if case .header(let name) = destination, Self.isReservedHTTP(name) {
            context.report(
                "GH2408", member.key.range, "\(String(decoding: name, as: UTF8.self)) cannot be mapped",
                note: "HTTP APIs keep it to themselves")
        }
        let text = context.text(member.value) ?? ""
        guard operation == .remove else { return sourceHTTP(Array(text.utf8), member) }
        if text != "''", !text.isEmpty { fail(member.value, "remove: takes no value", "write \"''\"") }
        return []
    }

    private func destination(
        _ target: Substring, _ operation: ParameterMapping.Operation
    ) -> ParameterMapping.Destination? {
        if let header = name(target.utf8, after: "header.") { return .header(name: header) }
        if let query = name(target.utf8, after: "querystring.") { return .queryString(name: query) }
        return target == "path" && operation == .overwrite ? .wholePath : nil
    }

    /// Text with `$request.header.x` or `${request.path.x}` in it.
    func sourceHTTP(_ text: [UInt8], _ member: JSONMember) -> [ParameterSource]? {
        var parts: [ParameterSource] = []
        var literal: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "$"), index + 1 < text.count else {
                literal.append(text[index])
                index += 1
                continue
            }
            let isBraced = text[index + 1] == UInt8(ascii: "{")
            let start = index + (isBraced ? 2 : 1)
            var end = start
            if isBraced {
                guard let close = text[start...].firstIndex(of: UInt8(ascii: "}")) else {
                    fail(member.value, "the brace is not closed", "add \"}\"")
                    return nil
                }
                end = close
            } else {
                end = Self.endOfWord(in: text, from: start)
                while end > start, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
            }
            let word = String(decoding: text[start..<end], as: UTF8.self)
            if !isBraced, !word.contains(".") {
                literal.append(text[index])
                index += 1
                continue
            }
            guard let part = variableHTTP(word, member) else { return nil }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(part)
            index = isBraced ? end + 1 : end
        }
        checkLiteral(literal, member)
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// Behind the name that begins here; paths into bodies may hold indices.
    private static func endOfWord(in text: [UInt8], from start: Int) -> Int {
        var end = start
        let isPath = ["request.body.", "response.body."].contains { text[start...].starts(with: $0.utf8) }
        while end < text.count {
            if ParameterSource.isNameByte(text[end]), text[end] != UInt8(ascii: "$") {
                end += 1
            } else if isPath, text[end] == UInt8(ascii: "["),
                let close = text[end...].firstIndex(of: UInt8(ascii: "]"))
            {
                end = close + 1
            } else {
                break
            }
        }
        return end
    }

    private func variableHTTP(_ word: String, _ member: JSONMember) -> ParameterSource? {
        let bytes = word[...].utf8
        if isResponse { return answerVariable(word, member) }
        if let name = name(bytes, after: "request.header.") { return .header(name: name) }
        if let name = name(bytes, after: "request.querystring.") { return .queryString(name: name) }
        if let name = name(bytes, after: "request.path.") { return .pathParameter(name: name) }
        if word == "request.path" { return .wholePath }
        if word == "request.body" { return .body(path: nil) }
        if word.hasPrefix("request.body.") {
            return bodyPath(word.dropFirst(13), member).map { .body(path: $0) }
        }
        return sharedSource(
            word, member, problem: "\"$\(word)\" is no source",
            help: "write $request.header.NAME, $request.querystring.NAME, $request.path.NAME, $context.NAME or "
                + "$stageVariables.NAME")
    }

    /// What every mapping may take a value from; a problem of its own for everything else.
    func sharedSource(_ word: String, _ member: JSONMember, problem: String, help: String) -> ParameterSource? {
        if let name = name(word[...].utf8, after: "stageVariables.") {
            return .stageVariable(name: String(decoding: name, as: UTF8.self))
        }
        if word.hasPrefix("context.") { return variable(String(word.dropFirst(8)), member) }
        fail(member.value, problem, help)
        return nil
    }

    /// Source: API Gateway, parameter mapping of HTTP APIs, reserved headers.
    static func isReservedHTTP(_ name: [UInt8]) -> Bool {
        let lower = String(decoding: name, as: UTF8.self).lowercased()
        let prefixes = ["access-control-", "apigw-", "x-amz-", "x-amzn-"]
        return prefixes.contains { lower.hasPrefix($0) }
            || [
                "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded",
                "keep-alive", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailers", "trailer",
                "transfer-encoding", "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via",
                "host",
            ].contains(lower)
    }
}
