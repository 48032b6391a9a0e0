/// Which of AWS's two gateways is played: picks status codes, bodies, event formats and routing rules.
package enum ApiType: String, Sendable, Hashable, CaseIterable {
    case rest = "REST"
    case http = "HTTP"
}

/// How strictly requests are read from the wire.
package enum ApiProfile: String, Sendable, Hashable, CaseIterable {
    case strict
    /// Relaxes only refusals that API Gateway does not make; never framing, Host, reserved headers or limits.
    case aws
}

/// The `api` object: what the gateway calls itself in ARNs and events.
package struct ApiDefinition: Sendable {
    package var name: String
    package var type: ApiType
    package var apiId: String
    package var region: String
    package var accountId: String
    /// Stage of requests whose path names none; always the name of an entry of ``GatewayDocument/stages``.
    package var defaultStage: String
    /// Authorizer of the routes that name none.
    package var defaultAuthorizer: Located<String>?
    package var profile: ApiProfile
    /// The resource policy; nil when there is none, which lets every request go on to its authorizer.
    package var policy: ResourcePolicyDefinition?
    package var apiKeySource = ApiKeySource.header
    /// Content types whose bodies functions get and give as bytes, such as `image/png` or `*/*`.
    package var binaryMediaTypes: [String] = []
}
