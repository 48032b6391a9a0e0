package import Documents

/// Scheme, host and port of a backend.
package struct UpstreamOrigin: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable {
        case http
        case https
    }

    package var scheme: Scheme
    /// Lower case; IPv6 literals without brackets.
    package var host: String
    package var port: UInt16

    package var isLoopback: Bool { AddressBlock.isLoopback(host: host) }

    /// `http://127.0.0.1:3000`; the default port is left out.
    package var description: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let isDefault = port == (scheme == .http ? 80 : 443)
        return "\(scheme.rawValue)://\(name)\(isDefault ? "" : ":\(port)")"
    }

    /// Reads `http://host[:port]`, with a slash behind it or without; nil when it is anything else.
    package init?(_ text: String) {
        guard let (origin, rest) = Self.split(Array(text.utf8)[...]), rest.isEmpty || rest.elementsEqual("/".utf8)
        else {
            return nil
        }
        self = origin
    }

    private init(scheme: Scheme, host: String, port: UInt16) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Splits `http://host[:port]rest`; nil when the beginning is not an http or https origin. No user names.
    static func split(_ text: ArraySlice<UInt8>) -> (origin: UpstreamOrigin, rest: ArraySlice<UInt8>)? {
        let scheme: Scheme
        let authorityStart: Int
        if text.starts(with: "http://".utf8) {
            scheme = .http
            authorityStart = text.startIndex + 7
        } else if text.starts(with: "https://".utf8) {
            scheme = .https
            authorityStart = text.startIndex + 8
        } else {
            return nil
        }
        var end = authorityStart
        while end < text.endIndex, text[end] != UInt8(ascii: "/"), text[end] != UInt8(ascii: "?"),
            text[end] != UInt8(ascii: "#")
        {
            end += 1
        }
        let authority = text[authorityStart..<end]
        var host = authority
        var port: UInt16 = scheme == .http ? 80 : 443
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = authority[(authority.startIndex + 1)..<close]
            guard AddressBlock.parseIPv6(host) != nil else { return nil }
            let after = authority[(close + 1)...]
            if !after.isEmpty {
                guard after.first == UInt8(ascii: ":"), let given = ListenAddress.port(after.dropFirst()) else {
                    return nil
                }
                port = given
            }
        } else {
            if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
                guard let given = ListenAddress.port(authority[(colon + 1)...]) else { return nil }
                host = authority[..<colon]
                port = given
            }
            guard host.allSatisfy({ ListenAddress.isHostByte($0) || $0 == UInt8(ascii: "_") }) else { return nil }
        }
        guard !host.isEmpty, port != 0 else { return nil }
        let name = String(decoding: host, as: UTF8.self).lowercased()
        return (UpstreamOrigin(scheme: scheme, host: name, port: port), text[end...])
    }
}

/// One entry of `upstreams`: a backend with its pool, patience and retries.
package struct UpstreamDefinition: Sendable {
    package var name: String
    package var span: SourceSpan
    /// Exactly one as long as balancing is not built.
    package var targets: [UpstreamTarget]
    package var timeouts: UpstreamTimeouts
    package var retry: RetryDefinition
    package var limits: UpstreamLimits
    package var lane: LaneName
}

/// `lane`: whose HTTP/1.1 is spoken with a backend. The name is ours; AWS has nothing to choose.
package enum LaneName: String, Sendable, Hashable, CaseIterable {
    /// The gateway's own, which refuses answers that break the grammar and knows exactly what was sent.
    case fast
    /// libcurl's.
    case classic
}

package struct UpstreamTarget: Sendable {
    package var origin: UpstreamOrigin
    package var weight: Int
    package var span: SourceSpan
}

/// `upstreams.NAME.timeouts`.
package struct UpstreamTimeouts: Sendable, Hashable {
    package var connectInMillis: Int
    /// Until the answer's head; nil when not written, so that the integration's or the server's value counts.
    package var firstByteInMillis: Int?
    /// Between two pieces of an answer's body.
    package var idleInMillis: Int
}

/// `upstreams.NAME.retry`.
package struct RetryDefinition: Sendable, Hashable {
    package enum Occasion: String, Sendable, Hashable, CaseIterable {
        case connect
        case reset
        case unavailable = "503"
    }

    /// Additional attempts after the first; 0 turns retries off.
    package var attempts: Int
    package var occasions: [Occasion]
    /// Share of the running requests that may be retries.
    package var budgetPercent: Int
}

/// `upstreams.NAME.limits`.
package struct UpstreamLimits: Sendable, Hashable {
    package var connections: Int
    package var pending: Int
}
