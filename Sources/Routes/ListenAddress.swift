/// Where a listener is bound: `host:port`, `[v6]:port` or `unix:/path`.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host is an IPv4 or IPv6 literal (without brackets) or a name for the resolver.
    case internet(host: String, port: UInt16)
    case unix(path: String)

    /// Nil when the text has none of the three forms.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if text.hasPrefix("unix:") {
            let path = bytes.dropFirst(5)
            // sun_path holds 108 bytes with its terminator.
            guard !path.isEmpty, path.count < 108, !path.contains(0) else { return nil }
            self = .unix(path: String(decoding: path, as: UTF8.self))
            return
        }
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        guard let port = Self.port(bytes[(colon + 1)...]) else { return nil }
        var host = bytes[..<colon]
        if host.first == UInt8(ascii: "[") {
            guard host.last == UInt8(ascii: "]"), host.count > 2 else { return nil }
            host = host.dropFirst().dropLast()
            guard let address = AddressBlock.parseIPv6(host) else { return nil }
            _ = address
        } else {
            guard !host.isEmpty, host.allSatisfy(Self.isHostByte) else { return nil }
            let looksNumeric = host.allSatisfy { $0 == UInt8(ascii: ".") || ($0 >= 0x30 && $0 <= 0x39) }
            if looksNumeric, AddressBlock.parseIPv4(host) == nil { return nil }
        }
        self = .internet(host: String(decoding: host, as: UTF8.self), port: port)
    }

    package var description: String {
        switch self {
        case .internet(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Reachable from this machine only.
    package var isLoopback: Bool {
        switch self {
        case .internet(let host, _): AddressBlock.isLoopback(host: host)
        case .unix: true
        }
    }

    /// Written so that nobody can take it for anything else than an address of this machine alone.
    package var isOfThisMachineAlone: Bool {
        switch self {
        case .internet(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        case .unix: true
        }
    }

    static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard !digits.isEmpty, digits.count <= 5 else { return nil }
        var value = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return UInt16(exactly: value)
    }

    static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
