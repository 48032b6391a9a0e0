import Authorizers
import Documents
import Gateway
import HTTP
import Routes
import Tokens

/// A request made of words, of a curl command or of an event. It is written as HTTP and read by the gateway's own parser,
/// so that the same grammar applies as on the wire.
struct OfflineRequest {
    /// What stands in the identity source of the route's authorizer.
    enum Identity {
        /// `Bearer ` is put before it where the source is the Authorization header.
        case token([UInt8])
        /// The whole value, as an event of a TOKEN authorizer shows it.
        case value([UInt8])
    }

    enum Reading {
        /// The head is not a request.
        case refused(RequestRefusal)
        case request(RequestHead)
    }

    enum Outcome {
        case refused(RequestRefusal)
        case decided(Exchange)
    }

    var method: [UInt8] = []
    /// Path and query in origin-form.
    var target: [UInt8] = []
    var headers: [(name: [UInt8], value: [UInt8])] = []
    var identity: Identity?
    var body: [UInt8] = []
    var isSecure = false
    /// The path begins behind the stage, wherever the configuration wants it.
    var comesFromEvent = false
    /// Text of the client's address.
    var client = Array("127.0.0.1".utf8)

    init() {}

    init(method: String, path: String) {
        self.method = Array(method.utf8)
        target = Array(path.utf8)
    }

    /// Decides without waiting for anything: no key is fetched and no function asked.
    func run(by snapshot: GatewaySnapshot) throws(CommandFailure) -> Outcome {
        switch try head(for: snapshot) {
        case .refused(let refusal): return .refused(refusal)
        case .request(let head):
            var random = SystemRandomNumberGenerator()
            var exchange = Exchange(
                id: RequestID(using: &random), snapshot: snapshot, head: head, client: client, peer: client,
                isSecure: isSecure, receivedAt: ClockArgument.now)
            let workspace = AuthorizerWorkspace(cacheLimits: nil, seed: (random.next(), random.next()))
            _ = RequestPipeline.run(&exchange, in: workspace)
            return .decided(exchange)
        }
    }

    /// `Name: value`, as curl's -H takes it.
    mutating func add(header line: String) throws(CommandFailure) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw CommandFailure("a header is one line, `Name: value`", ExitCodes.usage)
        }
        let value = line.utf8[line.utf8.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 }
        headers.append((Array(line.utf8[..<colon]), Array(value)))
    }

    /// The head with the identity in its place.
    func head(for snapshot: GatewaySnapshot) throws(CommandFailure) -> Reading {
        let bare = parse(try text(), snapshot)
        guard case .request(let head) = bare, let identity else { return bare }
        let source = Self.identitySource(for: head, snapshot)
        var copy = self
        switch (source ?? .header(name: Array("authorization".utf8)), identity) {
        case (.header(let name), .token(let token)), (.multiValueHeader(let name), .token(let token)):
            let isAuthorization = name == Array("authorization".utf8)
            copy.headers.append((name, (isAuthorization ? Array("Bearer ".utf8) : []) + token))
        case (.header(let name), .value(let value)), (.multiValueHeader(let name), .value(let value)):
            copy.headers.append((name, value))
        case (.queryString(let name), .token(let value)), (.queryString(let name), .value(let value)),
            (.multiValueQueryString(let name), .token(let value)),
            (.multiValueQueryString(let name), .value(let value)):
            let sign: [UInt8] = [copy.target.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?")]
            copy.target += sign + PercentEncoding.component(name) + [UInt8(ascii: "=")]
            copy.target += PercentEncoding.component(value)
        case (.stageVariable, _), (.context, _):
            throw CommandFailure(
                "this route's authorizer takes its token from neither a header nor the query", ExitCodes.usage)
        }
        return parse(try copy.text(), snapshot)
    }

    /// The first identity source of the authorizer that guards the request's route; nil without one.
    static func identitySource(for head: RequestHead, _ whole: GatewaySnapshot) -> IdentitySource? {
        authorizer(for: head, whole)?.definition.identitySources.first?.value
    }

    /// The authorizer that guards the request's route.
    static func authorizer(for head: RequestHead, _ whole: GatewaySnapshot) -> RouteAuthorizer? {
        var head = head
        guard let snapshot = whole.entering(&head) else { return nil }
        let normal: NormalPath
        do throws(PathRefusal) {
            normal = try NormalPath.normalize(head, options: snapshot.pathOptions)
        } catch {
            return nil
        }
        guard case .matched(let hit) = snapshot.table.match(method: head.methodBytes.span, path: normal.bytes.span)
        else { return nil }
        return snapshot.routes[hit.route].authorizer
    }

    // MARK: Text

    /// The head as it would come over the wire.
    private func text() throws(CommandFailure) -> [UInt8] {
        func isOneLine(_ bytes: [UInt8]) -> Bool { !bytes.contains(0x0A) && !bytes.contains(0x0D) }
        guard isOneLine(method), isOneLine(target) else {
            throw CommandFailure("method and path are one line", ExitCodes.usage)
        }
        var out = method + [0x20] + target + Array(" HTTP/1.1\r\n".utf8)
        var hasHost = false
        for (name, value) in headers {
            guard isOneLine(name), isOneLine(value) else {
                throw CommandFailure("a header is one line, `Name: value`", ExitCodes.usage)
            }
            hasHost = hasHost || String(decoding: name, as: UTF8.self).lowercased() == "host"
            out += name + Array(": ".utf8) + value + [0x0D, 0x0A]
        }
        if !hasHost { out += Array("Host: localhost\r\n".utf8) }
        return out + [0x0D, 0x0A]
    }

    private func parse(_ bytes: [UInt8], _ snapshot: GatewaySnapshot) -> Reading {
        let limits = snapshot.document.server.limits
        let rule: FieldNameRule =
            switch snapshot.document.server.headerNames {
            case .strict: .strict
            case .drop: .drop
            case .pass: .pass
            }
        var parser = RequestParser(
            limits: HeadLimits(
                headerBytes: limits.headerBytes, headerCount: limits.headerCount,
                requestTargetBytes: limits.requestTargetBytes, nameRule: rule))
        switch parser.parse(bytes.span) {
        case .head(let head, _): return .request(head)
        case .refuse(let refusal): return .refused(refusal)
        // The text ends with an empty line, so only words that are no head at all leave the parser waiting.
        case .needMore: return .refused(RequestRefusal(.requestLineInvalid))
        }
    }
}
