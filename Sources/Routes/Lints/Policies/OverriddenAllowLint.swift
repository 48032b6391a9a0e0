internal import Documents

/// An Allow whose resource is denied whenever the statement is issued.
struct OverriddenAllowLint: Lint {
    static let rule = LintRule(
        "GH3202", .warning, "Allow that a Deny always overrides",
        why: "A Deny without conditions, or with the same ones, covers everything that this resource allows. Deny wins "
            + "in any order, so the Allow never has an effect.",
        example: "{ \"effect\": \"Deny\", \"resources\": [\"*/ships/*\"] } beside an Allow of \"GET/ships/*\"",
        remedy: "Narrow the Deny with \"when\" or a narrower resource, or remove the Allow.")

    func run(_ context: LintContext) {
        for authorizer in context.document.authorizers {
            let denials = authorizer.policy.filter { $0.effect == .deny }
            for allow in authorizer.policy where allow.effect == .allow {
                for resource in allow.resources {
                    let decisive = denials.first { deny in
                        deny.isIssued(whenever: allow) && deny.resources.contains { $0.includes(resource) }
                    }
                    guard let decisive else { continue }
                    context.report(
                        Self.rule, resource.span.range, "this is always denied",
                        label: "\(decisive.label) denies it, line \(decisive.span.line)",
                        help: "narrow statement \(decisive.label) with \"when\", or remove this resource",
                        note: "a Deny overrides every Allow, wherever it stands")
                }
            }
        }
    }
}
