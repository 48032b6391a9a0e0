/// Searches that read eight octets at a time.
enum OctetSearch {
    /// The first place of an octet at or after `start`, which is at most the count.
    static func first(_ octet: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { all in
            let pattern = UInt64(octet) &* 0x0101_0101_0101_0101
            var index = start
            while index + 8 <= all.count {
                let word = unsafe UInt64(littleEndian: all.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let found = zeroOctets(word ^ pattern)
                if found != 0 { return index + found.trailingZeroBitCount / 8 }
                index += 8
            }
            while index < all.count {
                if unsafe all[index] == octet { return index }
                index += 1
            }
            return nil
        }
    }

    static func count(_ octet: UInt8, in bytes: [UInt8]) -> Int {
        var count = 0
        for byte in bytes where byte == octet { count &+= 1 }
        return count
    }

    static func isPrefix(_ prefix: [UInt8], of bytes: [UInt8]) -> Bool {
        guard prefix.count <= bytes.count else { return false }
        return TokenHash.isSame(prefix, bytes.span.extracting(first: prefix.count))
    }

    /// The high bit of the lowest octet that is zero, and perhaps of higher ones that are not.
    private static func zeroOctets(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
