package import Documents

/// AWS's kinds of integration.
package enum IntegrationType: String, Sendable, Hashable, CaseIterable {
    case httpProxy = "HTTP_PROXY"
    case awsProxy = "AWS_PROXY"
    case mock = "MOCK"
    case http = "HTTP"
}

/// One entry of `integrations`, or the object written at a route.
package struct IntegrationDefinition: Sendable {
    package enum Kind: Sendable {
        case httpProxy(HTTPProxyDefinition)
        case mock(MockResponse)
        case awsProxy(AWSProxyDefinition)
        /// HTTP, which is documented but not built; never in a document that loaded without errors.
        case planned(IntegrationType)
    }

    /// Nil for one that is written at its route.
    package var name: String?
    package var span: SourceSpan
    package var kind: Kind
}

/// What AWS_PROXY does: the function gets the request as an event and answers with a response.
package struct AWSProxyDefinition: Sendable {
    /// As written, with the stage's variables still in it.
    package var uri: Located<String>
    package var payloadFormat: PayloadFormat
    package var timeoutInMillis: Int?
    /// API Gateway does not carry them out for functions; some of them make it answer 500.
    package var requestParameters: [ParameterMapping]
    /// The verb that was written for the function; anything but POST makes API Gateway answer 500.
    package var httpMethod: String?
}

/// What HTTP_PROXY does.
package struct HTTPProxyDefinition: Sendable {
    package var uri: URITemplate
    /// By stage name; a stage that is not usable has no entry.
    package var resolved: [String: ResolvedURI]
    /// Verb towards the backend, upper case; nil keeps the client's.
    package var method: [UInt8]?
    /// In source order.
    package var requestParameters: [ParameterMapping]
    /// Until the answer's head; nil leaves it to the upstream, then to the server.
    package var timeoutInMillis: Int?
    /// False removes the client's Authorization header.
    package var forwardAuthorization: Bool
}

/// What MOCK answers.
package struct MockResponse: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var statusCode: Int
    /// In source order.
    package var headers: [Header]
    package var body: [UInt8]
}
