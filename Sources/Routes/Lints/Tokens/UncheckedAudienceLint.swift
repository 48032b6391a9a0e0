internal import Documents

/// A JWT authorizer that takes tokens made for anybody.
struct UncheckedAudienceLint: Lint {
    static let rule = LintRule(
        "GH3406", .warning, "JWT authorizer without an audience",
        why: "Without an audience every token of the issuer is accepted: also one that another service of the same "
            + "issuer was given, which that service can then use here.",
        example: "\"jwtConfiguration\": { \"issuer\": \"https://id.example\" }",
        remedy: "Add \"audience\" with the name that the issuer gives this API.",
        aws: LintRule.AWSRule("a JWT authorizer needs issuer and audience", verified: false))

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard authorizer.type == .jwt, let rules = authorizer.jwt, rules.issuer.value != nil,
                rules.audience.value == nil,
                let configuration = context.member(authorizer.name, of: "authorizers")?.value.member(
                    "jwtConfiguration"),
                configuration.value["audience"] == nil, configuration.value["issuers"] == nil
            else { continue }
            context.report(
                Self.rule, configuration.key.range, "tokens for any audience are accepted",
                help: "add \"audience\": [\"NAME OF THIS API\"]",
                note: "a token that the issuer made for another service would pass")
        }
    }
}
