internal import Documents

/// A token that goes on to the backend although nobody said that it should.
struct ForwardedTokenLint: Lint {
    static let rule = LintRule(
        "GH3217", .note, "token goes on to the backend",
        why:
            "The gateway has verified the token, and passes it on as AWS does. Every backend, and every log of one, that "
            + "sees it can use it in the caller's name until it expires.",
        example: "an HTTP_PROXY integration behind an authorizer without \"forwardAuthorization\"",
        remedy: "Write \"forwardAuthorization\": false; or true, if the backend needs the token, to say so aloud.")

    func run(_ context: LintContext) {
        var noted: Set<Int> = []
        for route in context.document.routes {
            guard let integration = context.integration(of: route), case .httpProxy(let proxy) = integration.kind,
                !noted.contains(route.integration), ForwardedToken.leaves(route, proxy, context.document),
                // In clear it is GH3115.
                ForwardedToken.clearHosts(proxy, context.document).isEmpty, !isSaid(route, integration, context)
            else { continue }
            noted.insert(route.integration)
            context.report(
                Self.rule, proxy.uri.span.range, "the caller's token goes on to this backend",
                help: "add \"forwardAuthorization\": false, or true if the backend needs it",
                note: "whoever has the token can use it until it expires")
        }
    }

    private func isSaid(
        _ route: RouteDefinition, _ integration: IntegrationDefinition, _ context: LintContext
    ) -> Bool {
        let value =
            if let name = integration.name { context.member(name, of: "integrations")?.value } else {
                context.member(route.key.text, of: "routes")?.value["integration"]
            }
        return value?["forwardAuthorization"] != nil
    }
}
