internal import Documents
internal import HTTP

/// What only shows when the whole document is known: entries that nothing uses, resources that no route can match,
/// parameters that no route fills.
struct DocumentValidator {
    let context: LoadContext
    let document: GatewayDocument

    func run() {
        reportUnused()
        reportUnreachableResources()
        checkRouteParameters()
        checkSiblingParameters()
        noteClearTokens()
    }

    // MARK: Unused entries

    private func reportUnused() {
        // With other errors about, "unused" would often be a consequence of these.
        if context.hasErrors { return }
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
            warnUnused("authorizer", authorizer.name, authorizer.span)
        }
        for (index, integration) in document.integrations.enumerated() where !usedIntegrations.contains(index) {
            if let name = integration.name { warnUnused("integration", name, integration.span) }
        }
        for key in document.keys where !usedKeys.contains(key.name) { warnUnused("key", key.name, key.span) }
        for upstream in document.upstreams where !usedUpstreams.contains(upstream.name) {
            warnUnused("upstream", upstream.name, upstream.span)
        }
    }

    private func warnUnused(_ what: String, _ name: String, _ span: SourceSpan) {
        context.report("GH2210", .warning, span.range, "\(what) \"\(name)\" is not used")
    }

    // MARK: Policies

    private func reportUnreachableResources() {
        // Without its routes a document has no resources that could match.
        if document.routes.isEmpty || document.routes.count != context.root["routes"]?.count { return }
        let keys = document.routes.map(\.key)
        for authorizer in document.authorizers {
            for statement in authorizer.policy {
                for resource in statement.resources {
                    guard case .short(let method, let path) = resource.form else { continue }
                    if !isNormal(path) {
                        context.report(
                            "GH3201", resource.span.range, "policy resource can never match a request",
                            label: "no request's path looks like this", help: suggestion(method, path))
                        continue
                    }
                    if ResourceOverlap.covers(method: method, path: path, anyOf: keys) { continue }
                    context.report(
                        "GH3201", resource.span.range, "policy resource can never match a route",
                        label: difference(method, path), help: nearest(method, path))
                }
            }
        }
    }

    /// Whether a request's normal path can look like this. A Deny that never matches would be worse than none.
    private func isNormal(_ path: String) -> Bool {
        if path.contains(where: { $0 == "{" || $0 == "}" }) { return false }
        let example = path.utf8.map { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") ? UInt8(ascii: "a") : $0 }
        var options = document.api.profile == .aws ? PathOptions.aws : .strict
        if document.server.encodedSlash == .keep { options.encodedSlash = .keep }
        do throws(PathRefusal) {
            return try NormalPath.normalize([UInt8(ascii: "/")] + example, options: options).isUnchanged
        } catch {
            return false
        }
    }

    private func suggestion(_ method: String, _ path: String) -> String {
        guard path.contains("{") else { return "write the path in its normal form, as requests are decided on" }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return "write \"\(method)/\(segments.map { $0.contains("{") ? "*" : $0 }.joined(separator: "/"))\""
    }

    private func difference(_ method: String, _ path: String) -> String {
        let first = Array(path.utf8.prefix { $0 != UInt8(ascii: "/") })
        let isPattern = first.contains(UInt8(ascii: "*")) || first.contains(UInt8(ascii: "?"))
        let isKnown = document.routes.contains { route in
            guard case .literal(let start)? = route.key.pattern?.segments.first else { return true }
            return start == first
        }
        return isKnown || isPattern || first.isEmpty
            ? "no route takes \(method) /\(path)" : "no route starts with /\(String(decoding: first, as: UTF8.self))"
    }

    /// The route that is spelt most alike, else the first one of the same verb and length.
    private func nearest(_ method: String, _ path: String) -> String? {
        let words = document.routes.map { $0.key.text }
        let alike = Suggestion.nearest(to: "\(method) /\(path)", among: words)
        let depth = path.split(separator: "/").count
        let route = document.routes.first { route in
            if let alike { return route.key.text == alike }
            return route.key.verb?.rawValue == method && route.key.pattern?.segments.count == depth
        }
        guard let route, let verb = route.key.verb, let pattern = route.key.pattern else { return nil }
        let segments = pattern.segments.map { segment in
            if case .literal(let bytes) = segment { String(decoding: bytes, as: UTF8.self) } else { "*" }
        }
        let word = verb == .any ? "*" : verb.rawValue
        return "nearest route is \"\(route.key.text)\": write \"\(word)/\(segments.joined(separator: "/"))\""
    }

    // MARK: Parameters

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

    /// AWS allows one variable child under each resource of a REST API.
    private func checkSiblingParameters() {
        guard document.api.type == .rest else { return }
        var names: [[UInt8]: (name: String, route: RouteDefinition)] = [:]
        for route in document.routes {
            guard let pattern = route.key.pattern else { continue }
            var parent = PathPattern.root
            for segment in pattern.segments {
                if case .parameter(let name) = segment {
                    if let known = names[parent.shape], known.name != name {
                        context.report(
                            "GH2305", .warning, route.span.range,
                            "{\(name)} here is {\(known.name)} in \"\(known.route.key.text)\"",
                            help: "use one name", note: "AWS cannot deploy both")
                        break
                    }
                    names[parent.shape] = (name, route)
                }
                parent.segments.append(segment)
            }
        }
    }

    // MARK: Tokens in clear

    private func noteClearTokens() {
        var noted: Set<Int> = []
        for route in document.routes {
            guard case .authorizer(let index) = route.authorization,
                document.integrations.indices.contains(route.integration),
                case .httpProxy(let proxy) = document.integrations[route.integration].kind, proxy.forwardAuthorization,
                !noted.contains(route.integration)
            else { continue }
            let header = Array("authorization".utf8)
            let usesHeader = document.authorizers[index].identitySources.contains { $0.value == .header(name: header) }
            let isMapped = proxy.requestParameters.contains { mapping in
                guard case .header(let name) = mapping.destination else { return false }
                return name.map(ParameterSource.lowercased) == header
            }
            guard usesHeader, !isMapped, proxy.resolved.values.contains(where: leavesInClear) else { continue }
            noted.insert(route.integration)
            context.report(
                "GH3115", .note, proxy.uri.span.range, "the caller's token goes to another machine in clear",
                help: "add \"forwardAuthorization\": false, or use https")
        }
    }

    private func leavesInClear(_ uri: ResolvedURI) -> Bool {
        switch uri.base {
        case .origin(let origin): origin.scheme == .http && !origin.isLoopback
        case .upstream(let name):
            document.upstream(named: name)?.targets.contains { $0.origin.scheme == .http && !$0.origin.isLoopback }
                ?? false
        }
    }
}

extension PathPattern {
    /// The path `/`.
    static let root = PathPattern(segments: [], hasTrailingSlash: false)

    private init(segments: [Segment], hasTrailingSlash: Bool) {
        self.segments = segments
        self.hasTrailingSlash = hasTrailingSlash
    }
}
