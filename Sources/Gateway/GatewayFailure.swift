package import Authorizers
package import HTTP
package import Tokens
package import Upstream

/// Everything that makes the gateway answer by itself instead of passing on a backend's answer.
package enum GatewayFailure: Sendable, Hashable {
    /// The grammar, a limit or the path normal form refused the request.
    case refused(RequestRefusal)
    /// The path's first segment names no stage that is served.
    case unknownStage
    /// No route takes method and path.
    case noRoute
    case unauthorized(TokenError.Code)
    /// The identity does not match its expression, or the function raised `Unauthorized`.
    case rejected(AuthorizerRejection)
    /// The authorizer gave no verdict.
    case authorizerFailed(AuthorizerFailure)
    /// The function's simple answer is no.
    case refusedByFunction
    case explicitDeny
    case implicitDeny
    /// The API's resource policy does not let the caller in.
    case resourcePolicy(ResourceRefusal)
    case apiKey(ApiKeyRefusal)
    case throttled(ThrottleScope)
    /// The quota of the caller's usage plan is spent.
    case quotaExceeded
    /// The mapping of the request cannot be carried out.
    case mappingFailed
    case upstream(UpstreamError)
    /// The integration's function failed or gave no answer that can be used.
    case functionFailed(reason: String, detail: String)
    /// The client went away or the gateway stopped; nobody gets an answer.
    case cancelled

    /// A stable word for logs and metrics.
    package var reason: String {
        switch self {
        case .refused(let refusal): refusal.code.rawValue
        case .unknownStage: "unknown_stage"
        case .noRoute: "no_route"
        case .unauthorized(let code): code.name
        case .rejected(let rejection): rejection.rawValue
        case .authorizerFailed(let failure): failure.reason
        case .refusedByFunction: "not_authorized"
        case .explicitDeny: "explicit_deny"
        case .implicitDeny: "implicit_deny"
        case .resourcePolicy(let refusal):
            refusal.isExplicit ? "resource_policy_explicit_deny" : "resource_policy_implicit_deny"
        case .apiKey(let refusal): refusal.rawValue
        case .throttled(let scope): scope.rawValue
        case .quotaExceeded: "quota_exceeded"
        case .mappingFailed: "mapping_failed"
        case .functionFailed(let reason, _): "integration_\(reason)"
        case .upstream(let error): "upstream_\(error.kind.rawValue)"
        case .cancelled: "client_gone"
        }
    }

    /// One sentence for the owner where a function is to blame; nil elsewhere. Without any value of its answer.
    package var detail: String? {
        switch self {
        case .authorizerFailed(let failure): failure.detail
        case .functionFailed(_, let detail): detail
        default: nil
        }
    }
}
