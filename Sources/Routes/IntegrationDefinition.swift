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
        /// A type that is not known; never in a document that loaded without errors.
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
    /// HTTP APIs: changes of the answer.
    package var responseParameters: [AnswerMapping] = []
}

/// What HTTP_PROXY does, and HTTP.
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
    /// Nil leaves it to the upstream; `fast` where that says nothing either.
    package var lane: LaneName? = nil
    /// False removes the client's Authorization header.
    package var forwardAuthorization: Bool
    /// HTTP APIs: changes of the answer.
    package var responseParameters: [AnswerMapping] = []
    /// Set for type HTTP, which hands on only what is mapped.
    package var responses: IntegrationResponses?
}

/// What is changed in answers of one status (HTTP APIs).
package struct AnswerMapping: Sendable {
    package var status: UInt16
    package var parameters: [ParameterMapping]
}

/// The answers of an HTTP integration.
package struct IntegrationResponses: Sendable {
    /// One of `integrationResponses`.
    package struct Response: Sendable {
        /// What the client gets.
        package var status: UInt16
        /// Matched against the backend's status; nil takes every status that no other takes.
        package var selectionPattern: Located<String>?
        package var parameters: [ParameterMapping]
        package var span: SourceSpan
    }

    /// In source order.
    package var responses: [Response]
    /// `"passthroughBehavior": "NEVER"`: bodies go on only through a template, and there are none.
    package var refusesBodies: Bool
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

    package var hasContentType: Bool { headers.contains { $0.name.lowercased() == "content-type" } }
}
