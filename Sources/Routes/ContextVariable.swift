/// A variable of the request's context, written `context.NAME` (REST) or `$context.NAME` (HTTP).
package enum ContextVariable: Sendable, Hashable {
    case accountId
    case apiId
    case domainName
    case domainPrefix
    case extendedRequestId
    case httpMethod
    case path
    case protocolVersion
    case requestId
    case requestTime
    case requestTimeEpoch
    case resourceId
    case resourcePath
    case routeKey
    case stage
    case sourceIp
    case userAgent
    /// `identity.apiKey` and `identity.apiKeyId`: of a request whose route asks for a key.
    case apiKey
    case apiKeyId
    /// `authorizer.principalId`
    case principalId
    /// `authorizer.claims.NAME`: a claim of the verified token.
    case authorizerClaim(String)
    /// `authorizer.NAME`: a member of the authorizer's context.
    case authorizerContext(String)
    /// Known to AWS, without a value here (such as `identity.caller`): resolves to nothing.
    case unavailable(String)

    private static let plain: [(name: String, variable: ContextVariable)] = [
        ("accountId", .accountId), ("apiId", .apiId), ("domainName", .domainName), ("domainPrefix", .domainPrefix),
        ("extendedRequestId", .extendedRequestId), ("httpMethod", .httpMethod), ("http.method", .httpMethod),
        ("path", .path), ("protocol", .protocolVersion), ("requestId", .requestId), ("requestTime", .requestTime),
        ("requestTimeEpoch", .requestTimeEpoch), ("resourceId", .resourceId), ("resourcePath", .resourcePath),
        ("routeKey", .routeKey), ("stage", .stage), ("identity.sourceIp", .sourceIp),
        ("identity.userAgent", .userAgent), ("authorizer.principalId", .principalId),
        ("identity.apiKey", .apiKey), ("identity.apiKeyId", .apiKeyId),
    ]

    private static let unavailable = [
        "awsEndpointRequestId", "deploymentId", "identity.accessKey", "identity.accountId", "identity.caller",
        "identity.cognitoAuthenticationProvider",
        "identity.cognitoAuthenticationType", "identity.cognitoIdentityId", "identity.cognitoIdentityPoolId",
        "identity.principalOrgId", "identity.user", "identity.userArn", "wafResponseCode", "webaclArn", "xrayTraceId",
    ]

    /// The names that mean something, for suggestions.
    package static var names: [String] { plain.map(\.name) }

    /// Nil for a name that AWS does not know either.
    package init?(_ name: String) {
        if let known = Self.plain.first(where: { $0.name == name }) {
            self = known.variable
        } else if name.hasPrefix("authorizer.claims."), name.utf8.count > 18 {
            self = .authorizerClaim(String(name.dropFirst(18)))
        } else if name.hasPrefix("authorizer."), name.utf8.count > 11 {
            self = .authorizerContext(String(name.dropFirst(11)))
        } else if Self.unavailable.contains(name) {
            self = .unavailable(name)
        } else {
            return nil
        }
    }

    /// Has a value only after an authorizer has said yes.
    package var needsAuthorizer: Bool {
        switch self {
        case .principalId, .authorizerClaim, .authorizerContext, .apiKey, .apiKeyId: true
        default: false
        }
    }
}
