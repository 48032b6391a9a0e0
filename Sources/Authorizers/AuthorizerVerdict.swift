package import Policies
package import Tokens

/// What an authorizer says of one request; a denial is an answer, not an error.
package enum AuthorizerVerdict: Sendable {
    case allowed(AuthorizedIdentity, PolicyDecision)
    case denied(AuthorizedIdentity, PolicyDecision)
    /// No acceptable identity: the token is missing or bad.
    case unauthorized(TokenError)

    package var identity: AuthorizedIdentity? {
        switch self {
        case .allowed(let identity, _), .denied(let identity, _): identity
        case .unauthorized: nil
        }
    }

    package var decision: PolicyDecision? {
        switch self {
        case .allowed(_, let decision), .denied(_, let decision): decision
        case .unauthorized: nil
        }
    }

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

/// A verdict with how it was reached.
package struct AuthorizerOutcome: Sendable {
    /// What the verified-token cache had to say.
    package enum Cache: String, Sendable, Hashable {
        case hit
        case miss
        case off
    }

    package var verdict: AuthorizerVerdict
    package var cache: Cache

    package init(verdict: AuthorizerVerdict, cache: Cache) {
        self.verdict = verdict
        self.cache = cache
    }
}
