import Documents
import Functions

/// Reads the request out of an event as Lambda functions get it: of authorizers (TOKEN, REQUEST) and of integrations, in
/// the payload formats 1.0 and 2.0.
struct RequestEvent {
    private(set) var request = OfflineRequest()
    /// The stage that the event names; nil when it names none.
    private(set) var stage: String?

    init(_ json: [UInt8]) throws(CommandFailure) {
        let root: JSONValue
        do throws(JSONError) { root = try JSONParser.parse(json).root } catch {
            throw Self.failure("it is not JSON: \(error.message)")
        }
        guard root.kind == .object else { throw Self.failure("it is not an object") }
        request.comesFromEvent = true
        if root["type"]?.equals("TOKEN") == true {
            try readToken(root)
        } else if root["version"]?.equals("2.0") == true {
            try readVersion2(root)
        } else if root["httpMethod"] != nil {
            try readVersion1(root)
        } else {
            throw Self.failure(
                "it is no event of API Gateway: neither \"type\": \"TOKEN\" nor \"httpMethod\" nor \"version\": \"2.0\""
            )
        }
    }

    private static func failure(_ sentence: String) -> CommandFailure {
        CommandFailure("--event: \(sentence)", ExitCodes.usage)
    }

    private static func text(_ root: JSONValue, _ name: String) throws(CommandFailure) -> [UInt8] {
        guard let text = root[name]?.utf8 else { throw failure("\"\(name)\" is missing or no text") }
        return text
    }

    // MARK: TOKEN

    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`
    private mutating func readToken(_ root: JSONValue) throws(CommandFailure) {
        request.identity = .value(try Self.text(root, "authorizationToken"))
        let arn = try Self.text(root, "methodArn")
        let parts = arn.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { throw Self.failure("\"methodArn\" is not an ARN") }
        let resource = parts[5].split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard resource.count >= 3 else { throw Self.failure("\"methodArn\" names no stage and method") }
        stage = String(decoding: resource[1], as: UTF8.self)
        request.method = Array(resource[2])
        request.target = PercentEncoding.path([UInt8(ascii: "/")] + (resource.count > 3 ? Array(resource[3]) : []))
    }

    // MARK: 1.0

    private mutating func readVersion1(_ root: JSONValue) throws(CommandFailure) {
        request.method = try Self.text(root, "httpMethod")
        request.target = PercentEncoding.path(try Self.text(root, "path"))
        let query = Self.pairs(root["multiValueQueryStringParameters"]) ?? Self.pairs(root["queryStringParameters"])
        if let query, !query.isEmpty {
            let text = query.map {
                PercentEncoding.component($0.name) + [UInt8(ascii: "=")] + PercentEncoding.component($0.value)
            }
            request.target += [UInt8(ascii: "?")] + Array(text.joined(separator: [UInt8(ascii: "&")]))
        }
        take(headers: Self.pairs(root["multiValueHeaders"]) ?? Self.pairs(root["headers"]) ?? [])
        stage = root["requestContext"]?["stage"]?.string
        if let client = root["requestContext"]?["identity"]?["sourceIp"]?.utf8 { request.client = client }
        try readBody(root)
    }

    // MARK: 2.0

    private mutating func readVersion2(_ root: JSONValue) throws(CommandFailure) {
        guard let method = root["requestContext"]?["http"]?["method"]?.utf8 else {
            throw Self.failure("\"requestContext.http.method\" is missing or no text")
        }
        request.method = method
        stage = root["requestContext"]?["stage"]?.string
        var path = try Self.text(root, "rawPath")
        // Behind API Gateway's own host names the raw path begins with the stage.
        if let stage, stage != "$default" {
            let prefix = Array("/\(stage)".utf8)
            if path.starts(with: prefix), path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/") {
                path.removeFirst(prefix.count)
            }
        }
        request.target = PercentEncoding.path(path.isEmpty ? [UInt8(ascii: "/")] : path)
        if let query = root["rawQueryString"]?.utf8, !query.isEmpty {
            request.target += [UInt8(ascii: "?")] + PercentEncoding.path(query)
        }
        take(headers: Self.pairs(root["headers"]) ?? [])
        let cookies = root["cookies"].map { Array($0.elements).compactMap(\.utf8) } ?? []
        if !cookies.isEmpty {
            request.headers.append((Array("cookie".utf8), Array(cookies.joined(separator: Array("; ".utf8)))))
        }
        if let client = root["requestContext"]?["http"]?["sourceIp"]?.utf8 { request.client = client }
        try readBody(root)
    }

    // MARK: Both

    /// Names with one or several values; nil when there are none.
    private static func pairs(_ value: JSONValue?) -> [(name: [UInt8], value: [UInt8])]? {
        guard let value, value.kind == .object else { return nil }
        return value.members.flatMap { member in
            let name = Array(member.name.utf8)
            if let text = member.value.utf8 { return [(name: name, value: text)] }
            return member.value.elements.compactMap { $0.utf8 }.map { (name: name, value: $0) }
        }
    }

    /// What a gateway writes itself is written again, and framing belongs to the connection of then.
    private static let ownFields: Set<String> = [
        "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "content-length", "transfer-encoding", "connection",
        "keep-alive", "te", "trailer", "upgrade", "expect",
    ]

    private mutating func take(headers: [(name: [UInt8], value: [UInt8])]) {
        for header in headers {
            let name = String(decoding: header.name, as: UTF8.self).lowercased()
            if name == "x-forwarded-proto" { request.isSecure = header.value.elementsEqual("https".utf8) }
            if !Self.ownFields.contains(name) { request.headers.append(header) }
        }
    }

    private mutating func readBody(_ root: JSONValue) throws(CommandFailure) {
        guard let body = root["body"]?.utf8 else { return }
        guard root["isBase64Encoded"]?.bool == true else {
            request.body = body
            return
        }
        guard let decoded = Base64.decode(body) else { throw Self.failure("\"body\" is not base64") }
        request.body = decoded
    }
}
