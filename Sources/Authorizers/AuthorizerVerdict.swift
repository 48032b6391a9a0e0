package import Policies
package import Tokens

/// What an authorizer says of one request; a denial is an answer, not an error.
package enum AuthorizerVerdict: Sendable {
    case allowed(AuthorizedIdentity, PolicyDecision)
    case denied(AuthorizedIdentity, PolicyDecision)
    /// No acceptable identity: the token is missing or bad.
    case unauthorized(TokenError)
    /// The identity's value does not match the authorizer's expression, or its function raised `Unauthorized`.
    case rejected(AuthorizerRejection)
    /// A function's simple answer is no.
    case refusedByFunction(AuthorizedIdentity)
    /// No verdict could be had.
    case failed(AuthorizerFailure)

    package var identity: AuthorizedIdentity? {
        switch self {
        case .allowed(let identity, _), .denied(let identity, _), .refusedByFunction(let identity): identity
        case .unauthorized, .rejected, .failed: nil
        }
    }

    package var decision: PolicyDecision? {
        switch self {
        case .allowed(_, let decision), .denied(_, let decision): decision
        case .unauthorized, .rejected, .refusedByFunction, .failed: nil
        }
    }

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

/// Why a caller is refused before any policy is asked.
package enum AuthorizerRejection: String, Sendable, Hashable, CaseIterable {
    /// The value does not match `identityValidationExpression`; the function is not called.
    case identityMismatch = "identity_mismatch"
    /// The function raised exactly `Unauthorized`.
    case functionUnauthorized = "function_unauthorized"
}

/// A verdict with how it was reached.
package struct AuthorizerOutcome: Sendable {
    /// What the verified-token cache had to say.
    package enum Cache: String, Sendable, Hashable {
        case hit
        case miss
        case off
    }

    package let verdict: AuthorizerVerdict
    package let cache: Cache
    // The verdict's own, ready for those who ask for every request.
    package let identity: AuthorizedIdentity?
    package let decision: PolicyDecision?
    package let isAllowed: Bool

    /// What a policy has said of this caller.
    package init(_ identity: AuthorizedIdentity, _ decision: PolicyDecision, cache: Cache) {
        isAllowed = decision.outcome == .allow
        verdict = isAllowed ? .allowed(identity, decision) : .denied(identity, decision)
        self.identity = identity
        self.decision = decision
        self.cache = cache
    }

    package init(verdict: AuthorizerVerdict, cache: Cache) {
        self.verdict = verdict
        identity = verdict.identity
        decision = verdict.decision
        isAllowed = verdict.isAllowed
        self.cache = cache
    }
}
