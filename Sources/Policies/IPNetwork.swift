/// An IPv4 or IPv6 network in CIDR form; a bare address is a network of one.
struct IPNetwork: Sendable, Hashable {
    /// 4 or 16 bytes in network order.
    let address: [UInt8]
    /// Leading bits that count.
    let length: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a bare address. Bits behind the prefix are ignored, as AWS does.
    init?(_ text: [UInt8]) {
        let slash = text.firstIndex(of: UInt8(ascii: "/"))
        guard let address = IPNetwork.address(text[..<(slash ?? text.count)]) else { return nil }
        var length = address.count * 8
        if let slash {
            let digits = text[(slash + 1)...]
            guard !digits.isEmpty, digits.count <= 3, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return nil
            }
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard value <= length else { return nil }
            length = value
        }
        self.address = address
        self.length = length
    }

    /// True when `text` is an address (never a network) of this family inside this network.
    func contains(_ text: [UInt8]) -> Bool {
        guard let other = IPNetwork.address(text[...]), other.count == address.count else { return false }
        let whole = length / 8
        guard other[..<whole] == address[..<whole] else { return false }
        let rest = length % 8
        if rest == 0 { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return other[whole] & mask == address[whole] & mask
    }

    private static func address(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.contains(UInt8(ascii: ":")) ? version6(text) : version4(text)
    }

    /// Four decimal numbers without leading zeros, which some readers take for octal.
    private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var out: [UInt8] = []
        for part in parts {
            guard !part.isEmpty, part.count <= 3, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                part.count == 1 || part.first != 0x30,
                let octet = UInt8(exactly: part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
            else { return nil }
            out.append(octet)
        }
        return out
    }

    /// RFC 4291 §2.2, all three text forms; no zone.
    private static func version6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard let gap = IPNetwork.gap(in: text) else {
            guard let bytes = groups(text, mayEndInVersion4: true), bytes.count == 16 else { return nil }
            return bytes
        }
        guard IPNetwork.gap(in: text[(gap + 1)...]) == nil,
            let head = groups(text[..<gap], mayEndInVersion4: false),
            let tail = groups(text[(gap + 2)...], mayEndInVersion4: true),
            head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Place of the first `::`.
    private static func gap(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropLast().first { text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":") }
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInVersion4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var out: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if mayEndInVersion4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let four = version4(part) else { return nil }
                out.append(contentsOf: four)
                continue
            }
            guard !part.isEmpty, part.count <= 4 else { return nil }
            var value: UInt16 = 0
            for byte in part {
                guard let digit = hexDigit(byte) else { return nil }
                value = value << 4 | digit
            }
            out.append(UInt8(truncatingIfNeeded: value >> 8))
            out.append(UInt8(truncatingIfNeeded: value))
        }
        return out
    }

    private static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case 0x30...0x39: UInt16(byte - 0x30)
        case 0x41...0x46: UInt16(byte - 0x41 + 10)
        case 0x61...0x66: UInt16(byte - 0x61 + 10)
        default: nil
        }
    }
}
