internal import Documents

/// A function's policy that is kept for a token and then applied to other resources than it was made for.
struct CachedPolicyLint: Lint {
    static let rule = LintRule(
        "GH3203", .warning, "cached policy narrower than the cache's scope",
        why:
            "The function sees the path of the first request, and its policy is kept for the token alone. If the policy "
            + "names only what that request asked for, the same token is answered 403 on other paths until the result "
            + "expires; if it depends on a path parameter, it is applied to other values of it. AWS does the same.",
        example: "\"type\": \"REQUEST\", \"identitySource\": \"method.request.header.Authorization\", "
            + "\"authorizerResultTtlInSeconds\": 300 on \"GET /ships/{shipId}\"",
        remedy: "Return a policy for everything that the token may do, add what the decision depends on (context.path, "
            + "context.httpMethod) to identitySource, or set authorizerResultTtlInSeconds to 0.")

    func run(_ context: LintContext) {
        for (index, authorizer) in context.document.authorizers.enumerated() {
            guard authorizer.functionUri != nil, authorizer.resultTtlInSeconds > 0, !authorizer.simpleResponses,
                !authorizer.identitySources.contains(where: { Self.namesResource($0.value) }),
                let route = context.routes(guardedBy: index).first(where: { !$0.key.parameterNames.isEmpty })
            else { continue }
            let isRequest = authorizer.type == .request
            let variable = context.document.api.type == .rest ? "context.path" : "$context.path"
            context.report(
                Self.rule, context.place("authorizerResultTtlInSeconds", of: authorizer),
                "a policy is kept \(authorizer.resultTtlInSeconds) s for the token, whatever path it was made for",
                label: "\"\(route.key.text)\" has a path parameter",
                help: isRequest
                    ? "return a policy for all resources, add \"\(variable)\" to identitySource, or set the TTL to 0"
                    : "return a policy for all resources, or set the TTL to 0",
                note: "a policy that names only the first path denies the next one until it expires",
                // A TOKEN authorizer cannot have another cache key, and its examples return wide policies.
                severity: isRequest ? .warning : .note)
        }
    }

    /// Whether the identity source tells one resource from another.
    static func namesResource(_ source: IdentitySource) -> Bool {
        guard case .context(let variable) = source else { return false }
        switch variable {
        case .path, .resourcePath, .resourceId, .routeKey, .requestId, .extendedRequestId: return true
        default: return false
        }
    }
}
