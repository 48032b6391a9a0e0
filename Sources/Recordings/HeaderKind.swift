/// What the name of a header says of its value.
enum HeaderKind: Sendable {
    case plain
    case cookie
    case setCookie
    /// `Authorization`, `Proxy-Authorization`, and others whose name holds that word.
    case credentials
    /// Secret by its name.
    case secret
    /// An address with a path and a query.
    case target
    /// Network addresses of clients, as proxies pass them on.
    case clientAddresses
    /// RFC 7239.
    case forwarded

    private static let known: [[UInt8]: HeaderKind] = {
        var kinds: [[UInt8]: HeaderKind] = [:]
        func add(_ kind: HeaderKind, _ names: [String]) {
            for name in names { kinds[Array(name.utf8)] = kind }
        }
        add(.cookie, ["cookie", "cookie2"])
        add(.setCookie, ["set-cookie", "set-cookie2"])
        add(.credentials, ["authorization", "proxy-authorization"])
        add(
            .target,
            [
                "location", "content-location", "referer", "link", "refresh", "x-original-url", "x-original-uri",
                "x-rewrite-url", "x-forwarded-uri",
            ])
        add(.forwarded, ["forwarded"])
        add(
            .clientAddresses,
            [
                "x-forwarded-for", "x-original-forwarded-for", "x-real-ip", "x-client-ip", "x-cluster-client-ip",
                "x-remote-addr", "x-remote-ip", "remote-addr", "client-ip", "true-client-ip", "cf-connecting-ip",
                "cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip", "fly-client-ip", "x-azure-clientip",
                "x-azure-socketip", "x-appengine-user-ip", "x-envoy-external-address", "x-forwarded", "forwarded-for",
                "x-host-ip", "x-originating-ip", "x-proxyuser-ip", "x-vercel-forwarded-for",
                "x-nf-client-connection-ip",
            ])
        return kinds
    }()

    /// `lower` is the name in lower case.
    init(_ lower: [UInt8], _ rules: RedactionRules) {
        let own = Self.known[lower] ?? .plain
        switch own {
        case .cookie, .setCookie, .credentials: self = own
        default:
            if String(decoding: lower, as: UTF8.self).contains("authorization") {
                self = .credentials
            } else {
                self = rules.isSecretHeader(lower) ? .secret : own
            }
        }
    }
}

/// Kinds of the names that were met: there are few, and each comes with every request. Belongs to one thread.
final class HeaderKinds {
    struct Name {
        /// In lower case.
        var lower: [UInt8]
        var kind: HeaderKind
    }

    private let rules: RedactionRules
    private var known: [[UInt8]: Name] = [:]
    /// A client that makes names up is not remembered for ever.
    private static let capacity = 1024

    init(rules: RedactionRules) {
        self.rules = rules
    }

    func name(_ name: [UInt8]) -> Name {
        if let found = known[name] { return found }
        let lower = name.map(ByteKind.lowercased)
        let new = Name(lower: lower, kind: HeaderKind(lower, rules))
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        if name.count <= 128 { known[name] = new }
        return new
    }
}
