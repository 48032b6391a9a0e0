internal import Documents

/// A JWT authorizer with several places for its token.
struct JWTIdentitySourceLint: Lint {
    static let rule = LintRule(
        "GH3509", .warning, "JWT authorizer with several identity sources",
        why: "Only the first source holds the token; the others would only have to be present.",
        example:
            "\"type\": \"JWT\", \"identitySource\": [\"$request.header.Authorization\", \"$request.querystring.t\"]",
        remedy: "Keep the one that holds the token.",
        aws: LintRule.AWSRule("a JWT authorizer has exactly one identity source", verified: true))

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers
        where authorizer.type == .jwt && authorizer.identitySources.count > 1 {
            context.report(
                Self.rule, authorizer.identitySources[1].span.range, "a JWT authorizer has one identity source",
                help: "keep the one that holds the token", note: "AWS would not create the authorizer")
        }
    }
}
