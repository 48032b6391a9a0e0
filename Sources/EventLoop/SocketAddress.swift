import CPlatform
import Glibc

/// Where to listen, or who is connected: an IP address with a port, or the path of a Unix socket.
// The octets stand in place: an address is copied for each request, and an array would be counted each time.
package enum SocketAddress: Sendable {
    /// Four octets and a port.
    case ipv4(InlineArray<4, UInt8>, port: UInt16)
    /// Sixteen octets and a port.
    case ipv6(InlineArray<16, UInt8>, port: UInt16)
    case unix(path: String)

    /// A literal address (`127.0.0.1`, `::1`) or `localhost`; names are not resolved here.
    package init?(host: String, port: UInt16) {
        if host == "localhost" {
            self = .ipv4([127, 0, 0, 1], port: port)
            return
        }
        if let octets = Self.parse(host, family: AF_INET, length: 4) {
            self = .ipv4(InlineArray { octets[$0] }, port: port)
        } else if let octets = Self.parse(host, family: AF_INET6, length: 16) {
            self = .ipv6(InlineArray { octets[$0] }, port: port)
        } else {
            return nil
        }
    }

    /// The octets of a literal address of either family.
    package static func octets(of literal: String) -> [UInt8]? {
        parse(literal, family: AF_INET, length: 4) ?? parse(literal, family: AF_INET6, length: 16)
    }

    private static func parse(_ text: String, family: Int32, length: Int) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: length)
        let code = unsafe octets.withUnsafeMutableBytes { unsafe inet_pton(family, text, $0.baseAddress) }
        return code == 1 ? octets : nil
    }

    /// The address as people write it, without the port: `127.0.0.1`, `::1`; empty for Unix sockets.
    package var host: String {
        switch self {
        case .ipv4(let octets, _): octets.indices.map { String(octets[$0]) }.joined(separator: ".")
        case .ipv6(let octets, _): Self.format(octets)
        case .unix: ""
        }
    }

    /// Whether both are the same machine, ports aside; compares without allocating.
    package func isSameHost(as other: SocketAddress) -> Bool {
        switch (self, other) {
        case (.ipv4(let first, _), .ipv4(let second, _)): Self.isSame(first, second)
        case (.ipv6(let first, _), .ipv6(let second, _)): Self.isSame(first, second)
        default: false
        }
    }

    private static func isSame<let count: Int>(
        _ first: InlineArray<count, UInt8>, _ second: InlineArray<count, UInt8>
    ) -> Bool {
        for index in first.indices where first[index] != second[index] { return false }
        return true
    }

    /// The octets of an IP address, nil for Unix sockets.
    package var octets: [UInt8]? {
        switch self {
        case .ipv4(let octets, _): octets.indices.map { octets[$0] }
        case .ipv6(let octets, _): octets.indices.map { octets[$0] }
        case .unix: nil
        }
    }

    /// The port, 0 for Unix sockets.
    package var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port): port
        case .unix: 0
        }
    }

    private static func format(_ octets: InlineArray<16, UInt8>) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        unsafe withUnsafeBytes(of: octets) { source in
            _ = unsafe inet_ntop(AF_INET6, source.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: The kernel's form

    /// Reads what `accept` or `getsockname` filled in; anything but IP counts as a nameless Unix peer.
    init(_ storage: sockaddr_storage) {
        var copy = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            self = unsafe withUnsafeBytes(of: &copy) { raw in
                let address = unsafe raw.loadUnaligned(as: sockaddr_in.self)
                let octets = unsafe withUnsafeBytes(of: address.sin_addr) { bytes in
                    InlineArray<4, UInt8> { unsafe bytes[$0] }
                }
                return .ipv4(octets, port: UInt16(bigEndian: address.sin_port))
            }
        case AF_INET6:
            self = unsafe withUnsafeBytes(of: &copy) { raw in
                let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
                let octets = unsafe withUnsafeBytes(of: address.sin6_addr) { bytes in
                    InlineArray<16, UInt8> { unsafe bytes[$0] }
                }
                return .ipv6(octets, port: UInt16(bigEndian: address.sin6_port))
            }
        default: self = .unix(path: "")
        }
    }

    /// Calls `body` with the address in the kernel's form.
    func withSystemForm<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        switch self {
        case .ipv4(let octets, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) { bytes in
                for index in octets.indices { unsafe bytes[index] = octets[index] }
            }
            return unsafe Self.lend(&address, body)
        case .ipv6(let octets, let port):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
                for index in octets.indices { unsafe bytes[index] = octets[index] }
            }
            return unsafe Self.lend(&address, body)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
            return unsafe Self.lend(&address, body)
        }
    }

    private static func lend<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

extension SocketAddress: Hashable {
    package static func == (first: SocketAddress, second: SocketAddress) -> Bool {
        switch (first, second) {
        case (.unix(let path), .unix(let other)): path == other
        default: first.port == second.port && first.isSameHost(as: second)
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(octets)
        hasher.combine(port)
        if case .unix(let path) = self { hasher.combine(path) }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/gatehouse.sock`.
    package var description: String {
        switch self {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
