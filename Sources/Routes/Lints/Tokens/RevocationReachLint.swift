internal import Documents

/// A list of revoked tokens that does not reach a function's verdicts.
struct RevocationReachLint: Lint {
    static let rule = LintRule(
        "GH3405", .warning, "revocations do not reach this authorizer",
        why:
            "The list is compared with tokens that the gateway verifies. What a function says about a token is taken as "
            + "it is, and kept for the TTL: a revoked token goes on working as long as the function accepts it, and "
            + "until the kept result expires.",
        example: "\"revocations\": { … } beside an authorizer with \"authorizerUri\"",
        remedy: "Let the function consult the list, and set authorizerResultTtlInSeconds to what you promise.")

    func run(_ context: LintContext) {
        guard context.document.revocations != nil else { return }
        for (index, authorizer) in context.document.authorizers.enumerated() {
            guard authorizer.functionUri != nil, !context.routes(guardedBy: index).isEmpty else { continue }
            let ttl = authorizer.resultTtlInSeconds
            context.report(
                Self.rule, authorizer.span.range, "revocations do not reach authorizer \"\(authorizer.name)\"",
                label: ttl > 0 ? "and its results are kept \(ttl) s" : nil,
                help: ttl > 0
                    ? "let the function refuse revoked tokens, and set authorizerResultTtlInSeconds to 0"
                    : "let the function refuse revoked tokens",
                note: "the gateway does not verify the tokens of a function's authorizer")
        }
    }
}
