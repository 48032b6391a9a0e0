internal import Documents

/// A resource that is longer than AWS reads.
struct ResourceLengthLint: Lint {
    static let rule = LintRule(
        "GH3513", .warning, "resource longer than AWS takes",
        why: "As an ARN the resource is longer than AWS takes in the policy of an authorizer.",
        example: "a resource of more than 512 characters",
        remedy: "Shorten the resource with * for its end.",
        aws: LintRule.AWSRule("at most 512 characters for a Resource in an authorizer's policy", verified: true))

    private static let most = 512

    func run(_ context: LintContext) {
        let api = context.document.api
        let stage = context.document.stages.map(\.name.utf8.count).max() ?? 0
        let prefix = "arn:aws:execute-api:\(api.region):\(api.accountId):\(api.apiId)/".utf8.count + stage + 1
        for resource in context.document.authorizers.flatMap(\.policy).flatMap(\.resources) {
            let isShort = if case .short = resource.form { true } else { false }
            let length = resource.text.utf8.count + (isShort ? prefix : 0)
            guard length > Self.most else { continue }
            context.report(
                Self.rule, resource.span.range, "as an ARN this has \(length) characters",
                help: "shorten it with *", note: "AWS takes \(Self.most) at most")
        }
    }
}
