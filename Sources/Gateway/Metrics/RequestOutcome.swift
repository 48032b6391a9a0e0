import Tokens

/// What became of a request, as metrics count it: few words, none of them a client's.
package enum RequestOutcome: Int, Sendable, CaseIterable {
    /// The integration answered, or nobody had to be asked.
    case allowed
    /// A policy, the resource policy, a function or the lack of an API key said no.
    case denied
    /// No identity: token missing, broken or expired.
    case unauthorized
    /// Over a rate or a quota.
    case throttled
    /// Not a request that HTTP or the limits allow.
    case refused
    case noRoute
    /// Its parameters or its body do not fit.
    case invalid
    /// The authorizer gave no verdict.
    case authorizerFailed
    /// The integration failed.
    case failed
    /// The client went away, or the gateway stopped.
    case cancelled

    package var word: String {
        switch self {
        case .allowed: "allowed"
        case .denied: "denied"
        case .unauthorized: "unauthorized"
        case .throttled: "throttled"
        case .refused: "refused"
        case .noRoute: "no_route"
        case .invalid: "invalid"
        case .authorizerFailed: "authorizer_failed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    package init(_ failure: GatewayFailure?) {
        self =
            switch failure {
            case nil: .allowed
            case .refused: .refused
            case .unknownStage, .noRoute: .noRoute
            case .unauthorized(let code):
                code == .internal || code == .keysUnavailable ? .authorizerFailed : .unauthorized
            case .rejected: .unauthorized
            case .authorizerFailed: .authorizerFailed
            case .refusedByFunction, .explicitDeny, .implicitDeny, .resourcePolicy, .apiKey: .denied
            case .throttled, .quotaExceeded: .throttled
            case .parametersMissing, .bodyInvalid, .bodyNotJSON, .mediaTypeUnsupported: .invalid
            case .mappingFailed, .noIntegrationResponse, .functionNotPermitted, .answerNotDecodable, .upstream,
                .functionFailed:
                .failed
            case .cancelled: .cancelled
            }
    }
}
