package import Documents
package import Routes

/// One change that somebody could make to a configuration by mistake.
package struct Mutant: Sendable {
    /// What is changed, by index into the document.
    package enum Change: Sendable, Hashable {
        case removeStatement(authorizer: Int, statement: Int)
        case flipEffect(authorizer: Int, statement: Int)
        case removeCondition(authorizer: Int, statement: Int, alternative: Int, condition: Int)
        case invertCondition(authorizer: Int, statement: Int, alternative: Int, condition: Int)
        case removeResource(authorizer: Int, statement: Int, resource: Int)
        case widenResource(authorizer: Int, statement: Int, resource: Int, to: PolicyResource)
        /// One of several values of `in` or `notIn`.
        case removeValue(authorizer: Int, statement: Int, alternative: Int, condition: Int, value: Int)
        case removeIssuer(authorizer: Int)
        case removeAudience(authorizer: Int)
        /// One of several; of the issuer of this number where there are several.
        case removeAudienceEntry(authorizer: Int, issuer: Int?, entry: Int)
        case removeRequiredClaim(authorizer: Int, claim: Int)
        case removeRequireExpiration(authorizer: Int)
        /// A check that no word of the configuration turns off.
        case omit(OmittedCheck)
        case removeMaxAge(authorizer: Int)
        case removeScope(authorizer: Int, scope: Int)
        case removeTokenTypes(authorizer: Int)
        case removeExpression(authorizer: Int)
        /// One of several places that a caller must show himself in.
        case removeSource(authorizer: Int, source: Int)
        /// One of several issuers of a REST API's JWT authorizer.
        case removeIssuerEntry(authorizer: Int, issuer: Int)
        case removeAdditionalClaim(authorizer: Int, issuer: Int, claim: Int)
        /// Any value will do.
        case freeAdditionalClaim(authorizer: Int, issuer: Int, claim: Int)
        case removeRevocations
        case removeRouteScopes(route: Int)
        case publish(route: Int)
        /// Guarded by another authorizer.
        case exchange(route: Int, authorizer: Int)
        case removeResourcePolicy
        case resourcePolicy(ResourcePolicyChange)
    }

    package var change: Change
    /// `/authorizers/session/jwt/audience removed`
    package var name: String
    package var span: SourceSpan
    /// What would notice it.
    package var advice: String

    /// The document with the change; nil when there is nothing to change. An omitted check changes what comes in instead.
    package func apply(to document: GatewayDocument) -> GatewayDocument? {
        var copy = document
        switch change {
        case .removeStatement(let authorizer, let statement):
            copy.authorizers[authorizer].policy.remove(at: statement)
            for index in copy.authorizers[authorizer].policy.indices {
                copy.authorizers[authorizer].policy[index].index = index
            }
        case .flipEffect(let authorizer, let statement):
            let old = copy.authorizers[authorizer].policy[statement].effect
            copy.authorizers[authorizer].policy[statement].effect = old == .allow ? .deny : .allow
        case .removeCondition(let authorizer, let statement, let alternative, let condition):
            copy.authorizers[authorizer].policy[statement].when?[alternative].remove(at: condition)
        case .invertCondition(let authorizer, let statement, let alternative, let condition):
            guard let old = copy.authorizers[authorizer].policy[statement].when?[alternative][condition].test,
                let inverse = old.flipped
            else { return nil }
            copy.authorizers[authorizer].policy[statement].when?[alternative][condition].test = inverse
        case .removeResource(let authorizer, let statement, let resource):
            copy.authorizers[authorizer].policy[statement].resources.remove(at: resource)
        case .widenResource(let authorizer, let statement, let resource, let wide):
            copy.authorizers[authorizer].policy[statement].resources[resource] = wide
        case .removeValue(let authorizer, let statement, let alternative, let condition, let value):
            guard let test = copy.authorizers[authorizer].policy[statement].when?[alternative][condition].test,
                let shorter = test.without(value)
            else { return nil }
            copy.authorizers[authorizer].policy[statement].when?[alternative][condition].test = shorter
        case .publish(let route):
            copy.routes[route].authorization = .none
            copy.routes[route].scopes = []
        case .exchange(let route, let authorizer): copy.routes[route].authorization = .authorizer(authorizer)
        case .removeRouteScopes(let route): copy.routes[route].scopes = []
        case .removeResourcePolicy: copy.api.policy = nil
        case .resourcePolicy(let change): return change.apply(to: &copy) ? copy : nil
        case .removeRevocations: copy.revocations = nil
        case .omit: break
        case .removeSource(let authorizer, let source):
            copy.authorizers[authorizer].identitySources.remove(at: source)
        case .removeExpression(let authorizer): copy.authorizers[authorizer].identityValidationExpression = nil
        default: return applyToRules(&copy) ? copy : nil
        }
        return copy
    }

    private func applyToRules(_ copy: inout GatewayDocument) -> Bool {
        switch change {
        case .removeIssuer(let authorizer): copy.authorizers[authorizer].jwt?.issuer.value = nil
        case .removeAudience(let authorizer): copy.authorizers[authorizer].jwt?.audience.value = nil
        case .removeAudienceEntry(let authorizer, let issuer?, let entry):
            copy.authorizers[authorizer].jwt?.issuers[issuer].audiences.value.remove(at: entry)
        case .removeAudienceEntry(let authorizer, nil, let entry):
            copy.authorizers[authorizer].jwt?.audience.value?.remove(at: entry)
        case .removeRequiredClaim(let authorizer, let claim):
            copy.authorizers[authorizer].jwt?.requiredClaims.remove(at: claim)
        case .removeRequireExpiration(let authorizer):
            copy.authorizers[authorizer].jwt?.requireExpiration.value = false
        case .removeMaxAge(let authorizer): copy.authorizers[authorizer].jwt?.maxAgeInSeconds = nil
        case .removeScope(let authorizer, let scope): copy.authorizers[authorizer].jwt?.scopes.remove(at: scope)
        case .removeTokenTypes(let authorizer): copy.authorizers[authorizer].jwt?.tokenTypes = []
        case .removeIssuerEntry(let authorizer, let issuer):
            copy.authorizers[authorizer].jwt?.issuers.remove(at: issuer)
        case .removeAdditionalClaim(let authorizer, let issuer, let claim):
            copy.authorizers[authorizer].jwt?.issuers[issuer].additionalClaims.remove(at: claim)
        case .freeAdditionalClaim(let authorizer, let issuer, let claim):
            copy.authorizers[authorizer].jwt?.issuers[issuer].additionalClaims[claim].expectedValue = nil
        default: return false
        }
        return true
    }
}

extension WhenTest {
    /// The test that holds exactly where this one does not, for claims that are there; nil where there is none.
    var inverse: WhenTest? {
        switch self {
        case .equals(let value): .notEquals(value)
        case .notEquals(let value): .equals(value)
        case .isIn(let values): .isNotIn(values)
        case .isNotIn(let values): .isIn(values)
        case .exists(let wanted): .exists(!wanted)
        case .contains, .matches, .atLeast, .atMost: nil
        }
    }

    /// The values of `in` and `notIn`.
    var values: [ScalarValue] {
        switch self {
        case .isIn(let values), .isNotIn(let values): values
        default: []
        }
    }

    /// `in` or `notIn` with a value less.
    func without(_ index: Int) -> WhenTest? {
        var rest = values
        guard rest.count > 1, rest.indices.contains(index) else { return nil }
        rest.remove(at: index)
        if case .isIn = self { return .isIn(rest) }
        return .isNotIn(rest)
    }

    /// What somebody writes who mistakes the test for its opposite.
    var flipped: WhenTest? {
        switch self {
        case .atLeast(let bound): .atMost(bound)
        case .atMost(let bound): .atLeast(bound)
        default: inverse
        }
    }
}
