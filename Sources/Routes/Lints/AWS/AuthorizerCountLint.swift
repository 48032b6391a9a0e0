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
        context.reportExcess(
            Self.rule, context.document.authorizers.map(\.span), of: "authorizer", most: Self.most,
            help: "merge authorizers that differ only in their routes")
    }
}
