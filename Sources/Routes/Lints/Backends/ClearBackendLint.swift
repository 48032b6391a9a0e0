internal import Documents

/// A backend on another machine that is spoken to without encryption.
struct ClearBackendLint: Lint {
    static let rule = LintRule(
        "GH3216", .warning, "backend over plain http",
        why: "Requests and answers, and what the gateway says about the caller in headers, go over the network without "
            + "encryption, and nothing proves that the backend is the right one.",
        example: "\"uri\": \"http://api.example.org{path}\"",
        remedy: "Use https, or keep the backend on this machine or in a network of its own.")

    func run(_ context: LintContext) {
        var used: Set<Int> = []
        var tokens: Set<Int> = []
        for route in context.document.routes {
            used.insert(route.integration)
            guard case .httpProxy(let proxy)? = context.integration(of: route)?.kind else { continue }
            if ForwardedToken.leaves(route, proxy, context.document) { tokens.insert(route.integration) }
        }
        var reported: Set<Range<Int>> = []
        for index in used.sorted() where context.document.integrations.indices.contains(index) {
            guard case .httpProxy(let proxy) = context.document.integrations[index].kind, !tokens.contains(index),
                let host = ForwardedToken.clearHosts(proxy, context.document).first,
                reported.insert(proxy.uri.span.range).inserted
            else { continue }
            context.report(
                Self.rule, proxy.uri.span.range, "\(host) is spoken to without encryption",
                help: "use https", note: "whoever sits between can read and change requests and answers",
                // A private network may be one's own.
                severity: Self.isPrivate(host.host) ? .note : .warning)
        }
    }

    /// RFC 1918, RFC 4193, link-local, and names without a dot, as container networks have them.
    private static func isPrivate(_ host: String) -> Bool {
        let bytes = Array(host.utf8)
        if let address = AddressBlock.parseIPv4(bytes[...]) ?? AddressBlock.parseIPv6(bytes[...]) {
            let blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"]
            return blocks.contains { AddressBlock($0)?.contains(address) == true }
        }
        let suffixes = [".internal", ".local", ".svc", ".lan", ".home.arpa"]
        return !host.contains(".") || suffixes.contains { host.hasSuffix($0) }
    }
}
