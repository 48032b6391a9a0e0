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
    /// Demanded parameters that are missing or blank, by name.
    case parametersMissing([String])
    /// The body does not fit its model; what is wrong with it, without any value of it.
    case bodyInvalid([String])
    /// A mapping wants to look into a body that begins like JSON and is none.
    case bodyNotJSON
    /// A body that no template takes.
    case mediaTypeUnsupported
    /// The mapping of the request cannot be carried out.
    case mappingFailed
    /// No integration response takes the backend's status.
    case noIntegrationResponse(UInt16)
    /// The Invoke API refuses to call the function, or knows none of the name; its status.
    case functionNotPermitted(UInt16)
    /// The function says that its answer is base 64, and it is not.
    case answerNotDecodable
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
        case .parametersMissing: "parameters_missing"
        case .bodyInvalid: "body_invalid"
        case .bodyNotJSON: "body_not_json"
        case .mediaTypeUnsupported: "media_type_unsupported"
        case .mappingFailed: "mapping_failed"
        case .noIntegrationResponse: "no_integration_response"
        case .functionNotPermitted: "integration_function_not_permitted"
        case .answerNotDecodable: "integration_body_not_base64"
        case .functionFailed(let reason, _): "integration_\(reason)"
        case .upstream(let error): "upstream_\(error.kind.rawValue)"
        case .cancelled: "client_gone"
        }
    }

    /// One sentence for the owner where the reason alone is too short; nil elsewhere. Without any value of an answer or
    /// of a body.
    package var detail: String? {
        switch self {
        case .parametersMissing(let names): "missing or blank: \(names.joined(separator: ", "))"
        case .bodyInvalid(let problems): problems.joined(separator: "; ")
        case .noIntegrationResponse(let status): "no integration response takes the backend's status \(status)"
        case .functionNotPermitted(let status): "the Invoke API answered with status \(status)"
        case .answerNotDecodable: "isBase64Encoded is true and body is not base 64"
        case .authorizerFailed(let failure): failure.detail
        case .functionFailed(_, let detail): detail
        default: nil
        }
    }

    /// `$context.error.validationErrorString`; nil where no validator has spoken.
    var validationText: String? {
        switch self {
        case .parametersMissing(let names): "[\(names.joined(separator: ", "))]"
        case .bodyInvalid(let problems): "[\(problems.joined(separator: ", "))]"
        default: nil
        }
    }

    /// The gate had said yes: what failed came after the decision.
    package var followsAdmission: Bool {
        switch self {
        case .upstream, .functionFailed, .mappingFailed, .noIntegrationResponse, .functionNotPermitted,
            .answerNotDecodable,
            .parametersMissing,
            .bodyInvalid, .bodyNotJSON, .mediaTypeUnsupported:
            true
        case .refused, .unknownStage, .noRoute, .unauthorized, .rejected, .authorizerFailed, .refusedByFunction,
            .explicitDeny, .implicitDeny, .resourcePolicy, .apiKey, .throttled, .quotaExceeded, .cancelled:
            false
        }
    }
}
