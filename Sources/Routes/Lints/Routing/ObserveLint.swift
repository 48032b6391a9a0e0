internal import Documents

/// A stage that decides and lets everything through.
struct ObserveLint: Lint {
    static let rule = LintRule(
        "GH3218", .warning, "stage that refuses nothing",
        why:
            "With \"observe\" decisions are only logged: every route is as good as public. It is meant for trying a new "
            + "policy beside the old gate, never as the only gate.",
        example: "\"prod\": { \"decisionMode\": \"observe\" }",
        remedy: "Write \"enforce\" as soon as the log shows what was expected.")

    func run(_ context: LintContext) {
        guard context.document.routes.contains(where: { $0.authorization != .none }) else { return }
        for stage in context.root["stages"]?.members.map({ $0 }) ?? [] {
            guard let mode = stage.value["decisionMode"], context.text(mode) == "observe" else { continue }
            context.report(
                Self.rule, mode.range, "stage \"\(stage.name)\" refuses nothing",
                help: "write \"enforce\" once the log shows what you expect",
                note: "decisions are logged, and every request goes on to the backend")
        }
    }
}
