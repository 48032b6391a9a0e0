/// Why an API key does not let a request in; the client is told none of it.
package enum ApiKeyRefusal: String, Sendable, Hashable, CaseIterable {
    case missing = "api_key_missing"
    /// More than one `X-API-Key`.
    case several = "api_key_several"
    case unknown = "api_key_unknown"
    case disabled = "api_key_disabled"
    /// It is in no plan for this stage.
    case withoutPlan = "api_key_without_plan"
}

/// Whose rate refuses a request.
package enum ThrottleScope: String, Sendable, Hashable, CaseIterable {
    /// The route's, which may come from its stage.
    case route = "throttled"
    /// That of the caller's usage plan.
    case plan = "throttled_by_plan"
}
