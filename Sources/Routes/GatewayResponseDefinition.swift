package import Documents

/// AWS's kinds of answer that a REST API gives by itself.
///
/// Source: API Gateway Developer Guide, gateway response types; statuses as captured from the service.
package enum GatewayResponseType: String, Sendable, Hashable, CaseIterable {
    case accessDenied = "ACCESS_DENIED"
    case apiConfigurationError = "API_CONFIGURATION_ERROR"
    case authorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR"
    case authorizerFailure = "AUTHORIZER_FAILURE"
    case badRequestBody = "BAD_REQUEST_BODY"
    case badRequestParameters = "BAD_REQUEST_PARAMETERS"
    case default4XX = "DEFAULT_4XX"
    case default5XX = "DEFAULT_5XX"
    case expiredToken = "EXPIRED_TOKEN"
    case integrationFailure = "INTEGRATION_FAILURE"
    case integrationTimeout = "INTEGRATION_TIMEOUT"
    case invalidAPIKey = "INVALID_API_KEY"
    case invalidSignature = "INVALID_SIGNATURE"
    case missingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN"
    case quotaExceeded = "QUOTA_EXCEEDED"
    case requestTooLarge = "REQUEST_TOO_LARGE"
    case resourceNotFound = "RESOURCE_NOT_FOUND"
    case throttled = "THROTTLED"
    case unauthorized = "UNAUTHORIZED"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case wafFiltered = "WAF_FILTERED"

    /// The type whose customisation counts where this one has none.
    package var fallback: GatewayResponseType {
        switch self {
        case .apiConfigurationError, .authorizerConfigurationError, .authorizerFailure, .default5XX,
            .integrationFailure, .integrationTimeout:
            .default5XX
        case .accessDenied, .badRequestBody, .badRequestParameters, .default4XX, .expiredToken, .invalidAPIKey,
            .invalidSignature, .missingAuthenticationToken, .quotaExceeded, .requestTooLarge, .resourceNotFound,
            .throttled, .unauthorized, .unsupportedMediaType, .wafFiltered:
            .default4XX
        }
    }
}

/// One entry of `gatewayResponses`.
package struct GatewayResponseDefinition: Sendable {
    package struct Header: Sendable {
        package var name: [UInt8]
        package var value: GatewayResponseValue
    }

    /// One body, by its content type in lower case.
    package struct Template: Sendable {
        package var contentType: String
        package var parts: [GatewayResponseValue]
    }

    package var type: GatewayResponseType
    package var span: SourceSpan
    /// Nil keeps the type's own.
    package var statusCode: Int?
    /// In source order.
    package var headers: [Header]
    /// In source order; empty keeps the built-in body.
    package var templates: [Template]
}

/// A piece of a gateway response: text, or what is put in its place. No template language is run, as on AWS.
package enum GatewayResponseValue: Sendable, Hashable {
    /// What the gateway has to say of the error itself.
    package enum ErrorField: String, Sendable, Hashable, CaseIterable {
        case message
        /// In quotes, as JSON has them; the bare `null` where AWS has no message.
        case messageString
        case responseType
        case validationErrorString
    }

    case error(ErrorField)
    /// `$context.status`: of this answer.
    case status
    case source(ParameterSource)
}
