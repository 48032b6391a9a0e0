internal import Documents

/// OPTIONS is public and goes on to the backend of a path whose methods are guarded.
struct OpenOptionsLint: Lint {
    static let rule = LintRule(
        "GH3212", .warning, "ANY guarded, OPTIONS open to the backend",
        why: "Browsers send preflight requests without a token, so OPTIONS is often made public. When it is passed on, "
            + "anybody reaches the backend through it; a backend that looks at the path or at a method-override header "
            + "only answers more than a preflight.",
        example: "\"OPTIONS /ships\": { \"authorizationType\": \"NONE\", \"integration\": \"fleet\" } beside a guarded "
            + "\"ANY /ships\"",
        remedy: "Answer preflights here with a MOCK integration.")

    func run(_ context: LintContext) {
        for (route, siblings) in SiblingRoutes(context).open {
            guard route.key.verb == .options, context.reachesBackend(route),
                let guarded = siblings.first(where: { $0.key.verb == .any && $0.authorization != .none })
            else { continue }
            context.report(
                Self.rule, route.authorizationSpan.range, "OPTIONS is public and reaches the backend",
                label: "\"\(guarded.key.text)\" is guarded, line \(guarded.span.line)",
                help: "answer it with \"integration\": { \"type\": \"MOCK\", … }",
                note: "a preflight needs headers, not the backend")
        }
    }
}
