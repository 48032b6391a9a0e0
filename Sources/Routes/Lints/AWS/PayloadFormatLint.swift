internal import Documents

/// A function authorizer of an HTTP API that does not say which event it takes.
struct PayloadFormatLint: Lint {
    static let rule = LintRule(
        "GH3511", .warning, "payload format not said",
        why: "The event is of version 2.0 here. A deployment must say the version, and a function that reads the other "
            + "one finds nothing where it looks.",
        example:
            "\"type\": \"REQUEST\", \"authorizerUri\": \"…\" without \"authorizerPayloadFormatVersion\" on an HTTP API",
        remedy: "Write \"authorizerPayloadFormatVersion\": \"2.0\".",
        aws: LintRule.AWSRule(
            "authorizerPayloadFormatVersion is required for Lambda authorizers of HTTP APIs, except in the console",
            verified: true))

    func run(_ context: LintContext) {
        guard context.document.api.type == .http else { return }
        for authorizer in context.document.authorizers where authorizer.functionUri != nil {
            let value = context.member(authorizer.name, of: "authorizers")?.value
            if value?["authorizerPayloadFormatVersion"] != nil { continue }
            context.report(
                Self.rule, authorizer.span.range, "authorizer \"\(authorizer.name)\" does not say its payload format",
                help: "add \"authorizerPayloadFormatVersion\": \"2.0\"", note: "a deployment must say it")
        }
    }
}
