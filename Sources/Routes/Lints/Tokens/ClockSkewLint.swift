internal import Documents

/// A tolerance for clocks that prolongs tokens.
struct ClockSkewLint: Lint {
    static let rule = LintRule(
        "GH3402", .warning, "clock skew too large",
        why:
            "The tolerance is for clocks that differ by seconds. RFC 7519 §4.1.4 speaks of no more than a few minutes; "
            + "with more, expired tokens go on working, and a revocation that counts on exp comes late.",
        example: "\"clockSkewSeconds\": 3600",
        remedy: "Write 60 or less and keep the clocks right.")

    /// "No more than a few minutes".
    private static let largest = 300

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard let rules = authorizer.jwt else { continue }
            let skew = rules.clockSkewInSeconds
            let exceedsAge = rules.maxAgeInSeconds.map { skew.value >= $0.value } ?? false
            guard skew.value > Self.largest || (exceedsAge && skew.value > 0) else { continue }
            context.report(
                Self.rule, skew.span.range, "expired tokens work for another \(skew.value) s",
                label: exceedsAge ? "as long as maxAgeSeconds or longer" : nil,
                help: "write 60 or less", note: "the tolerance is for clocks, which differ by seconds")
        }
    }
}
