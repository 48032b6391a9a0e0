import Authorizers
import Documents
import HTTP
import Policies
import Routes
import Tokens
import Upstream

/// The one-line form of an explanation, for `serve` on a terminal: what was asked, what was answered, and why.
///
/// Nothing of a token that was not verified is ever shown, and of a verified one only `sub`, and that only where the
/// configuration logs principals in clear.
package enum ExplanationLine {
    /// Appends the line without its end.
    package static func append(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        Timestamp.appendTime(
            exchange.receivedAt.seconds, nanoseconds: exchange.receivedAt.nanoseconds, to: &out)
        out.append(contentsOf: "  ".utf8)
        column(word(exchange.failure), 6, &out)
        column(exchange.status == 0 ? Array("---".utf8) : Array("\(exchange.status)".utf8), 4, &out)
        out.append(0x20)
        column(safe(exchange.head.methodBytes, limit: 16), 7, &out)
        column(safe(exchange.shownPath, limit: 60), 22, &out)
        out.append(contentsOf: "  ".utf8)
        column(principal(exchange), 12, &out)
        out.append(0x20)
        appendAuthorizer(exchange, to: &out)
        appendCause(exchange, to: &out)
        if exchange.upstreamNanoseconds > 0 {
            out.append(contentsOf: "up ".utf8)
            appendMilliseconds(exchange.upstreamNanoseconds, to: &out)
            out.append(contentsOf: "  ".utf8)
        }
        out.append(contentsOf: "total ".utf8)
        appendMilliseconds(exchange.totalNanoseconds, to: &out)
        out.append(contentsOf: "  ".utf8)
        out.append(contentsOf: exchange.id.short)
    }

    private static func word(_ failure: GatewayFailure?) -> [UInt8] {
        switch failure {
        case nil: Array("ALLOW".utf8)
        case .some(let failure) where failure.followsAdmission: Array("ALLOW".utf8)
        case .unauthorized, .rejected, .authorizerFailed, .refusedByFunction, .explicitDeny, .implicitDeny,
            .resourcePolicy, .apiKey, .throttled, .quotaExceeded:
            Array("DENY".utf8)
        default: Array("----".utf8)
        }
    }

    private static func principal(_ exchange: borrowing Exchange) -> [UInt8] {
        guard exchange.snapshot.document.server.log.principal == .clear,
            let subject = exchange.identity?.token?.claims.subject, !subject.isEmpty
        else { return [UInt8(ascii: "-")] }
        return safe(subject, limit: 40)
    }

    private static func appendAuthorizer(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        guard let outcome = exchange.authorization, let authorizer = exchange.route?.authorizer,
            exchange.identity != nil
        else { return }
        let cache = outcome.cache == .off ? "" : " \(outcome.cache.rawValue)"
        column(Array("\(authorizer.definition.name)\(cache)".utf8), 14, &out)
        out.append(0x20)
    }

    // MARK: Cause

    private static func appendCause(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        guard let failure = exchange.failure else { return }
        let text: String
        switch failure {
        case .unauthorized(let code): text = unauthorized(code, exchange)
        case .rejected(let rejection): text = rejection.rawValue
        case .authorizerFailed(let failure): text = "authorizer: \(failure.reason): \(failure.detail)"
        case .refusedByFunction: text = "isAuthorized false"
        case .functionFailed(let reason, let detail): text = "function: \(reason): \(detail)"
        case .explicitDeny: text = explicit(exchange)
        case .implicitDeny: text = "implicit: no Allow covers it"
        case .resourcePolicy: text = resourcePolicy(exchange)
        case .apiKey, .throttled, .quotaExceeded: text = failure.reason
        case .unknownStage: text = "no such stage in the path"
        case .noRoute: text = miss(exchange)
        case .upstream(let error): text = "upstream: \(error.kind.rawValue)"
        case .mappingFailed: text = "mapping failed"
        case .parametersMissing, .bodyInvalid: text = "validator: \(failure.detail ?? "")"
        case .bodyNotJSON, .mediaTypeUnsupported, .noIntegrationResponse, .functionNotPermitted, .answerNotDecodable:
            text = "integration: \(failure.detail ?? failure.reason)"
        case .cancelled: text = "client gone"
        case .refused(let refusal): text = refusal.code.rawValue
        }
        out.append(contentsOf: DiagnosticPrinter.visible(text).utf8)
        out.append(contentsOf: "  ".utf8)
    }

    private static func unauthorized(_ code: TokenError.Code, _ exchange: borrowing Exchange) -> String {
        guard case .unauthorized(let error)? = exchange.authorization?.verdict else { return code.name }
        if let timing = error.timing { return timing.text }
        // The name of a claim that the configuration asks for, never its value.
        if code == .claimMissing, let name = error.claimName { return "\(code.name) \(name)" }
        return code.name
    }

    private static func explicit(_ exchange: borrowing Exchange) -> String {
        guard let verdict = exchange.authorization?.verdict, let identity = verdict.identity,
            let position = verdict.decision?.matched?.position, identity.issuedStatements.indices.contains(position),
            let policy = guardingPolicy(exchange)
        else { return "explicit" }
        let index = identity.issuedStatements[position]
        guard policy.indices.contains(index) else { return "explicit" }
        return "explicit: \(policy[index].label) (:\(policy[index].span.line))"
    }

    private static func resourcePolicy(_ exchange: borrowing Exchange) -> String {
        guard let policy = exchange.snapshot.resourcePolicy, let decision = exchange.resourceDecision,
            let label = policy.label(of: decision), let span = policy.span(of: decision)
        else { return "resource policy: no Allow covers it" }
        return "resource policy: explicit: \(label) (:\(span.line))"
    }

    /// The policy of the authorizer that had the last word.
    private static func guardingPolicy(_ exchange: borrowing Exchange) -> [PolicyStatementDefinition]? {
        let builder = ExplanationBuilder(copy exchange)
        return builder.guardingRoute.flatMap { builder.snapshot.routes[$0].authorizer?.definition.policy }
    }

    private static func miss(_ exchange: borrowing Exchange) -> String {
        let snapshot = exchange.snapshot
        // A search through all routes: only worth it where somebody reads along.
        guard
            let nearest = snapshot.table.nearest(
                method: Array(exchange.head.methodBytes), path: Array(exchange.shownPath))
        else { return "no route" }
        return "no route (nearest \(snapshot.document.routes[nearest.route].key.text))"
    }

    // MARK: Text

    /// Printable ASCII as it is, everything else as `?`, cut with `…`.
    private static func safe(_ bytes: some Collection<UInt8>, limit: Int) -> [UInt8] {
        var out = bytes.prefix(limit).map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }
        if bytes.count > limit { out.append(contentsOf: "…".utf8) }
        return out
    }

    private static func column(_ text: [UInt8], _ width: Int, _ out: inout [UInt8]) {
        out.append(contentsOf: text)
        // Continuation bytes of UTF-8 take no column.
        let shown = text.count { $0 & 0xC0 != 0x80 }
        out.append(contentsOf: repeatElement(0x20, count: max(0, width - shown)))
    }

    /// `3.1 ms`
    private static func appendMilliseconds(_ nanoseconds: UInt64, to out: inout [UInt8]) {
        let tenths = nanoseconds / 100_000
        out.append(contentsOf: "\(tenths / 10).\(tenths % 10) ms".utf8)
    }
}
