internal import Documents

/// An Allow of everything for everybody who holds a good token.
struct AllowEverythingLint: Lint {
    static let rule = LintRule(
        "GH3209", .note, "every good token may do everything",
        why: "The policy allows all methods and paths without a condition and denies nothing: any token that verifies "
            + "is as good as an administrator's, also on routes that are added later.",
        example: "\"policy\": [ { \"effect\": \"Allow\", \"resources\": [\"*\"] } ]",
        remedy: "Name the routes, add \"when\", or leave it if the tokens are only ever given to trusted callers.")

    func run(_ context: LintContext) {
        for (index, authorizer) in context.document.authorizers.enumerated() {
            // With one route there is nothing to tell apart.
            if context.routes(guardedBy: index).count < 2 { continue }
            if authorizer.policy.contains(where: { $0.effect == .deny }) { continue }
            for statement in authorizer.policy where statement.effect == .allow && statement.when == nil {
                for resource in statement.resources where Self.isEverything(resource) {
                    context.report(
                        Self.rule, resource.span.range, "every good token may do everything",
                        help: "name methods and paths, such as \"GET/*\", or add \"when\"",
                        note: "it also allows routes that are added later")
                }
            }
        }
    }

    private static func isEverything(_ resource: PolicyResource) -> Bool {
        if case .everything = resource.form { return true }
        return resource.glob?.includes(ResourceGlob("*/*")) ?? false
    }
}
