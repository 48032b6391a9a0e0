internal import Documents

/// A key, authorizer, integration or upstream that nothing refers to.
struct UnusedEntryLint: Lint {
    static let rule = LintRule(
        "GH2210", .warning, "unused",
        why: "Nothing refers to this entry. Perhaps a name is misspelt elsewhere, and another entry does its work.",
        example: "an authorizer that no route and no defaultAuthorizer names",
        remedy: "Remove the entry, or name it where it was meant.")

    func run(_ context: LintContext) {
        // With errors about, "unused" would often be a consequence of these.
        if context.hasErrors { return }
        let document = context.document
        var usedAuthorizers: Set<Int> = []
        var usedIntegrations: Set<Int> = []
        for route in document.routes {
            if case .authorizer(let index) = route.authorization { usedAuthorizers.insert(index) }
            usedIntegrations.insert(route.integration)
        }
        var usedKeys: Set<String> = []
        var usedUpstreams: Set<String> = []
        for authorizer in document.authorizers { usedKeys.formUnion(authorizer.jwt?.keys.map(\.value) ?? []) }
        for integration in document.integrations {
            guard case .httpProxy(let proxy) = integration.kind else { continue }
            for uri in proxy.resolved.values { if case .upstream(let name) = uri.base { usedUpstreams.insert(name) } }
        }
        for (index, authorizer) in document.authorizers.enumerated() where !usedAuthorizers.contains(index) {
            warn("authorizer", authorizer.name, authorizer.span, "a route's \"authorizer\"", in: context)
        }
        for (index, integration) in document.integrations.enumerated() where !usedIntegrations.contains(index) {
            if let name = integration.name {
                warn("integration", name, integration.span, "a route's \"integration\"", in: context)
            }
        }
        for key in document.keys where !usedKeys.contains(key.name) {
            warn("key", key.name, key.span, "an authorizer's \"keys\"", in: context)
        }
        for upstream in document.upstreams where !usedUpstreams.contains(upstream.name) {
            warn("upstream", upstream.name, upstream.span, "a \"uri\" as upstream:\(upstream.name)", in: context)
        }
    }

    private func warn(_ what: String, _ name: String, _ span: SourceSpan, _ place: String, in context: LintContext) {
        context.report(
            Self.rule, span.range, "\(what) \"\(name)\" is not used", help: "name it in \(place), or remove it",
            note: "perhaps another name is misspelt")
    }
}
