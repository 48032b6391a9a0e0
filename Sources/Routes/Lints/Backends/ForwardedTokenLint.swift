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
        let said = Self.said(context)
        var noted: Set<Int> = []
        for route in context.document.routes {
            guard let integration = context.integration(of: route), case .httpProxy(let proxy) = integration.kind,
                !noted.contains(route.integration), !said.contains(integration.span.range),
                ForwardedToken.leaves(route, proxy, context.document),
                // In clear it is GH3115.
                ForwardedToken.clearHosts(proxy, context.document).isEmpty
            else { continue }
            noted.insert(route.integration)
            context.report(
                Self.rule, proxy.uri.span.range, "the caller's token goes on to this backend",
                help: "add \"forwardAuthorization\": false, or true if the backend needs it",
                note: "whoever has the token can use it until it expires")
        }
    }

    /// The integrations that say whether the header goes on.
    private static func said(_ context: LintContext) -> Set<Range<Int>> {
        let named = context.root["integrations"]?.members.map(\.value) ?? []
        let inner = context.root["routes"]?.members.compactMap { $0.value["integration"] } ?? []
        return Set((named + inner).filter { $0["forwardAuthorization"] != nil }.map(\.range))
    }
}
