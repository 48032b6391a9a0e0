import Documents
package import Policies
import Routes
package import Tokens

/// What the rules in force make of a recorded caller.
package enum RecordedVerdict: Sendable {
    /// The policy is the one that would be issued now, as far as it matters here; the statement is the place of the
    /// deciding one in the configuration. `isWhole` says that no further statement may have been issued.
    case decided(PolicyDecision, policy: PolicyDocument, statement: Int?, isWhole: Bool)
    case unauthorized(TokenError)
    /// The recording no longer holds what this depends on; the reason for the owner.
    case undecidable(String)
}

extension DeclarativeAuthorizer {
    /// Decides again for a caller whose signature had been found good when it was recorded: today's rules, the given
    /// clock. `revocations` is the list in force.
    package func decide(
        _ identity: RecordedIdentity, resource: MethodARN, at now: WallTime, revocations: RevocationList
    ) -> RecordedVerdict {
        let claims = identity.token.claims
        for name in verifier.rules.requiredClaims {
            let text = String(decoding: name, as: UTF8.self)
            if identity.trace(of: text) == .dropped {
                return .undecidable("claim \(text) was left out of the recording")
            }
        }
        for rule in issuers.flatMap(\.verifier.rules.additionalClaims) {
            let text = String(decoding: rule.name, as: UTF8.self)
            if identity.trace(of: text) != .whole {
                return .undecidable("claim \(text) was taken out of the recording")
            }
        }
        do throws(TokenError) {
            try check { verifier, keys throws(TokenError) in try verifier.check(identity.token, with: keys, at: now) }
        } catch {
            return .unauthorized(error)
        }
        if definition.type == .jwt { return judge(everything, identity, resource, [], revocations) }
        if case .claim(let path) = definition.principalId.value {
            if identity.trace(of: path.text) == .dropped {
                return .undecidable("claim \(path.text), the principal, was left out of the recording")
            }
            guard let value = value(of: definition.principalId.value, claims), !value.text.isEmpty else {
                return .unauthorized(TokenError(.claimMissing))
            }
        }
        var issued: [Int] = []
        var possible: [Int] = []
        for (index, statement) in definition.policy.enumerated() {
            switch WhenEvaluator.isIssued(statement.when, for: identity) {
            case .yes: issued.append(index)
            case .unknown: possible.append(index)
            case .no: break
            }
        }
        guard let policy = document(of: issued) else { return .unauthorized(TokenError(.internal)) }
        let verdict = judge(policy, identity, resource, issued, revocations)
        if possible.isEmpty { return verdict }
        if settles(verdict, with: issued, possible, resource) {
            guard case .decided(let decision, let policy, let statement, _) = verdict else { return verdict }
            return .decided(decision, policy: policy, statement: statement, isWhole: false)
        }
        return .undecidable(
            "statement \(possible.map { definition.policy[$0].label }.joined(separator: ", ")) reads a personal claim"
        )
    }

    /// Whether the verdict is the same if every statement that may be issued were.
    private func settles(
        _ verdict: RecordedVerdict, with issued: [Int], _ possible: [Int], _ resource: MethodARN
    ) -> Bool {
        guard case .decided(let known, _, _, _) = verdict else { return true }
        // Nothing overrides an explicit deny.
        if known.outcome == .explicitDeny { return true }
        guard let whole = document(of: (issued + possible).sorted()) else { return false }
        // Statements only ever add: what all of them together do not change, none of them does.
        return PolicyEvaluator.decide(PolicyRequest(resource: resource.bytes), by: whole).outcome == known.outcome
    }

    private func judge(
        _ policy: PolicyDocument, _ identity: RecordedIdentity, _ resource: MethodARN, _ issued: [Int],
        _ revocations: RevocationList
    ) -> RecordedVerdict {
        if !revocations.isEmpty {
            if revocations.isRevoked(identity.token, keyID: identity.keyID) {
                return .unauthorized(TokenError(.revoked))
            }
            for name in ["sub", "jti"] where identity.trace(of: name) != .whole {
                return .undecidable("claim \(name) is a pseudonym, and the list of revoked tokens may name it")
            }
        }
        let decision = PolicyEvaluator.decide(PolicyRequest(resource: resource.bytes), by: policy)
        let statement = decision.matched.flatMap { issued.indices.contains($0.position) ? issued[$0.position] : nil }
        return .decided(decision, policy: policy, statement: statement, isWhole: true)
    }

    /// What can be said of a token whose signature had never been found good. `keysAreSame` says that the keys are those
    /// of the recording.
    package func decide(
        unverified token: RecordedToken, recorded code: TokenError.Code, keysAreSame: Bool
    )
        -> RecordedVerdict
    {
        do throws(TokenError) {
            try check { verifier, keys throws(TokenError) in try verifier.checkHeader(of: token, with: keys) }
        } catch {
            return .unauthorized(error)
        }
        // With the same keys the signature is as bad as it was.
        if keysAreSame, code == .badSignature { return .unauthorized(TokenError(code)) }
        return .undecidable("the token's signature was not found good when it was recorded")
    }
}
