import Policies
import Routes
import Tokens

/// Shows of a mutant that it decides every request as the configuration does. A proof, or nothing: a mutant without one
/// is a survivor.
struct MutantProof {
    let document: GatewayDocument
    let prefix: MethodARN.Prefix
    let revocations: RevocationList?

    /// Why the mutant makes no difference; nil when that is not proven.
    func reason(_ mutant: Mutant) -> String? {
        switch mutant.change {
        case .removeRequiredClaim(let authorizer, let claim):
            return requiredClaim(document.authorizers[authorizer], claim)
        case .removeRequireExpiration(let authorizer):
            let claims = document.authorizers[authorizer].jwt?.requiredClaims ?? []
            return claims.contains { $0.value == "exp" } ? "requiredClaims asks for exp as well" : nil
        case .removeScope(let authorizer, let scope):
            let scopes = document.authorizers[authorizer].jwt?.scopes.map(\.value) ?? []
            return scopes.count { $0 == scopes[scope] } > 1 ? "the scope stands twice" : nil
        case .removeStatement(let authorizer, let number):
            return dead(authorizer, number, as: document.authorizers[authorizer].policy[number])
        case .flipEffect(let authorizer, let number):
            var flipped = document.authorizers[authorizer].policy[number]
            flipped.effect = flipped.effect == .allow ? .deny : .allow
            return both(authorizer, number, flipped)
        case .removeCondition(let authorizer, let number, let alternative, let condition):
            let old = document.authorizers[authorizer].policy[number]
            if let conditions = old.when?[alternative] {
                var others = conditions
                let removed = others.remove(at: condition)
                if others.contains(where: { WhenReasoning.implies($0, removed) }) {
                    return "another condition of the same alternative implies it"
                }
            }
            var changed = old
            changed.when?[alternative].remove(at: condition)
            return both(authorizer, number, changed)
        case .invertCondition(let authorizer, let number, let alternative, let condition):
            var changed = document.authorizers[authorizer].policy[number]
            guard let inverse = changed.when?[alternative][condition].test.flipped else { return nil }
            changed.when?[alternative][condition].test = inverse
            return both(authorizer, number, changed)
        case .removeResource(let authorizer, let number, let place):
            // The part that goes is dead beside the part that stays.
            var part = document.authorizers[authorizer].policy[number]
            var rest = part
            part.resources = [part.resources[place]]
            rest.resources.remove(at: place)
            return dead(authorizer, number, as: part, beside: rest)
        case .widenResource(let authorizer, let number, _, let wide):
            let old = document.authorizers[authorizer].policy[number]
            var part = old
            part.resources = [wide]
            return dead(authorizer, number, as: part, beside: old)
        case .removeValue(let authorizer, let number, let alternative, let condition, let value):
            return self.value(authorizer, number, alternative, condition, value)
        case .removeAudienceEntry(let authorizer, let issuer, let entry):
            let rules = document.authorizers[authorizer].jwt
            let all = issuer.map { rules?.issuers[$0].audiences.value } ?? rules?.audience.value
            return all.map { all in all.count { $0.utf8.elementsEqual(all[entry].utf8) } > 1 } ?? false
                ? "the audience stands twice" : nil
        case .resourcePolicy(let change): return ResourcePolicyProof(document: document, prefix: prefix).reason(change)
        case .removeRevocations: return revocations?.isEmpty ?? false ? "the list is empty" : nil
        case .removeIssuer, .removeAudience, .omit, .removeMaxAge, .removeTokenTypes, .removeExpression,
            .removeIssuerEntry, .removeAdditionalClaim, .freeAdditionalClaim, .removeSource, .removeRouteScopes,
            .publish, .exchange, .removeResourcePolicy:
            return nil
        }
    }

    private func requiredClaim(_ authorizer: AuthorizerDefinition, _ place: Int) -> String? {
        guard let rules = authorizer.jwt else { return nil }
        let name = rules.requiredClaims[place].value
        if rules.requiredClaims.count(where: { $0.value == name }) > 1 { return "the claim stands twice" }
        if CoverageMap.isImplied(name, rules, authorizer) { return "another check refuses a token without it" }
        // Without the claim there is no principal, and no principal is a 401.
        if authorizer.type != .jwt, case .claim(let path) = authorizer.principalId.value, path.text == name {
            return "principalId is made of it, and a token without a principal is refused"
        }
        return nil
    }

    /// A value less in `in` or `notIn` matters to nobody but callers with just this value: the statement with and
    /// without it differ by a part, which decides nothing.
    private func value(
        _ authorizer: Int, _ number: Int, _ alternative: Int, _ condition: Int, _ value: Int
    ) -> String? {
        let old = document.authorizers[authorizer].policy[number]
        guard var conditions = old.when?[alternative], let shorter = conditions[condition].test.without(value) else {
            return nil
        }
        var changed = old
        changed.when?[alternative][condition].test = shorter
        let isIn = if case .isIn = conditions[condition].test { true } else { false }
        conditions[condition].test = .isIn([conditions[condition].test.values[value]])
        var part = old
        part.when = [conditions]
        return dead(authorizer, number, as: part, beside: isIn ? changed : old)
    }

    // MARK: Statements

    /// The statement as it is and as it would be both decide nothing.
    private func both(_ authorizer: Int, _ number: Int, _ changed: PolicyStatementDefinition) -> String? {
        let old = document.authorizers[authorizer].policy[number]
        guard dead(authorizer, number, as: old) != nil else { return nil }
        return dead(authorizer, number, as: changed)
    }

    /// Why a statement in place of number `number` decides nothing that the others, and `beside`, do not decide alike.
    private func dead(
        _ authorizer: Int, _ number: Int, as statement: PolicyStatementDefinition,
        beside: PolicyStatementDefinition? = nil
    ) -> String? {
        let keys = document.routes.filter { $0.authorization == .authorizer(authorizer) }.map(\.key)
        let cover = ResourceCover(prefix: prefix, keys: keys)
        var others = document.authorizers[authorizer].policy
        others.remove(at: number)
        if let beside { others.append(beside) }
        var reasons: [String] = []
        for resource in statement.resources {
            guard let requests = cover.requests(about: resource) else { return nil }
            for request in requests {
                let settling = others.filter {
                    ($0.effect == statement.effect || $0.effect == .deny)
                        && cover.covers($0.resources, request, of: resource)
                }
                guard let reason = Self.settled(statement, settling) else { return nil }
                if !reasons.contains(reason) { reasons.append(reason) }
            }
        }
        return reasons.isEmpty
            ? "no request of a route with this authorizer is about it" : reasons.joined(separator: "; ")
    }

    /// Why statements that cover the same requests leave nothing to decide: one is issued whenever this one is, or two
    /// are issued by turns.
    private static func settled(
        _ statement: PolicyStatementDefinition, _ others: [PolicyStatementDefinition]
    ) -> String? {
        if let one = others.first(where: { WhenReasoning.isWeaker($0.when, than: statement.when) }) {
            return one.effect == statement.effect
                ? "\(one.label) decides the same" : "\(one.label) denies whatever else allows"
        }
        for (index, first) in others.enumerated() {
            for second in others[(index + 1)...] where WhenReasoning.areComplements(first.when, second.when) {
                return "\(first.label) or \(second.label) always decides"
            }
        }
        return nil
    }
}

/// Implications between conditions on claims.
enum WhenReasoning {
    /// Whether whoever meets `two` meets `one`.
    static func isWeaker(_ one: [[WhenCondition]]?, than two: [[WhenCondition]]?) -> Bool {
        guard let one else { return true }
        guard let two else { return one.contains { $0.isEmpty } }
        return two.allSatisfy { strong in
            one.contains { weak in weak.allSatisfy { condition in strong.contains { implies($0, condition) } } }
        }
    }

    /// Whether every principal meets exactly one of both: a single condition and its opposite, which also differ on a
    /// claim that is missing.
    static func areComplements(_ one: [[WhenCondition]]?, _ two: [[WhenCondition]]?) -> Bool {
        guard let one, let two, one.count == 1, two.count == 1, one[0].count == 1, two[0].count == 1 else {
            return false
        }
        let (left, right) = (one[0][0], two[0][0])
        return left.claim.text.utf8.elementsEqual(right.claim.text.utf8) && left.test.inverse == right.test
    }

    /// Whether a claim that meets `one` always meets `two`.
    static func implies(_ one: WhenCondition, _ two: WhenCondition) -> Bool {
        guard one.claim.text.utf8.elementsEqual(two.claim.text.utf8) else { return false }
        if one.test == two.test { return true }
        switch (one.test, two.test) {
        case (.equals(let value), .isIn(let values)): return values.contains(value)
        case (.isIn(let some), .isIn(let more)): return some.allSatisfy { more.contains($0) }
        case (.isIn(let some), .equals(let value)): return some.allSatisfy { $0 == value }
        case (.equals(let value), .isNotIn(let values)): return values.allSatisfy { isOther(value, $0) }
        case (.equals(let value), .notEquals(let other)): return isOther(value, other)
        case (.isIn(let some), .notEquals(let other)): return some.allSatisfy { isOther($0, other) }
        case (.isIn(let some), .isNotIn(let values)):
            return some.allSatisfy { value in values.allSatisfy { isOther(value, $0) } }
        case (.isNotIn(let more), .isNotIn(let some)): return some.allSatisfy { more.contains($0) }
        case (.isNotIn(let more), .notEquals(let value)): return more.contains(value)
        case (.equals, .exists(true)), (.isIn, .exists(true)), (.contains, .exists(true)), (.matches, .exists(true)),
            (.atLeast, .exists(true)), (.atMost, .exists(true)):
            return true
        case (.exists(false), .notEquals), (.exists(false), .isNotIn): return true
        default: return false
        }
    }

    /// Texts and booleans that differ. Numbers may be written in several ways, so of them nothing is said.
    private static func isOther(_ one: ScalarValue, _ two: ScalarValue) -> Bool {
        switch (one, two) {
        case (.string(let left), .string(let right)): !left.utf8.elementsEqual(right.utf8)
        case (.bool(let left), .bool(let right)): left != right
        case (.string, .bool), (.bool, .string), (.string, .number), (.number, .string), (.bool, .number),
            (.number, .bool):
            true
        case (.number, .number): false
        }
    }
}
