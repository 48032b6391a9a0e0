internal import Documents

/// A route that more precise routes leave nothing to.
struct ShadowedRouteLint: Lint {
    static let rule = LintRule(
        "GH3214", .warning, "route is never reached",
        why: "Other routes, which are tried first, take everything that this one could. Its authorizer and integration "
            + "never count, so a change here changes nothing.",
        example: "\"$default\" beside \"ANY /\" and \"ANY /{proxy+}\"",
        remedy: "Remove the route, or the ones that hide it.")

    func run(_ context: LintContext) {
        let siblings = SiblingRoutes(context)
        let isREST = context.document.api.type == .rest
        for route in context.document.routes {
            switch route.key.kind {
            case .fallback:
                let takers = context.document.routes.filter { other in
                    guard case .pattern(.any, let pattern) = other.key.kind, pattern.segments.count <= 1 else {
                        return false
                    }
                    if case .greedy? = pattern.segments.first { return true }
                    return pattern.segments.isEmpty
                }
                if takers.count == 2 { report(route, "\"ANY /\" and \"ANY /{proxy+}\" take everything", in: context) }
            case .pattern(.any, let pattern) where isREST:
                // ANY stands for these seven; on HTTP APIs for any word at all.
                let own = siblings.of(pattern).compactMap(\.key.verb)
                if RouteVerb.allCases.allSatisfy({ own.contains($0) }) {
                    report(route, "each of its methods has a route of its own", in: context)
                }
            case .pattern: break
            }
        }
    }

    private func report(_ route: RouteDefinition, _ label: String, in context: LintContext) {
        context.report(
            Self.rule, route.span.range, "\"\(route.key.text)\" is never reached", label: label,
            help: "remove it, or the routes that hide it", note: "more precise routes are tried first")
    }
}
