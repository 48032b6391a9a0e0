internal import Documents

/// A timeout longer than AWS waits.
struct IntegrationTimeoutLint: Lint {
    static let rule = LintRule(
        "GH3502", .warning, "timeout longer than AWS allows",
        why: "A backend that takes so long works here and is answered with 504 or 503 behind AWS.",
        example: "\"timeoutInMillis\": 60000",
        remedy: "Write 29000 or less on REST APIs, 30000 or less on HTTP APIs.",
        aws: LintRule.AWSRule(
            "50 to 29000 ms on REST APIs (more only by quota for regional and private ones), 50 to 30000 ms on HTTP APIs",
            verified: true))

    func run(_ context: LintContext) {
        let most = context.document.api.type == .rest ? 29_000 : 30_000
        let named = context.root["integrations"]?.members.map(\.value) ?? []
        let inner = context.root["routes"]?.members.compactMap { $0.value["integration"] } ?? []
        for integration in named + inner {
            guard let value = integration["timeoutInMillis"], let timeout = value.int64, timeout > most else {
                continue
            }
            context.report(
                Self.rule, value.range, "AWS waits \(most) ms at most", help: "write \(most) or less",
                note: "a slower backend works here and fails there")
        }
    }
}
