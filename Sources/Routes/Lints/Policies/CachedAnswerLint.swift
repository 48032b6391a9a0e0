internal import Documents

/// A yes or no of a function that is kept for a token and then counts on every route.
struct CachedAnswerLint: Lint {
    static let rule = LintRule(
        "GH3221", .warning, "cached yes counts on every route",
        why:
            "A simple response says only isAuthorized, and it is kept for the identity sources. Without the route among "
            + "them, a yes for one route is a yes for all routes of the authorizer until it expires.",
        example: "\"enableSimpleResponses\": true, \"authorizerResultTtlInSeconds\": 60, \"identitySource\": "
            + "[\"$request.header.Authorization\"] on two routes",
        remedy: "Add \"$context.routeKey\" to identitySource, or set authorizerResultTtlInSeconds to 0.")

    func run(_ context: LintContext) {
        for (index, authorizer) in context.document.authorizers.enumerated() {
            guard authorizer.functionUri != nil, authorizer.simpleResponses, authorizer.resultTtlInSeconds > 0,
                !authorizer.identitySources.contains(where: { CachedPolicyLint.namesResource($0.value) })
            else { continue }
            let routes = context.routes(guardedBy: index)
            guard routes.count > 1 else { continue }
            context.report(
                Self.rule, context.place("authorizerResultTtlInSeconds", of: authorizer),
                "a yes for one route counts on \(routes.count) routes for \(authorizer.resultTtlInSeconds) s",
                help: "add \"$context.routeKey\" to identitySource, or set the TTL to 0",
                note: "a simple response does not say what it allows, and the cache does not know either")
        }
    }
}
