internal import Documents

/// Tokens that outlive what anybody remembers.
struct LongLivedTokenLint: Lint {
    static let rule = LintRule(
        "GH3401", .warning, "tokens that live too long",
        why:
            "A stolen token works until it expires, and nobody notices. Without exp and without maxAgeSeconds it works "
            + "for ever. NIST SP 800-63B asks for a new login after 30 days at the latest.",
        example: "\"requireExpiration\": false without \"maxAgeSeconds\"",
        remedy: "Demand exp, or write \"maxAgeSeconds\"; minutes to a day is usual.")

    /// 30 days.
    static let longest = 2_592_000

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            guard let rules = authorizer.jwt else { continue }
            if let age = rules.maxAgeInSeconds {
                if age.value > Self.longest {
                    context.report(
                        Self.rule, age.span.range, "tokens may be \(age.value / 86_400) days old",
                        help: "write \(Self.longest) or less; 86400 is a day", note: "a stolen token works as long")
                }
            } else if !rules.requireExpiration.value {
                context.report(
                    Self.rule, rules.requireExpiration.span.range, "tokens without exp work for ever",
                    help: "add \"maxAgeSeconds\": 86400, or demand exp", note: "a stolen token would never stop working"
                )
            }
        }
    }
}
