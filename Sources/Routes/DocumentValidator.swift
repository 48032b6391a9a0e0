internal import Documents

/// What only shows when the whole document is known: parameters that no route fills, and what the lints find.
struct DocumentValidator {
    let context: LoadContext
    let document: GatewayDocument

    func run() {
        checkRouteParameters()
        Lints.run(LintContext(document: document, load: context))
    }

    private func checkRouteParameters() {
        for route in document.routes where document.integrations.indices.contains(route.integration) {
            guard case .httpProxy(let proxy) = document.integrations[route.integration].kind else { continue }
            let names = route.key.parameterNames
            if proxy.uri.usesRequestPath, names.contains("path") {
                context.report(
                    "GH2410", .warning, proxy.uri.span.range,
                    "{path} is the request's whole path, not the parameter of \"\(route.key.text)\"")
            }
            guard document.api.type == .http else { continue }
            for name in proxy.uri.parameterNames {
                let word = String(decoding: name, as: UTF8.self)
                if names.contains(word) { continue }
                context.report(
                    "GH2409", proxy.uri.span.range, "route \"\(route.key.text)\" has no parameter {\(word)}",
                    help: Suggestion.nearest(to: word, among: names).map { "did you mean {\($0)}?" })
            }
        }
    }
}
