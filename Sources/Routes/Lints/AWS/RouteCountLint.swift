internal import Documents

/// More routes than AWS allows.
struct RouteCountLint: Lint {
    static let rule = LintRule(
        "GH3503", .note, "more routes than AWS allows",
        why: "The API works here, and its deployment would fail without a higher quota.",
        example: "301 entries of \"routes\"",
        remedy: "Use {proxy+}, split the API, or ask AWS for a higher quota.",
        aws: LintRule.AWSRule("300 routes or resources for an API, unless the quota was raised", verified: true))

    private static let most = 300

    func run(_ context: LintContext) {
        context.reportExcess(
            Self.rule, context.document.routes.map(\.span), of: "route", most: Self.most,
            help: "use {proxy+}, split the API, or have the quota raised")
    }
}
