import Authorizers
import Documents
import HTTP
import Policies
import Routes
import Tokens
import Upstream

/// The JSON line of one request: members in a fixed order, put into room that is reserved once.
enum LogLine {
    /// Appends the line without its end. `principal` is written as it is given; nil leaves the member out.
    static func append(
        _ exchange: borrowing Exchange, principal: [UInt8]?, time: borrowing SecondText, to out: inout [UInt8]
    ) {
        let route = exchange.route
        let path = exchange.path?.range.count ?? exchange.head.path.count
        let fixed = 512 + exchange.snapshot.logText.count + (route.map { $0.logText.count } ?? 0)
        out.append(expecting: fixed + path + (principal?.count ?? 0)) { room in
            time.put(exchange.receivedAt.nanoseconds, to: &room)
            putRequest(exchange, route, to: &room)
            putDecision(exchange, principal, to: &room)
            if let route { room.put(route.logText.authorizer) }
            if let cache = exchange.authorization?.cache { putCache(cache, to: &room) }
            putOutcome(exchange, to: &room)
        }
    }

    /// From behind the time to the status.
    private static func putRequest(
        _ exchange: borrowing Exchange, _ route: CompiledRoute?, to room: inout ByteRoom
    ) {
        switch exchange.logLevel {
        case .debug: room.put("\",\"level\":\"debug\"")
        case .info: room.put("\",\"level\":\"info\"")
        case .warning: room.put("\",\"level\":\"warning\"")
        case .error: room.put("\",\"level\":\"error\"")
        }
        room.put(",\"msg\":\"request\",\"request_id\":\"")
        if exchange.snapshot.apiType == .rest {
            room.put(exchange.id.uuid.span)
        } else {
            exchange.id.putExtended(to: &room)
        }
        room.put("\"")
        room.put(exchange.snapshot.logText)
        if let route { room.put(route.logText.route) } else { room.put(",\"route\":null") }
        room.put(",\"method\":")
        put(quoted: exchange.head.fields.bytes.span.extracting(exchange.head.methodRange.indices), to: &room)
        room.put(",\"path\":")
        if let normal = exchange.path {
            put(quoted: normal.storage.span.extracting(normal.range.indices), to: &room)
        } else {
            put(quoted: exchange.head.fields.bytes.span.extracting(exchange.head.path.indices), to: &room)
        }
        room.put(",\"status\":")
        room.put(decimal: UInt64(exchange.status))
    }

    /// What was decided, by whom and for whom.
    private static func putDecision(_ exchange: borrowing Exchange, _ principal: [UInt8]?, to room: inout ByteRoom) {
        if let failure = exchange.failure {
            room.put(",\"decision\":\"")
            put(plain: exchange.decisionWord, to: &room)
            room.put("\",\"reason\":")
            put(quoted: failure.reason, to: &room)
            if let detail = failure.detail {
                room.put(",\"detail\":")
                put(quoted: detail, to: &room)
            }
        } else {
            room.put(",\"decision\":\"allow\"")
        }
        if let decided = exchange.authorization?.decision, exchange.resourceDecision == nil {
            // The usual case: the authorizer's policy alone has spoken.
            if let identity = exchange.identity { put(decided, of: identity, to: &room) }
        } else if let word = exchange.lastWord {
            put(word.outcome, to: &room)
            if let name = word.statement {
                room.put(",\"statement\":")
                put(quoted: name, to: &room)
            }
        }
        if let decision = exchange.resourceDecision {
            room.put(",\"resource_policy\":")
            put(quoted: decision.outcome.rawValue, to: &room)
        }
        if let principal {
            room.put(",\"principal_id\":")
            put(quoted: principal.span, to: &room)
        }
    }

    /// What the authorizer's own policy said.
    private static func put(_ decision: PolicyDecision, of identity: AuthorizedIdentity, to room: inout ByteRoom) {
        put(decision.outcome, to: &room)
        guard let matched = decision.matched, let name = identity.policy.statementName(at: matched.statement) else {
            return
        }
        room.put(",\"statement\":")
        put(quoted: name.span, to: &room)
    }

    private static func put(_ outcome: PolicyOutcome, to room: inout ByteRoom) {
        switch outcome {
        case .allow: room.put(",\"decision_kind\":\"allow\"")
        case .explicitDeny: room.put(",\"decision_kind\":\"explicitDeny\"")
        case .implicitDeny: room.put(",\"decision_kind\":\"implicitDeny\"")
        }
    }

    private static func putCache(_ cache: AuthorizerOutcome.Cache, to room: inout ByteRoom) {
        switch cache {
        case .hit: room.put(",\"cache\":\"hit\"")
        case .miss: room.put(",\"cache\":\"miss\"")
        case .off: room.put(",\"cache\":\"off\"")
        }
    }

    /// From the client to the end of the object.
    private static func putOutcome(_ exchange: borrowing Exchange, to room: inout ByteRoom) {
        room.put(",\"client\":")
        put(quoted: exchange.client.span, to: &room)
        switch exchange.lane {
        case .fast: room.put(",\"lane\":\"fast\"")
        case .classic: room.put(",\"lane\":\"classic\"")
        case nil: break
        }
        if let end = exchange.tunnelEnd {
            room.put(",\"tunnel\":")
            put(quoted: end.rawValue, to: &room)
        }
        if exchange.upstreamStatus > 0 {
            room.put(",\"upstream_status\":")
            room.put(decimal: UInt64(exchange.upstreamStatus))
        }
        if exchange.upstreamNanoseconds > 0 {
            room.put(",\"upstream_ms\":")
            put(milliseconds: exchange.upstreamNanoseconds, to: &room)
        }
        room.put(",\"total_ms\":")
        put(milliseconds: exchange.totalNanoseconds, to: &room)
        room.put(",\"bytes_in\":")
        room.put(decimal: exchange.bytesIn)
        room.put(",\"bytes_out\":")
        room.put(decimal: exchange.bytesOut)
        room.put("}")
    }

    // MARK: Values

    /// Milliseconds with three digits behind the point.
    private static func put(milliseconds nanoseconds: UInt64, to room: inout ByteRoom) {
        let micros = nanoseconds / 1000
        room.put(decimal: micros / 1000)
        room.put(UInt8(ascii: "."))
        room.put(threeDigitsOf: micros % 1000)
    }

    private static func put(plain text: String, to room: inout ByteRoom) { room.put(Array(text.utf8).span) }

    private static func put(quoted text: String, to room: inout ByteRoom) {
        put(quoted: Array(text.utf8).span, to: &room)
    }

    /// A JSON string.
    private static func put(quoted text: Span<UInt8>, to room: inout ByteRoom) {
        guard VisibleText.isQuotable(text) else {
            var quoted: [UInt8] = []
            JSONWriter.appendQuoted(text, to: &quoted)
            return room.put(quoted.span)
        }
        room.put("\"")
        room.put(text)
        room.put("\"")
    }
}
