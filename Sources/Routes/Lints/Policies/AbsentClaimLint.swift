internal import Documents

/// An Allow that a token gets because it lacks a claim.
struct AbsentClaimLint: Lint {
    static let rule = LintRule(
        "GH3208", .warning, "Allow for tokens that lack the claim",
        why:
            "\"notEquals\" and \"notIn\" hold when the claim is missing, so this Allow is given to every token without "
            + "it: also to tokens that were never meant to carry the claim.",
        example:
            "{ \"effect\": \"Allow\", \"resources\": [\"*\"], \"when\": { \"role\": { \"notEquals\": \"guest\" } } }",
        remedy: "Add \"exists\": true to the condition, put the claim into requiredClaims, or list the values that may "
            + "pass with \"in\".")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            let known = KnownClaims(authorizer)
            for statement in authorizer.policy where statement.effect == .allow {
                for alternative in statement.when ?? [] {
                    for condition in alternative where isNegative(condition.test) {
                        let name = condition.claim.text
                        if known.present.contains(name) { continue }
                        let isGuarded = alternative.contains {
                            $0.claim == condition.claim && ClaimConstraint.needsClaim($0.test)
                        }
                        if isGuarded { continue }
                        context.report(
                            Self.rule, condition.span.range, "tokens without \"\(name)\" are allowed, too",
                            help: "add \"exists\": true, or put \"\(name)\" into requiredClaims",
                            note: "\(condition.test.name) holds when the claim is missing")
                    }
                }
            }
        }
    }

    private func isNegative(_ test: WhenTest) -> Bool {
        switch test {
        case .notEquals, .isNotIn: true
        default: false
        }
    }
}
