import Authorizers
import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// A request made of command-line words. It is written as HTTP and read by the gateway's own parser, so that the same
/// grammar applies as on the wire.
struct OfflineRequest {
    enum Outcome {
        /// The head is not a request.
        case refused(RequestRefusal)
        case decided(Exchange)
    }

    let method: String
    let path: String
    let headers: [String]
    let token: [UInt8]?
    let clock: WallTime?

    func run(by snapshot: GatewaySnapshot) throws(CommandFailure) -> Outcome {
        var head: RequestHead
        switch parse(try text(tokenHeader: nil), snapshot) {
        case .success(let parsed): head = parsed
        case .failure(let refusal): return .refused(refusal)
        }
        if token != nil {
            let name = try tokenHeader(for: head, snapshot)
            switch parse(try text(tokenHeader: name), snapshot) {
            case .success(let parsed): head = parsed
            case .failure(let refusal): return .refused(refusal)
            }
        }
        var random = SystemRandomNumberGenerator()
        var exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: Array("127.0.0.1".utf8),
            peer: Array("127.0.0.1".utf8), isSecure: false, receivedAt: clock ?? ClockArgument.now)
        let workspace = AuthorizerWorkspace(
            cacheLimits: snapshot.document.tokenCache.entries == 0 ? nil : .standard,
            seed: (random.next(), random.next()))
        let start = ContinuousClock.now
        _ = RequestPipeline.run(&exchange, in: workspace)
        exchange.totalNanoseconds = UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1)))
        return .decided(exchange)
    }

    // MARK: Head

    /// The head as it would come over the wire.
    private func text(tokenHeader: String?) throws(CommandFailure) -> [UInt8] {
        var out = Array("\(method) \(path) HTTP/1.1\r\n".utf8)
        guard !method.contains(where: \.isNewline), !path.contains(where: \.isNewline) else {
            throw CommandFailure("method and path are one line", ExitCodes.usage)
        }
        var hasHost = false
        for header in headers {
            guard !header.utf8.contains(0x0A), !header.utf8.contains(0x0D), header.contains(":") else {
                throw CommandFailure("a header is one line, `Name: value`", ExitCodes.usage)
            }
            hasHost = hasHost || header.lowercased().hasPrefix("host:")
            out += Array(header.utf8) + [0x0D, 0x0A]
        }
        if !hasHost { out += Array("Host: localhost\r\n".utf8) }
        if let tokenHeader, let token {
            guard !token.contains(0x0A), !token.contains(0x0D) else {
                throw CommandFailure("the token is more than one line", ExitCodes.usage)
            }
            let scheme = tokenHeader == "authorization" ? "Bearer " : ""
            out += Array("\(tokenHeader): \(scheme)".utf8) + token + [0x0D, 0x0A]
        }
        return out + [0x0D, 0x0A]
    }

    private enum Parsed {
        case success(RequestHead)
        case failure(RequestRefusal)
    }

    private func parse(_ bytes: [UInt8], _ snapshot: GatewaySnapshot) -> Parsed {
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
        case .head(let head, _): return .success(head)
        case .refuse(let refusal): return .failure(refusal)
        // The text ends with an empty line, so only words that are no head at all leave the parser waiting.
        case .needMore: return .failure(RequestRefusal(.requestLineInvalid))
        }
    }

    /// The header in which the route's authorizer looks for its token.
    private func tokenHeader(for head: RequestHead, _ whole: GatewaySnapshot) throws(CommandFailure) -> String {
        var head = head
        guard let snapshot = whole.entering(&head) else { return "authorization" }
        let normal: NormalPath
        do throws(PathRefusal) {
            normal = try NormalPath.normalize(head, options: snapshot.pathOptions)
        } catch {
            return "authorization"
        }
        guard case .matched(let hit) = snapshot.table.match(method: head.methodBytes.span, path: normal.bytes.span),
            let source = snapshot.routes[hit.route].authorizer?.definition.identitySources.first?.value
        else { return "authorization" }
        guard case .header(let name) = source else {
            throw CommandFailure(
                "this route's authorizer does not take its token from a header; put it where the token belongs",
                ExitCodes.usage)
        }
        return String(decoding: name, as: UTF8.self)
    }
}
