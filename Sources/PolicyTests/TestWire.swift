import Authorizers
import Gateway
package import HTTP
import Policies
import Routes

/// A request as it comes over the wire: written as HTTP and read by the gateway's own parser.
package enum TestWire: Sendable {
    case head(RequestHead)
    case refused(RequestRefusal)

    /// Where a route looks for its token.
    enum TokenPlace {
        case header(String)
        case query(String)
        /// Somewhere that a principal's token cannot be put, such as a stage variable.
        case elsewhere
    }

    /// What takes a request: the index of its route, and the authorizer that judges the token.
    struct Target {
        var route: Int?
        var authorizer: AuthorizerDefinition?
    }

    /// What the server would let a request hold.
    struct Limits {
        var head: HeadLimits
        /// 0 means no limit.
        var bodyBytes: Int
    }

    /// - Parameter fields: header lines in order.
    static func make(
        method: String, path: String, fields: [(name: String, value: String)], bodyCount: Int,
        limits: Limits
    ) -> TestWire {
        var text = "\(method) \(path) HTTP/1.1\r\n"
        if !fields.contains(where: { $0.name.lowercased() == "host" }) { text += "Host: gate.test\r\n" }
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        let framing = ["content-length", "transfer-encoding"]
        if bodyCount > 0, !fields.contains(where: { framing.contains($0.name.lowercased()) }) {
            text += "Content-Length: \(bodyCount)\r\n"
        }
        let bytes = Array("\(text)\r\n".utf8)
        var parser = RequestParser(limits: limits.head)
        switch parser.parse(bytes.span) {
        case .head(let head, _):
            // The server refuses what is announced before anybody decides about the request.
            if case .length(let length) = head.framing, limits.bodyBytes > 0, length > UInt64(limits.bodyBytes) {
                return .refused(RequestRefusal(.bodyTooLarge))
            }
            return .head(head)
        case .refuse(let refusal): return .refused(refusal)
        case .needMore: return .refused(RequestRefusal(.requestLineInvalid))
        }
    }

    /// The route that takes the head, without deciding anything.
    static func target(of head: RequestHead, in whole: GatewaySnapshot) -> Target {
        var head = head
        guard let snapshot = whole.entering(&head) else { return Target() }
        let normal: NormalPath
        do throws(PathRefusal) {
            normal = try NormalPath.normalize(head, options: snapshot.pathOptions)
        } catch {
            return Target()
        }
        guard case .matched(let hit) = snapshot.table.match(method: head.methodBytes.span, path: normal.bytes.span)
        else { return Target() }
        return Target(route: hit.route, authorizer: snapshot.routes[hit.route].authorizer?.definition)
    }

    static func place(of authorizer: AuthorizerDefinition?) -> TokenPlace {
        switch authorizer?.identitySources.first?.value {
        case nil: .header("authorization")
        case .header(let name), .multiValueHeader(let name): .header(String(decoding: name, as: UTF8.self))
        case .queryString(let name), .multiValueQueryString(let name):
            .query(String(decoding: name, as: UTF8.self))
        case .stageVariable, .context: .elsewhere
        }
    }
}

extension GatewaySnapshot {
    /// What the server would let a request hold.
    var wireLimits: TestWire.Limits {
        let limits = document.server.limits
        let rule: FieldNameRule =
            switch document.server.headerNames {
            case .strict: .strict
            case .drop: .drop
            case .pass: .pass
            }
        return TestWire.Limits(
            head: HeadLimits(
                headerBytes: limits.headerBytes, headerCount: limits.headerCount,
                requestTargetBytes: limits.requestTargetBytes, nameRule: rule),
            bodyBytes: limits.bodyBytes)
    }
}
