internal import Documents

/// A condition that every token meets.
struct IdleConditionLint: Lint {
    static let rule = LintRule(
        "GH3207", .warning, "condition that always holds",
        why: "\"jwt\" refuses tokens without this claim, or with another issuer, before the policy is asked. The "
            + "condition looks like a check and is none.",
        example: "\"when\": { \"sub\": { \"exists\": true } } beside \"requiredClaims\": [\"sub\"]",
        remedy: "Remove it, or compare the claim with a value.")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers where authorizer.jwt != nil {
            let known = KnownClaims(authorizer)
            for statement in authorizer.policy {
                for condition in (statement.when ?? []).joined() where alwaysHolds(condition, known) {
                    context.report(
                        Self.rule, condition.span.range, "this condition always holds",
                        help: "remove it, or compare the claim with a value",
                        note: "tokens that would not meet it are refused before the policy")
                }
            }
        }
    }

    private func alwaysHolds(_ condition: WhenCondition, _ known: KnownClaims) -> Bool {
        let name = condition.claim.text
        switch condition.test {
        case .exists(true): return known.present.contains(name)
        case .equals(.string(let value)):
            return name == "iss" && known.issuer.map { $0.utf8.elementsEqual(value.utf8) } == true
        default: return false
        }
    }
}
