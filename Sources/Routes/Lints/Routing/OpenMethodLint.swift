internal import Documents

/// A public method that changes something, on a path whose other methods are guarded.
struct OpenMethodLint: Lint {
    static let rule = LintRule(
        "GH3210", .warning, "public method beside guarded ones",
        why: "Another method of this path is guarded, and this one, which changes or removes things or stands for all "
            + "methods, is open to anybody. Most often the authorizer was forgotten here.",
        example: "\"DELETE /ships/{id}\": { \"authorizationType\": \"NONE\", … } beside a guarded \"GET /ships/{id}\"",
        remedy: "Name an authorizer, or serve what is public under a path of its own.")

    func run(_ context: LintContext) {
        for (route, siblings) in SiblingRoutes(context).open {
            guard let verb = route.key.verb, [.any, .delete, .patch, .put].contains(verb), context.reachesBackend(route)
            else { continue }
            guard let guarded = siblings.first(where: { $0.authorization != .none }) else { continue }
            context.report(
                Self.rule, route.authorizationSpan.range, "\"\(route.key.text)\" is public",
                label: "\"\(guarded.key.text)\" is guarded, line \(guarded.span.line)",
                help: "name an \"authorizer\" instead of \"authorizationType\": \"NONE\"",
                note: verb == .any
                    ? "ANY takes every method that has no route of its own" : "anybody may send \(verb.rawValue)")
        }
    }
}
