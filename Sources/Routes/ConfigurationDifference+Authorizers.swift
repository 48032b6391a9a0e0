import Documents

/// What authorizers of the same name accept and allow, before and after. Only those count that a route names.
extension ConfigurationDifference {
    mutating func compareAuthorizers(_ old: GatewayDocument, _ new: GatewayDocument) {
        var used: Set<Int> = []
        for route in new.routes { if case .authorizer(let index) = route.authorization { used.insert(index) } }
        for index in used.sorted() {
            let after = new.authorizers[index]
            guard let before = old.authorizer(named: after.name) else { continue }
            compareForm(before, after)
            comparePolicies(before, after)
        }
    }

    private mutating func compareForm(_ before: AuthorizerDefinition, _ after: AuthorizerDefinition) {
        let subject = "authorizer \(after.name)"
        // Addresses may hold what should not be printed, so they are not.
        if before.functionUri?.value != after.functionUri?.value {
            let text: String
            if before.functionUri == nil {
                text = "asks a function now"
            } else {
                text = after.functionUri == nil ? "no longer asks a function" : "asks another function"
            }
            note(.authorizerReplaced, subject, text)
        }
        if before.identitySources.map(\.value) != after.identitySources.map(\.value) {
            note(.authorizerReplaced, subject, "reads other identity sources")
        }
        if let expression = before.identityValidationExpression,
            expression.value != after.identityValidationExpression?.value
        {
            let isGone = after.identityValidationExpression == nil
            note(
                .tokenRulesLoosened, subject,
                isGone ? "has no identityValidationExpression any more" : "has another identityValidationExpression")
        }
        if let rules = before.jwt, let others = after.jwt { compareRules(rules, others, subject) }
    }

    private mutating func compareRules(_ before: JWTRules, _ after: JWTRules, _ subject: String) {
        func loosened(_ text: String, if condition: Bool) {
            if condition { note(.tokenRulesLoosened, subject, text) }
        }
        /// For lists of which the token must satisfy one: no list asks for nothing.
        func widens(_ before: [String]?, _ after: [String]?) -> Bool {
            guard let before, !before.isEmpty else { return false }
            guard let after, !after.isEmpty else { return true }
            return !Set(after).isSubset(of: before)
        }
        loosened("believes further keys", if: !Set(after.keys.map(\.value)).isSubset(of: before.keys.map(\.value)))
        loosened("accepts further algorithms", if: !Set(after.algorithms).isSubset(of: before.algorithms))
        if let issuer = before.issuer.value {
            loosened("no longer checks the issuer", if: after.issuer.value == nil)
            loosened("trusts another issuer", if: after.issuer.value.map { $0 != issuer } ?? false)
        }
        loosened(
            after.audience.value == nil ? "no longer checks the audience" : "accepts further audiences",
            if: widens(before.audience.value, after.audience.value))
        loosened(
            "requires fewer claims",
            if: !Set(before.requiredClaims.map(\.value)).isSubset(of: after.requiredClaims.map(\.value)))
        loosened(
            "accepts tokens that never expire", if: before.requireExpiration.value && !after.requireExpiration.value)
        let age = before.maxAgeInSeconds?.value ?? .max
        loosened("accepts older tokens", if: (after.maxAgeInSeconds?.value ?? .max) > age)
        loosened(
            "allows more clock skew", if: after.clockSkewInSeconds.value > before.clockSkewInSeconds.value)
        loosened(
            "accepts further token types", if: widens(before.tokenTypes.map(\.value), after.tokenTypes.map(\.value)))
        loosened("accepts further scopes", if: widens(before.scopes.map(\.value), after.scopes.map(\.value)))
        loosened(
            "tries every key for tokens without kid", if: before.withoutKeyId == .single && after.withoutKeyId == .try)
    }

    // MARK: Policies

    private mutating func comparePolicies(_ before: AuthorizerDefinition, _ after: AuthorizerDefinition) {
        // A function brings its own policy.
        if before.jwt == nil || after.jwt == nil { return }
        let subject = "authorizer \(after.name)"
        // What is allowed now must have been allowed, and what was denied must still be.
        for (statement, resource) in after.policy.resources(.allow) {
            switch before.policy.covers(resource, .allow, statement) {
            case .yes: break
            case .underOtherCondition:
                note(.conditionChanged, subject, "policy statement \(statement.label) allows on another condition")
            case .no:
                note(.allowWidened, subject, "policy statement \(statement.label) now allows \(resource.text)")
            }
        }
        for (statement, resource) in before.policy.resources(.deny) {
            switch after.policy.covers(resource, .deny, statement) {
            case .yes: break
            case .underOtherCondition:
                note(.conditionChanged, subject, "policy statement \(statement.label) denies on another condition")
            case .no:
                note(.denyNarrowed, subject, "policy statement \(statement.label) no longer denies \(resource.text)")
            }
        }
    }
}

private enum Coverage {
    case yes
    case underOtherCondition
    case no
}

extension [PolicyStatementDefinition] {
    fileprivate func resources(
        _ effect: PolicyStatementDefinition.Effect
    ) -> [(PolicyStatementDefinition, PolicyResource)] {
        filter { $0.effect == effect }.flatMap { statement in statement.resources.map { (statement, $0) } }
    }

    /// Whether a statement of this policy says the same of the resource: always, or on the same condition.
    fileprivate func covers(
        _ resource: PolicyResource, _ effect: PolicyStatementDefinition.Effect, _ other: PolicyStatementDefinition
    ) -> Coverage {
        var coverage = Coverage.no
        for statement in self where statement.effect == effect {
            guard statement.resources.contains(where: { PatternCoverage.covers($0, resource) }) else { continue }
            if statement.when == nil || statement.comparableConditions == other.comparableConditions { return .yes }
            coverage = .underOtherCondition
        }
        return coverage
    }
}

extension PolicyStatementDefinition {
    fileprivate struct Condition: Hashable {
        var claim: ClaimPath
        var test: WhenTest
    }

    /// Without the places in the text; neither order of alternatives nor of conditions counts.
    fileprivate var comparableConditions: Set<Set<Condition>>? {
        when.map { alternatives in
            Set(alternatives.map { conditions in Set(conditions.map { Condition(claim: $0.claim, test: $0.test) }) })
        }
    }
}

/// Whether everything that one policy resource takes is taken by another.
enum PatternCoverage {
    static func covers(_ wide: PolicyResource, _ narrow: PolicyResource) -> Bool {
        wide.form == .everything || covers(Array(wide.text.utf8), Array(narrow.text.utf8))
    }

    /// Reads the narrow pattern as a text in which its own wildcards are letters that only an equal or wider wildcard
    /// can take. A yes is certain; some pairs that would be a yes are a no, which only makes a change heard.
    static func covers(_ wide: [UInt8], _ narrow: [UInt8]) -> Bool {
        let star = UInt8(ascii: "*")
        let any = UInt8(ascii: "?")
        // For each letter of `narrow`: which beginnings of `wide` reach it.
        var reached = [Bool](repeating: false, count: wide.count + 1)
        reached[0] = true
        func skipStars() {
            for index in wide.indices where reached[index] && wide[index] == star { reached[index + 1] = true }
        }
        skipStars()
        for letter in narrow {
            var next = [Bool](repeating: false, count: wide.count + 1)
            for index in wide.indices where reached[index] {
                if wide[index] == star {
                    next[index] = true
                } else if letter != star, wide[index] == letter || wide[index] == any {
                    next[index + 1] = true
                }
            }
            reached = next
            skipStars()
        }
        return reached[wide.count]
    }
}
