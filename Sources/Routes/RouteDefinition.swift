package import Documents

/// One entry of `routes`.
package struct RouteDefinition: Sendable {
    package enum Authorization: Sendable, Hashable {
        /// Said aloud with `"authorizationType": "NONE"`.
        case none
        /// Index into ``GatewayDocument/authorizers``.
        case authorizer(Int)
    }

    package var key: RouteKey
    /// The route key.
    package var span: SourceSpan
    package var authorization: Authorization
    /// The word that decided the authorization: the route's own, or the API's `defaultAuthorizer`.
    package var authorizationSpan: SourceSpan
    /// One of these must be among the scopes of a JWT authorizer's token; empty means none is asked for.
    package var scopes: [Located<String>]
    /// Index into ``GatewayDocument/integrations``.
    package var integration: Int
    /// Its own limits; what is missing is the stage's.
    package var throttle: ThrottleDefinition?
    package var apiKeyRequired = false
    /// Whether the backend may take the connection over as a WebSocket.
    package var webSocket = false
    /// What is checked before the integration is asked.
    package var validation: RequestValidation = .none
}
