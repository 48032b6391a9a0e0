internal import Documents

/// A result that is kept longer than the token it was made from may live.
struct ResultLifetimeLint: Lint {
    static let rule = LintRule(
        "GH3404", .warning, "result outlives the token",
        why:
            "authorizerResultTtlInSeconds is longer than maxAgeSeconds. Here a kept result never outlives its token, but "
            + "AWS serves it until the TTL ends, also for a token that has expired or was withdrawn.",
        example: "\"authorizerResultTtlInSeconds\": 3600 beside \"maxAgeSeconds\": 900",
        remedy: "Make the TTL shorter than the life of the tokens.")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard let age = authorizer.jwt?.maxAgeInSeconds, authorizer.type != .jwt,
                authorizer.resultTtlInSeconds > age.value
            else { continue }
            context.report(
                Self.rule, context.place("authorizerResultTtlInSeconds", of: authorizer),
                "results are kept \(authorizer.resultTtlInSeconds) s, tokens live \(age.value) s",
                label: "maxAgeSeconds, line \(age.span.line)", help: "write \(age.value) or less",
                note: "AWS serves a kept result past the end of its token")
        }
    }
}
