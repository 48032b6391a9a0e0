import Authorizers
import HTTP
import Limits
import Routes
import Tokens

/// The phases behind authorization: API key, plan, quota, and the route's own rate. As on AWS they come last, so a caller
/// who is refused before uses up nothing.
extension RequestPipeline {
    /// Finds the caller's API key where the route asks for one; what refuses it, or nil.
    static func checkKey(_ exchange: inout Exchange, _ route: CompiledRoute) -> GatewayFailure? {
        guard route.definition.apiKeyRequired else { return nil }
        let value: [UInt8]
        switch exchange.snapshot.document.api.apiKeySource {
        case .authorizer:
            guard let given = exchange.identity?.usageIdentifierKey else { return .apiKey(.missing) }
            value = given
        case .header:
            let fields = exchange.head.fields
            let lines = fields.lines.filter { $0.id == .xAPIKey }
            guard let line = lines.first else { return .apiKey(.missing) }
            // With two of them, nobody knows which one others would count.
            guard lines.count == 1 else { return .apiKey(.several) }
            value = Array(fields.value(of: line))
        }
        guard let key = exchange.snapshot.limits.key(value) else { return .apiKey(.unknown) }
        guard key.isEnabled else { return .apiKey(.disabled) }
        guard key.mayCall(exchange.snapshot.stage.name) else { return .apiKey(.withoutPlan) }
        exchange.callerKey = key
        return nil
    }

    /// Counts the request at every limit that it comes under, or at none when one of them refuses it.
    static func count(_ exchange: inout Exchange, _ route: CompiledRoute) -> GatewayFailure? {
        let plan = exchange.callerKey?.plan(for: exchange.snapshot.stage.name)
        guard plan != nil || route.throttle != nil else { return nil }
        exchange.isCounted = true
        // Seconds of a clock that never goes back; far below where a Double loses whole nanoseconds that matter.
        let now = UInt64(max(0, exchange.uptime) * 1e9)
        let seconds = exchange.receivedAt.seconds
        let method = plan?.method(route.definition.key.text)
        switch plan?.subscription.take(method, at: now, seconds: seconds) {
        case .throttled: return .throttled(.plan)
        case .quotaExceeded: return .quotaExceeded
        case nil: break
        }
        if let bucket = route.throttle, !bucket.take(at: now) {
            plan?.subscription.putBack(method, seconds: seconds)
            return .throttled(.route)
        }
        return nil
    }
}
