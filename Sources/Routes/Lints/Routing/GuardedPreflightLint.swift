internal import Documents

/// Preflight requests that need a token.
struct GuardedPreflightLint: Lint {
    static let rule = LintRule(
        "GH3222", .note, "preflight needs a token",
        why:
            "Browsers send OPTIONS before a request to another origin, and never with a token. A guarded OPTIONS route "
            + "answers it 401, and the page is told that CORS failed. With AWS SAM this happens by default "
            + "(AddDefaultAuthorizerToCorsPreflight).",
        example: "\"OPTIONS /ships\": { \"integration\": \"fleet\" } with a defaultAuthorizer",
        remedy: "Make the route public with a MOCK integration, unless only programs call it.")

    func run(_ context: LintContext) {
        for route in context.document.routes where route.key.verb == .options && route.authorization != .none {
            context.report(
                Self.rule, route.span.range, "browsers send OPTIONS without a token",
                help: "add \"authorizationType\": \"NONE\" and a MOCK integration",
                note: "a preflight that is answered 401 shows as a CORS error")
        }
    }
}
