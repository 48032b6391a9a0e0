internal import Documents

/// Debug headers where strangers can read them.
struct DebugStageLint: Lint {
    static let rule = LintRule(
        "GH3219", .warning, "debug stage on an open address",
        why: "A debug stage tells in every answer which step refused and why. That helps its owner, and whoever tries "
            + "tokens and paths. The gateway listens on an address that other machines reach.",
        example: "\"debug\": true beside \"listen\": \"0.0.0.0:8080\"",
        remedy: "Listen on 127.0.0.1, or leave debug to a stage that only developers run.")

    func run(_ context: LintContext) {
        guard let open = context.document.server.listen.first(where: { !$0.value.isLoopback }) else { return }
        for stage in context.document.stages where stage.debug {
            let place = context.member(stage.name, of: "stages")?.value["debug"]?.range ?? stage.span.range
            context.report(
                Self.rule, place, "stage \"\(stage.name)\" explains its decisions to strangers",
                label: "the gateway listens on \(open.value)",
                help: "listen on 127.0.0.1, or remove \"debug\"", note: "reasons help whoever tries tokens and paths")
        }
    }
}
