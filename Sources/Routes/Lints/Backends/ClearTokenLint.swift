internal import Documents

/// A token that leaves the machine without encryption.
struct ClearTokenLint: Lint {
    static let rule = LintRule(
        "GH3115", .note, "token leaves in clear",
        why:
            "The client's Authorization header goes to another machine without encryption. Whoever reads it on the way "
            + "can use the token until it expires.",
        example: "\"uri\": \"http://10.0.0.7:3000{path}\" behind an authorizer",
        remedy: "Write \"forwardAuthorization\": false, which keeps it here, or use https.")

    func run(_ context: LintContext) {
        var noted: Set<Int> = []
        for route in context.document.routes {
            guard case .httpProxy(let proxy)? = context.integration(of: route)?.kind,
                !noted.contains(route.integration), ForwardedToken.leaves(route, proxy, context.document),
                !ForwardedToken.clearHosts(proxy, context.document).isEmpty
            else { continue }
            noted.insert(route.integration)
            context.report(
                Self.rule, proxy.uri.span.range, "the caller's token goes to another machine in clear",
                help: "add \"forwardAuthorization\": false, or use https",
                note: "whoever reads it on the way can use it until it expires")
        }
        for authorizer in context.document.authorizers { check(authorizer.functionUri, in: context) }
        for index in Set(context.document.routes.filter { $0.authorization != .none }.map(\.integration)).sorted() {
            guard context.document.integrations.indices.contains(index),
                case .awsProxy(let proxy) = context.document.integrations[index].kind
            else { continue }
            check(proxy.uri, in: context)
        }
    }

    /// The event of a function holds the caller's headers.
    private func check(_ uri: Located<String>?, in context: LintContext) {
        guard let uri, let origin = UpstreamOrigin.split(Array(uri.value.utf8)[...])?.origin, origin.scheme == .http,
            !origin.isLoopback
        else { return }
        context.report(
            Self.rule, uri.span.range, "the caller's token goes to a function on another machine in clear",
            help: "use https, or run the function on this machine", note: "the event holds the caller's headers")
    }
}
