internal import Documents

/// Conditions of a statement that no token can meet.
struct ImpossibleConditionLint: Lint {
    static let rule = LintRule(
        "GH3206", .warning, "condition that can never hold",
        why: "The conditions of an alternative contradict each other, or what \"jwt\" demands of every token. The "
            + "statement is never issued for this alternative: a Deny would forbid nothing, an Allow allow nothing.",
        example: "\"when\": { \"level\": { \"atLeast\": 5, \"atMost\": 3 } }",
        remedy: "Correct the values, or write alternatives as a list of objects, which means or.")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            let known = KnownClaims(authorizer)
            for statement in authorizer.policy {
                for alternative in statement.when ?? [] { check(alternative, statement, known, in: context) }
            }
        }
    }

    private func check(
        _ alternative: [WhenCondition], _ statement: PolicyStatementDefinition, _ known: KnownClaims,
        in context: LintContext
    ) {
        var names: [String] = []
        for condition in alternative where !names.contains(condition.claim.text) { names.append(condition.claim.text) }
        for name in names {
            let conditions = alternative.filter { $0.claim.text == name }
            guard case .impossible(let condition, let reason) = ClaimConstraint(conditions, known: known).judge() else {
                continue
            }
            context.report(
                Self.rule, condition.span.range, "this condition can never hold", label: reason,
                help: "correct it, or make it an alternative of its own: \"when\": [ { … }, { … } ]",
                note: statement.effect == .deny
                    ? "statement \(statement.label) forbids nothing with it"
                    : "statement \(statement.label) allows nothing with it")
        }
    }
}
