extension URITemplate {
    /// What is wrong with a uri and where, in bytes of its text.
    package struct Problem: Error {
        package var message: String
        package var help: String?
        var range: Range<Int>
    }

    /// Cuts a uri into literal text, `{path}`, `{name}` and `${stageVariables.name}`.
    static func parse(_ text: [UInt8]) throws(Problem) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = 0
        func flush() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
        }
        while index < text.count {
            let byte = text[index]
            let isVariable = byte == UInt8(ascii: "$") && index + 1 < text.count && text[index + 1] == UInt8(ascii: "{")
            guard isVariable || byte == UInt8(ascii: "{") else {
                guard isURIByte(byte) else {
                    throw Problem(
                        message: "a uri cannot hold this character", help: "write it as %XX", range: index..<index + 1)
                }
                literal.append(byte)
                index += 1
                continue
            }
            guard let close = text[index...].firstIndex(of: UInt8(ascii: "}")) else {
                throw Problem(message: "the brace is not closed", help: "add \"}\"", range: index..<text.count)
            }
            let range = index..<close + 1
            flush()
            parts.append(try isVariable ? variable(text, range) : parameter(text, range))
            index = close + 1
        }
        flush()
        return parts
    }

    private static func variable(_ text: [UInt8], _ range: Range<Int>) throws(Problem) -> Part {
        let name = text[(range.lowerBound + 2)..<(range.upperBound - 1)]
        let prefix = "stageVariables."
        guard name.starts(with: prefix.utf8), name.count > prefix.utf8.count else {
            throw Problem(
                message: "only ${stageVariables.NAME} can stand in a uri", help: "request values are written {NAME}",
                range: range)
        }
        return .stageVariable(name: String(decoding: name.dropFirst(prefix.utf8.count), as: UTF8.self))
    }

    private static func parameter(_ text: [UInt8], _ range: Range<Int>) throws(Problem) -> Part {
        let name = text[(range.lowerBound + 1)..<(range.upperBound - 1)]
        if name.elementsEqual("path".utf8) { return .requestPath }
        guard !name.isEmpty, name.allSatisfy(ParameterSource.isNameByte) else {
            let isGreedy = name.last == UInt8(ascii: "+")
            throw Problem(
                message: "\"{\(String(decoding: name, as: UTF8.self))}\" is no parameter",
                help: isGreedy ? "leave the \"+\" out: it belongs to the route" : "write {NAME} or {path}", range: range
            )
        }
        return .parameter(name: Array(name))
    }

    private static func isURIByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~!$&'()*+,;=:@/?%[]".utf8.contains(byte)
        }
    }

    /// The text of a `uri` that takes nothing from the request, such as a function's, with the variables of `stage`
    /// put in. What a variable holds is not read again for expressions.
    ///
    /// Throws where a variable is missing, a character cannot stand in a uri, or a brace asks for a request's value.
    package static func text(of uri: String, in stage: StageDefinition) throws(Problem) -> String {
        var text: [UInt8] = []
        for part in try filled(parse(Array(uri.utf8)), in: stage) {
            guard case .literal(let bytes) = part else {
                throw Problem(
                    message: "nothing of a request can stand in the address of a function",
                    help: "only ${stageVariables.NAME} is put in", range: 0..<uri.utf8.count)
            }
            text += bytes
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The parts with the variables of a stage put in, neighbouring literals joined.
    private static func filled(_ parts: [Part], in stage: StageDefinition) throws(Problem) -> [Part] {
        var flat: [Part] = []
        for part in parts {
            var next = part
            if case .stageVariable(let name) = part {
                guard let value = stage.variable(name) else {
                    throw Problem(
                        message: "stage \"\(stage.name)\" has no variable \"\(name)\"",
                        help: "add it to stages.\(stage.name).stageVariables", range: 0..<0)
                }
                guard value.utf8.allSatisfy(isURIByte) else {
                    throw Problem(
                        message: "stage variable \"\(name)\" holds a character that a uri cannot hold", range: 0..<0)
                }
                next = .literal(Array(value.utf8))
            }
            if case .literal(let bytes) = next, case .literal(let before)? = flat.last {
                flat[flat.count - 1] = .literal(before + bytes)
            } else {
                flat.append(next)
            }
        }
        return flat
    }

    /// The uri with the variables of a stage put in. Scheme, host and port must then be known: they never come from a
    /// request.
    func resolved(in stage: StageDefinition) throws(Problem) -> ResolvedURI {
        let whole = 0..<text.utf8.count
        var flat = try Self.filled(parts, in: stage)
        guard case .literal(let start)? = flat.first else {
            throw Problem(
                message: "the uri names no backend", help: "begin with http://host:port or upstream:NAME", range: whole)
        }
        let (base, rest) = try Self.base(of: start)
        flat.removeFirst()
        if rest.isEmpty, case .parameter? = flat.first {
            throw Problem(
                message: "a parameter of the request cannot be part of the host",
                help: "put a slash before the parameter", range: whole)
        }
        let query =
            (flat.firstIndex { part in if case .literal(let bytes) = part { bytes.contains(0x3F) } else { false } })
        if rest.contains(UInt8(ascii: "?")) || query != nil, flat.contains(.requestPath) {
            throw Problem(
                message: "{path} brings the request's query, so the uri cannot have its own",
                help: "leave the query out",
                range: whole)
        }
        var path: [Part] = []
        if !rest.isEmpty { path.append(.literal(rest.first == UInt8(ascii: "/") ? Array(rest) : [0x2F] + rest)) }
        path += flat
        // {path} brings its own slash.
        for index in path.indices.dropFirst() where path[index] == .requestPath {
            if case .literal(let before) = path[index - 1], before.last == UInt8(ascii: "/") {
                path[index - 1] = .literal(before.dropLast())
            }
        }
        return ResolvedURI(base: base, path: path.filter { $0 != .literal([]) })
    }

    private static func base(of start: [UInt8]) throws(Problem) -> (ResolvedURI.Base, ArraySlice<UInt8>) {
        let whole = 0..<start.count
        let prefix = "upstream:"
        if start.starts(with: prefix.utf8) {
            let rest = start.dropFirst(prefix.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            guard end > rest.startIndex else {
                throw Problem(message: "the upstream has no name", help: "write upstream:NAME/path", range: whole)
            }
            return (.upstream(String(decoding: rest[..<end], as: UTF8.self)), rest[end...])
        }
        guard let (origin, rest) = UpstreamOrigin.split(start[...]) else {
            throw Problem(
                message: "the uri names no backend", help: "begin with http://host:port or upstream:NAME", range: whole)
        }
        return (.origin(origin), rest)
    }
}
