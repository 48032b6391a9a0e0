internal import Documents

/// Results that are kept without a key.
struct CacheKeyLint: Lint {
    static let rule = LintRule(
        "GH3508", .warning, "results are kept without an identity source",
        why: "The identity sources are the key of the cache. Without any, AWS does not create the authorizer.",
        example:
            "\"type\": \"REQUEST\", \"authorizerUri\": \"http://127.0.0.1:9001/…\" without \"identitySource\" on a "
            + "REST API, where the TTL is 300",
        remedy: "Add \"identitySource\", or set authorizerResultTtlInSeconds to 0.",
        aws: LintRule.AWSRule("identitySource is required when the TTL is not 0", verified: true))

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard authorizer.type == .request, authorizer.functionUri != nil, authorizer.resultTtlInSeconds > 0,
                context.member(authorizer.name, of: "authorizers")?.value["identitySource"] == nil
            else { continue }
            let isRest = context.document.api.type == .rest
            context.report(
                Self.rule, context.place("authorizerResultTtlInSeconds", of: authorizer),
                "results are kept \(authorizer.resultTtlInSeconds) s, and nothing tells callers apart",
                help:
                    "add \"identitySource\": \"\(isRest ? "method." : "$")request.header.Authorization\", or set the TTL to 0",
                note: "AWS would not create the authorizer")
        }
    }
}
