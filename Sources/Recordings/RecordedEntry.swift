package import Documents
package import Tokens

/// One request of a recording with the decision that was made.
package struct RecordedEntry: Sendable {
    package struct Header: Sendable, Hashable {
        package var name: [UInt8]
        package var value: [UInt8]
    }

    /// The token that the authorizer was shown.
    package struct Token: Sendable {
        package var source: String
        /// Its signature was found good.
        package var isVerified: Bool
        package var size: Int
        /// JSON texts; nil when it was no token in compact form.
        package var header: [UInt8]?
        package var claims: [UInt8]?
        package var keyID: [UInt8]?
        /// Names the keys in force; nil when they came over the network.
        package var keys: [UInt8]?
        package var pseudonyms: [String]
        package var dropped: [String]
        /// Names the expression that its value had to match.
        package var expression: [UInt8]?
    }

    /// Line of the recording, from 1, and its first byte.
    package var number: Int
    package var offset: Int64
    package var id: String
    package var method: [UInt8]
    package var url: [UInt8]
    /// As it stood in the request line.
    package var target: [UInt8]
    package var version: String
    package var headers: [Header]
    package var body: [UInt8]
    package var clock: WallTime
    /// Of the gate's own answer where it did not let the request through, else of the backend's.
    package var status: Int
    package var milliseconds: Double
    package var routeKey: String?
    package var authorizer: String?
    /// `allow`, `deny` or `none`.
    package var decision: String
    package var reason: String?
    package var statement: String?
    package var principal: String?
    package var token: Token?
    /// Something in the path was taken out, so it is not the path that was decided on.
    package var isPathRedacted: Bool
    /// It comes from a source that keeps no credentials.
    package var lacksCredentials: Bool
    package var configuration: [UInt8]?
    /// Of the text in the file, for exports.
    package var document: JSONDocument

    /// Why a line is no entry.
    struct Malformed: Error {
        var message: String
    }

    /// Reads an entry; the first member that is missing or of another type ends it.
    init(_ document: JSONDocument, number: Int, offset: Int64) throws(Malformed) {
        let root = document.root
        self.document = document
        self.number = number
        self.offset = offset
        let ours = try Self.object(root, "_gatehouse")
        let request = try Self.object(root, "request")
        let response = try Self.object(root, "response")
        id = try Self.text(ours, "id", in: "_gatehouse")
        method = try Self.octets(request, "method", in: "request")
        url = try Self.octets(request, "url", in: "request")
        version = request["httpVersion"]?.string ?? "HTTP/1.1"
        guard let list = request["headers"], list.kind == .array else {
            throw Malformed(message: "request.headers is not a list")
        }
        headers = []
        for line in list.elements {
            guard let name = line["name"]?.utf8, let value = line["value"]?.utf8 else {
                throw Malformed(message: "request.headers holds something that is no header")
            }
            headers.append(Header(name: name, value: value))
        }
        body = request["postData"]?["text"]?.utf8 ?? []
        status = Int(clamping: ours["gateStatus"]?.int64 ?? response["status"]?.int64 ?? 0)
        milliseconds = root["time"]?.double ?? 0
        guard let written = ours["clock"]?.utf8, let clock = Moment.parse(written) else {
            throw Malformed(message: "_gatehouse.clock is no moment")
        }
        self.clock = clock
        decision = try Self.text(ours, "decision", in: "_gatehouse")
        guard ["allow", "deny", "none"].contains(decision) else {
            throw Malformed(message: "_gatehouse.decision is none of allow, deny, none")
        }
        reason = ours["reason"]?.string
        routeKey = ours["routeKey"]?.string
        authorizer = ours["authorizer"]?.string
        statement = ours["statement"]?.string
        principal = ours["principalId"]?.string
        isPathRedacted = ours["pathRedacted"]?.bool ?? false
        lacksCredentials = ours["lacksCredentials"]?.bool ?? false
        configuration = ours["config"]?.utf8
        target = ours["target"]?.utf8 ?? Self.target(of: url)
        token = ours["token"].flatMap { Self.token($0) }
        if ours["token"] != nil, token == nil { throw Malformed(message: "_gatehouse.token is not what a token says") }
    }

    private static func token(_ value: JSONValue) -> Token? {
        guard let source = value["source"]?.string, let verified = value["verified"]?.bool,
            let size = value["bytes"]?.int64
        else { return nil }
        return Token(
            source: source, isVerified: verified, size: Int(clamping: size),
            header: value["header"].map { Array($0.text) }, claims: value["claims"].map { Array($0.text) },
            keyID: value["key"]?.utf8, keys: value["keys"]?.utf8, pseudonyms: texts(value["pseudonyms"]),
            dropped: texts(value["dropped"]), expression: value["expression"]?.utf8)
    }

    private static func texts(_ value: JSONValue?) -> [String] { value?.elements.compactMap(\.string) ?? [] }

    private static func object(_ value: JSONValue, _ name: String) throws(Malformed) -> JSONValue {
        guard let inner = value[name], inner.kind == .object else {
            throw Malformed(message: "\(name) is not an object")
        }
        return inner
    }

    private static func octets(_ value: JSONValue, _ name: String, in outer: String) throws(Malformed) -> [UInt8] {
        guard let text = value[name]?.utf8 else { throw Malformed(message: "\(outer).\(name) is not a text") }
        return text
    }

    private static func text(_ value: JSONValue, _ name: String, in outer: String) throws(Malformed) -> String {
        String(decoding: try octets(value, name, in: outer), as: UTF8.self)
    }

    /// Path and query of an address.
    static func target(of url: [UInt8]) -> [UInt8] {
        for scheme in ["http://", "https://"] where url.starts(with: scheme.utf8) {
            let rest = url.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            let target = rest.prefix { $0 != UInt8(ascii: "#") }
            if target.isEmpty { return [UInt8(ascii: "/")] }
            return target.first == UInt8(ascii: "?") ? [UInt8(ascii: "/")] + target : Array(target)
        }
        return url
    }

    /// The first value of a header; `name` in lower case.
    package func header(_ name: String) -> [UInt8]? {
        headers.first { $0.name.map(ByteKind.lowercased).elementsEqual(name.utf8) }?.value
    }
}
