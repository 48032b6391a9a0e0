internal import Documents

/// A resource policy that is longer than AWS takes.
struct ResourcePolicyLengthLint: Lint {
    static let rule = LintRule(
        "GH3515", .warning, "resource policy longer than AWS takes",
        why: "The policy works here, and AWS refuses the API.",
        example: "\"api\": { \"policy\": { … } } of more than 8192 characters",
        remedy: "Shorten it with * and fewer statements.",
        aws: LintRule.AWSRule("at most 8192 characters for a resource policy", verified: true))

    private static let most = 8192

    func run(_ context: LintContext) {
        guard let policy = context.root["api"]?.member("policy") else { return }
        // Without the blanks and line ends that a deployment would leave out.
        let length = policy.value.text.count { $0 > 0x20 }
        guard length > Self.most else { return }
        context.report(
            Self.rule, policy.key.range, "the policy has \(length) characters", help: "shorten it with *",
            note: "AWS takes \(Self.most) at most")
    }
}
