internal import Documents

/// HEAD is public where GET is guarded.
struct OpenHeadLint: Lint {
    static let rule = LintRule(
        "GH3211", .warning, "HEAD open, GET guarded",
        why:
            "HEAD answers with the headers of GET (RFC 9110 §9.3.2): whether something exists, how long it is, when it "
            + "changed. Many backends run the whole GET for it.",
        example: "\"HEAD /ships\": { \"authorizationType\": \"NONE\", … } beside a guarded \"GET /ships\"",
        remedy: "Give HEAD the authorizer of GET, or remove the route.")

    func run(_ context: LintContext) {
        for (route, siblings) in SiblingRoutes(context).open {
            guard route.key.verb == .head, context.reachesBackend(route),
                let guarded = siblings.first(where: {
                    ($0.key.verb == .get || $0.key.verb == .any) && $0.authorization != .none
                })
            else { continue }
            context.report(
                Self.rule, route.authorizationSpan.range,
                "HEAD is public where \(guarded.key.verb?.rawValue ?? "GET") is guarded",
                label: "\"\(guarded.key.text)\", line \(guarded.span.line)",
                help: "name the same \"authorizer\", or remove the route",
                note: "HEAD answers with everything but the body of GET")
        }
    }
}
