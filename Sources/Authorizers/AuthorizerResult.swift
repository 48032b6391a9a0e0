/// What an authorizer function has said about an identity.
package enum AuthorizerResult: Sendable {
    /// A policy to be judged for each request.
    case identity(AuthorizedIdentity)
    /// The simple answer of HTTP APIs: yes or no for every route.
    case simple(AuthorizedIdentity, isAuthorized: Bool)
    /// The function raised `Unauthorized`.
    case unauthorized
    /// The function could not be asked, or its answer is none.
    case failed(AuthorizerFailure)

    /// AWS keeps allows and denials alike; failures and raised errors are asked again.
    var isLasting: Bool {
        switch self {
        case .identity, .simple: true
        case .unauthorized, .failed: false
        }
    }

    var estimatedBytes: Int {
        switch self {
        case .identity(let identity), .simple(let identity, _): identity.estimatedBytes
        case .unauthorized, .failed: 64
        }
    }
}

/// Why an authorizer gave no verdict.
package struct AuthorizerFailure: Error, Sendable, Hashable {
    /// A stable word for logs and metrics, such as `function_error`.
    package var reason: String
    /// One sentence for the owner; without any text of the answer.
    package var detail: String

    package init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
