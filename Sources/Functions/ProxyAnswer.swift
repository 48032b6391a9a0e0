import Documents
import HTTP

/// What the answer of an AWS_PROXY integration's function is read as.
package enum ProxyAnswerFormat: Sendable, Hashable {
    case rest
    /// HTTP APIs, payload format 1.0.
    case http1
    /// HTTP APIs, payload format 2.0: what has no `statusCode` is itself the body.
    case http2
}

/// The answer of an AWS_PROXY integration's function.
package enum ProxyAnswer: Sendable {
    case response(FunctionResponse)
    /// REST APIs answer 502, for `undecodableBody` 500; HTTP APIs answer 500.
    case malformed(FunctionProblem)

    /// `functionError` tells whether the Invoke API marked the answer with `X-Amz-Function-Error`. `acceptsBinary` is
    /// what ``BinaryMediaTypes/accepts(_:)`` says of the request; HTTP APIs decode without being asked.
    package static func parse(
        _ payload: [UInt8], functionError: Bool, format: ProxyAnswerFormat, acceptsBinary: Bool
    ) -> ProxyAnswer {
        if functionError { return .malformed(FunctionAnswer.error(payload).problem) }
        do throws(FunctionProblem) {
            let root = try FunctionAnswer.parse(payload)
            if format == .http2, let inferred = try inferred(root) { return .response(inferred) }
            guard root.kind == .object else {
                throw FunctionProblem(
                    .notAnObject, "the answer must be an object, not \(root.kind.name)")
            }
            if format == .rest { try checkMembers(root) }
            let reader = ProxyAnswerReader(root: root, format: format, acceptsBinary: acceptsBinary)
            return .response(try reader.response())
        } catch {
            return .malformed(error)
        }
    }

    private static let json = Array("application/json".utf8)
    private static let contentType = Array("content-type".utf8)

    /// Payload format 2.0: valid JSON without `statusCode` is the body of a 200, a string its content.
    private static func inferred(_ root: JSONValue) throws(FunctionProblem) -> FunctionResponse? {
        if root.kind == .object {
            if root["statusCode"] != nil { return nil }
            // API Gateway takes an object that looks like Lambda's report of an error for one.
            if root["errorMessage"] != nil {
                throw FunctionProblem(
                    .functionError, "the answer looks like an error: it has errorMessage and no statusCode",
                    detail: root["errorMessage"]?.string)
            }
        }
        var fields = FieldLines()
        fields.append(name: contentType, value: json)
        return FunctionResponse(status: 200, fields: fields, body: root.utf8 ?? Array(root.text))
    }

    private static let members = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]

    /// REST APIs know five members, demand none of them by name, and take no other.
    private static func checkMembers(_ root: JSONValue) throws(FunctionProblem) {
        if root.count == 0 { throw FunctionProblem(.empty, "the answer is an empty object") }
        for member in root.members where !members.contains(where: { member.key.equals($0) }) {
            let name = FunctionProblem.quoted(member.key.utf8 ?? [])
            if member.key.equals("errorMessage") {
                throw FunctionProblem(.unknownMember, "the function returned an error instead of raising it")
            }
            throw FunctionProblem(
                .unknownMember,
                "the answer has a member \(name); REST APIs take \(members.joined(separator: ", ")) only")
        }
    }
}

/// Reads the members of one answer.
struct ProxyAnswerReader {
    let root: JSONValue
    let format: ProxyAnswerFormat
    let acceptsBinary: Bool

    func response() throws(FunctionProblem) -> FunctionResponse {
        let status = try status()
        var lines = ResponseLines(format)
        try appendHeaders(to: &lines)
        let body = try body()
        if lines.fields.first(.contentType) == nil, let type = defaultType(isEmpty: body.isEmpty) {
            try lines.append(Array("Content-Type".utf8), type)
        }
        if format == .http2 { try appendCookies(to: &lines) }
        return FunctionResponse(
            status: status, fields: lines.fields, body: status == 204 || status == 304 ? [] : body)
    }

    /// REST APIs always say JSON; HTTP APIs say that a body is text, and nothing of an empty one.
    private func defaultType(isEmpty: Bool) -> [UInt8]? {
        if format == .rest { return Array("application/json".utf8) }
        return isEmpty ? nil : Array("text/plain; charset=utf-8".utf8)
    }

    // MARK: Status

    private func status() throws(FunctionProblem) -> Int {
        guard let value = root["statusCode"], !value.isNull else {
            if format == .rest { return 200 }
            throw FunctionProblem(.statusCode, "statusCode is missing")
        }
        let digits: [UInt8]
        switch value.kind {
        case .number: digits = Array(value.text)
        case .string: digits = value.utf8 ?? []
        default:
            throw FunctionProblem(
                .statusCode, "statusCode must be a number, not \(value.kind.name)")
        }
        guard let status = Self.integer(digits) else {
            throw FunctionProblem(.statusCode, "statusCode must be a whole number of three digits")
        }
        guard status >= 200 else {
            throw FunctionProblem(.statusCode, "statusCode \(status) is no final status; use 200 to 599")
        }
        return status
    }

    /// 100 to 599; a fraction of zeros is put up with, as languages without integers write it.
    private static func integer(_ text: [UInt8]) -> Int? {
        var digits = text[...]
        if let dot = digits.firstIndex(of: UInt8(ascii: ".")) {
            let fraction = digits[(dot + 1)...]
            guard !fraction.isEmpty, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = digits[..<dot]
        }
        guard digits.count == 3 else { return nil }
        var value = 0
        for byte in digits {
            guard ByteClass.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return (100...599).contains(value) ? value : nil
    }

    // MARK: Headers

    /// Several values of a header come first, then its single value; the spelling in `multiValueHeaders` wins.
    private func appendHeaders(to lines: inout ResponseLines) throws(FunctionProblem) {
        var groups: [(name: [UInt8], values: [[UInt8]])] = []
        var places: [[UInt8]: Int] = [:]
        func place(_ name: [UInt8]) -> Int {
            let key = name.map(ByteClass.lower)
            if let place = places[key] { return place }
            places[key] = groups.count
            groups.append((name, []))
            return groups.count - 1
        }
        if format != .http2, let value = root["multiValueHeaders"], !value.isNull {
            guard value.kind == .object else {
                throw wrongKind(.multiValueHeaders, "multiValueHeaders must be an object", value)
            }
            for member in value.members {
                let name = member.key.utf8 ?? []
                guard member.value.kind == .array else {
                    let text = "multiValueHeaders member \(FunctionProblem.quoted(name)) must be a list"
                    throw wrongKind(.multiValueHeaders, text, member.value)
                }
                let place = place(name)
                for element in member.value.elements {
                    if let text = try text(element, name, .multiValueHeaders) { groups[place].values.append(text) }
                }
            }
        }
        let multiple = groups.map(\.values.count)
        if let value = root["headers"], !value.isNull {
            guard value.kind == .object else { throw wrongKind(.headers, "headers must be an object", value) }
            for member in value.members {
                let name = member.key.utf8 ?? []
                guard let text = try text(member.value, name, .headers) else { continue }
                let place = place(name)
                // Of two spellings of one name the later value counts.
                let before = place < multiple.count ? multiple[place] : 0
                if groups[place].values.count > before { groups[place].values.removeLast() }
                groups[place].values.append(text)
            }
        }
        for group in groups {
            // A second content type could only contradict the first.
            let isType = EventHeaders.equal(group.name, Array("content-type".utf8))
            for value in isType ? Array(group.values.suffix(1)) : group.values { try lines.append(group.name, value) }
        }
    }

    /// Each becomes a `set-cookie` line. Payload format 2.0.
    private func appendCookies(to lines: inout ResponseLines) throws(FunctionProblem) {
        guard let value = root["cookies"], !value.isNull else { return }
        guard value.kind == .array else { throw wrongKind(.cookies, "cookies must be a list of strings", value) }
        for element in value.elements {
            guard let cookie = element.utf8 else {
                throw wrongKind(.cookies, "cookies must be a list of strings", element)
            }
            try lines.append(Array("set-cookie".utf8), cookie)
        }
    }

    /// Strings, and numbers and booleans as text; nil for null, which sends nothing.
    private func text(
        _ value: JSONValue, _ name: [UInt8], _ code: FunctionProblem.Code
    ) throws(FunctionProblem) -> [UInt8]? {
        switch value.kind {
        case .string: return value.utf8
        case .number, .bool: return Array(value.text)
        case .null: return nil
        case .array, .object, .invalid:
            throw wrongKind(code, "the value of header \(FunctionProblem.quoted(name)) must be a string", value)
        }
    }

    private func wrongKind(_ code: FunctionProblem.Code, _ text: String, _ value: JSONValue) -> FunctionProblem {
        FunctionProblem(code, "\(text), not \(value.kind.name)")
    }

    // MARK: Body

    private func body() throws(FunctionProblem) -> [UInt8] {
        var isEncoded = false
        if let value = root["isBase64Encoded"], !value.isNull {
            guard let flag = value.bool else {
                throw wrongKind(.isBase64Encoded, "isBase64Encoded must be true or false", value)
            }
            isEncoded = flag
        }
        guard let value = root["body"], !value.isNull else { return [] }
        guard let text = value.utf8 else {
            let hint = value.kind == .object || value.kind == .array ? "; encode it as JSON text first" : ""
            throw FunctionProblem(.body, "body must be a string, not \(value.kind.name)\(hint)")
        }
        guard isEncoded, format != .rest || acceptsBinary else { return text }
        guard let bytes = Base64.decode(text) else {
            throw FunctionProblem(.undecodableBody, "isBase64Encoded is true and body is not base 64")
        }
        return bytes
    }
}
