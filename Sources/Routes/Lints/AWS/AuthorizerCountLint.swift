internal import Documents

/// More authorizers than AWS allows.
struct AuthorizerCountLint: Lint {
    static let rule = LintRule(
        "GH3501", .warning, "more authorizers than AWS allows",
        why: "The API works here, and its deployment would fail at the eleventh authorizer.",
        example: "eleven entries of \"authorizers\"",
        remedy: "Merge authorizers that differ only in their routes, or ask AWS for a higher quota.",
        aws: LintRule.AWSRule("at most 10 authorizers for an API", verified: true))

    private static let most = 10

    func run(_ context: LintContext) {
        let authorizers = context.document.authorizers
        guard authorizers.count > Self.most else { return }
        context.report(
            Self.rule, authorizers[Self.most].span.range, "this is authorizer \(Self.most + 1) of \(authorizers.count)",
            help: "merge authorizers that differ only in their routes", note: "a deployment would fail")
    }
}
