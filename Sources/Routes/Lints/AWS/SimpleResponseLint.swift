internal import Documents

/// Simple responses of a function that gets the old event.
struct SimpleResponseLint: Lint {
    static let rule = LintRule(
        "GH3512", .warning, "simple responses need payload format 2.0",
        why: "isAuthorized belongs to format 2.0. With 1.0 a function answers with a policy.",
        example: "\"enableSimpleResponses\": true, \"authorizerPayloadFormatVersion\": \"1.0\"",
        remedy: "Write \"authorizerPayloadFormatVersion\": \"2.0\", or remove enableSimpleResponses.",
        aws: LintRule.AWSRule("enableSimpleResponses only with payload format 2.0", verified: true))

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers
        where authorizer.simpleResponses && authorizer.payloadFormat == .version1 {
            context.report(
                Self.rule, context.place("enableSimpleResponses", of: authorizer),
                "format 1.0 has no simple responses", help: "write \"authorizerPayloadFormatVersion\": \"2.0\"",
                note: "AWS would not create the authorizer")
        }
    }
}
