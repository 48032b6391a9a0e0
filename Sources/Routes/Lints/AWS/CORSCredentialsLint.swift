internal import Documents

/// Credentials for every origin.
struct CORSCredentialsLint: Lint {
    static let rule = LintRule(
        "GH3507", .warning, "credentials for every origin",
        why:
            "Browsers refuse an answer that allows credentials and names * as its origin, so pages of other origins get "
            + "nothing; and what was meant would let every web site act with its visitors' cookies.",
        example: "\"cors\": { \"allowOrigins\": [\"*\"], \"allowCredentials\": true }",
        remedy: "Name the origins, or leave allowCredentials out.",
        aws: LintRule.AWSRule("allowCredentials is not taken together with the origin *", verified: true))

    func run(_ context: LintContext) {
        guard let cors = context.root["cors"], let credentials = cors["allowCredentials"], credentials.bool == true,
            let every = cors["allowOrigins"]?.elements.first(where: { context.text($0) == "*" })
        else { return }
        context.report(
            Self.rule, every.range, "credentials are allowed for every origin",
            help: "name the origins, or remove \"allowCredentials\"", note: "browsers refuse such an answer")
    }
}
