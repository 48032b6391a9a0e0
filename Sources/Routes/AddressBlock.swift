/// A block of IP addresses in CIDR form; a bare address is a block of one.
package struct AddressBlock: Sendable, Hashable {
    /// 4 or 16 bytes in network order.
    package var address: [UInt8]
    package var prefixLength: Int

    /// Nil when the text is no address or the prefix is too long for its family.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let host = bytes[..<(slash ?? bytes.endIndex)]
        guard let address = Self.parseIPv4(host) ?? Self.parseIPv6(host) else { return nil }
        var length = address.count * 8
        if let slash {
            guard let given = ListenAddress.port(bytes[(slash + 1)...]), Int(given) <= length else { return nil }
            length = Int(given)
        }
        self.address = address
        self.prefixLength = length
    }

    /// The address of a peer, 4 or 16 bytes; an IPv4 address mapped into IPv6 counts as IPv4.
    package func contains(_ peer: some Collection<UInt8>) -> Bool {
        let wanted = Self.unmapped(Array(peer))
        let own = Self.unmapped(address)
        guard wanted.count == own.count else { return false }
        let bits = own.count == address.count ? prefixLength : max(0, prefixLength - 96)
        var index = 0
        var left = bits
        while left > 0, index < own.count {
            let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
            if own[index] & mask != wanted[index] & mask { return false }
            left -= 8
            index += 1
        }
        return true
    }

    /// Bits behind the prefix are set, which is most often a slip.
    package var hasHostBits: Bool {
        for (index, byte) in address.enumerated() {
            let left = prefixLength - index * 8
            let mask: UInt8 = left >= 8 ? 0 : left <= 0 ? 0xFF : 0xFF >> UInt8(left)
            if byte & mask != 0 { return true }
        }
        return false
    }

    static func isLoopback(host: String) -> Bool {
        let bytes = Array(host.utf8)
        if let four = parseIPv4(bytes[...]) { return four[0] == 127 }
        if let six = parseIPv6(bytes[...]) { return six.dropLast().allSatisfy { $0 == 0 } && six[15] == 1 }
        return host.lowercased() == "localhost"
    }

    private static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let mapped = address.count == 16 && address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF
        return mapped && address[11] == 0xFF ? Array(address[12...]) : address
    }

    /// Four decimal parts without leading zeros: octal readings have opened holes elsewhere.
    static func parseIPv4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        for part in text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            if part.count > 1, part.first == 0x30 { return nil }
            guard part.count <= 3, let value = ListenAddress.port(part), value <= 255 else { return nil }
            out.append(UInt8(value))
        }
        return out.count == 4 ? out : nil
    }

    /// RFC 4291 §2.2, without a zone.
    static func parseIPv6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        var head: [UInt8] = []
        var tail: [UInt8] = []
        var compressed = false
        var index = text.startIndex
        if text.starts(with: [colon, colon]) {
            compressed = true
            index += 2
        }
        while index < text.endIndex {
            var end = index
            while end < text.endIndex, text[end] != colon { end += 1 }
            let group = text[index..<end]
            var value: [UInt8]
            if group.contains(UInt8(ascii: ".")) {
                guard end == text.endIndex, let four = parseIPv4(group) else { return nil }
                value = four
            } else {
                guard let word = hexWord(group) else { return nil }
                value = [UInt8(word >> 8), UInt8(word & 0xFF)]
            }
            if compressed { tail += value } else { head += value }
            guard head.count + tail.count <= 16 else { return nil }
            if end == text.endIndex { break }
            index = end + 1
            if index == text.endIndex { return nil }
            if text[index] == colon {
                if compressed { return nil }
                compressed = true
                index += 1
            }
        }
        let count = head.count + tail.count
        guard compressed ? count <= 14 : count == 16 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - count) + tail
    }

    private static func hexWord(_ digits: ArraySlice<UInt8>) -> UInt16? {
        // The library's reader would take a sign as well.
        guard !digits.isEmpty, digits.count <= 4, digits.first != UInt8(ascii: "+") else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
