/// A block of IP addresses in CIDR form, such as `10.0.0.0/8`; a bare address is a block of one.
package struct AddressRange: Sendable, Hashable {
    private let octets: [UInt8]
    private let prefix: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let octets = SocketAddress.octets(of: String(parts[0])) else { return nil }
        var prefix = octets.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), length >= 0, length <= prefix else { return nil }
            prefix = length
        }
        self.octets = octets
        self.prefix = prefix
    }

    /// True when the address lies in the block; the families must be the same.
    package func contains(_ address: SocketAddress) -> Bool {
        let other: [UInt8]
        switch address {
        case .ipv4(let octets, _), .ipv6(let octets, _): other = octets
        case .unix: return false
        }
        guard other.count == octets.count else { return false }
        for index in 0..<octets.count {
            let bits = min(8, prefix - index * 8)
            if bits <= 0 { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if (other[index] ^ octets[index]) & mask != 0 { return false }
        }
        return true
    }
}
