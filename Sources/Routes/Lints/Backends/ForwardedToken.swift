/// Whether the client's Authorization header, and with it a token, goes on to a backend.
enum ForwardedToken {
    /// True when the route's token stands in Authorization and nothing removes or replaces the header on the way.
    static func leaves(_ route: RouteDefinition, _ proxy: HTTPProxyDefinition, _ document: GatewayDocument) -> Bool {
        guard case .authorizer(let index) = route.authorization, proxy.forwardAuthorization else { return false }
        let header = Array("authorization".utf8)
        let usesHeader = document.authorizers[index].identitySources.contains { $0.value == .header(name: header) }
        let isMapped = proxy.requestParameters.contains { mapping in
            guard case .header(let name) = mapping.destination else { return false }
            return name.map(ParameterSource.lowercased) == header
        }
        return usesHeader && !isMapped
    }

    /// Hosts beyond this machine that an integration talks to without encryption.
    static func clearHosts(_ proxy: HTTPProxyDefinition, _ document: GatewayDocument) -> [UpstreamOrigin] {
        var found: [UpstreamOrigin] = []
        for stage in document.stages {
            guard let uri = proxy.resolved[stage.name] else { continue }
            switch uri.base {
            case .origin(let origin): found.append(origin)
            case .upstream(let name): found += document.upstream(named: name)?.targets.map(\.origin) ?? []
            }
        }
        return found.filter { $0.scheme == .http && !$0.isLoopback }
    }
}
