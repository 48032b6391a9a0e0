import Gateway
import HTTP
import Routes
import Tokens

/// API keys, rates and quotas. Keys can be looked up again by their pseudonyms; what a rate or a quota had to say depends
/// on all other requests of its time, so nothing can be said of it now.
extension OfflineReplay {
    enum KeyVerdict {
        case accepted
        case refused(ApiKeyRefusal)
        case undecidable(String)
    }

    /// A refusal that came from counting requests.
    static func isByCount(_ reason: String?) -> Bool {
        reason == GatewayFailure.quotaExceeded.reason
            || ThrottleScope.allCases.contains { $0.rawValue == reason }
    }

    /// What the route's demand for an API key says to a request that may pass otherwise.
    func keyVerdict(_ exchange: Exchange) -> KeyVerdict {
        guard let route = exchange.route, route.definition.apiKeyRequired else { return .accepted }
        let document = exchange.snapshot.document
        guard document.api.apiKeySource == .header else {
            return .undecidable("the API key comes from the authorizer, and recordings do not hold it")
        }
        let fields = exchange.head.fields
        let lines = fields.lines.filter { $0.id == .xAPIKey }
        guard let line = lines.first else { return .refused(.missing) }
        guard lines.count == 1 else { return .refused(.several) }
        guard isSameSalt, let pseudonyms else {
            return .undecidable("the API key is a pseudonym of another project")
        }
        let name = Array(fields.value(of: line))
        guard let key = document.apiKeys.first(where: { pseudonyms.opaque($0.value.utf8) == name }) else {
            return .refused(.unknown)
        }
        guard key.isEnabled else { return .refused(.disabled) }
        let stage = exchange.snapshot.stage.name
        let hasPlan =
            document.usagePlans.isEmpty
            || document.usagePlans.contains { $0.apiKeys.contains(key.name) && $0.stage(named: stage) != nil }
        return hasPlan ? .accepted : .refused(.withoutPlan)
    }
}
