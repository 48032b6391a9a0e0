/// Lower case for comparisons that ignore it.
enum CaseFold {
    /// Lower-cases scalar by scalar with Unicode's full mappings; ASCII text never leaves its bytes.
    static func lowercase(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(ascii) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            out.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        }
        return out
    }

    /// Lower-cases one ASCII letter and leaves every other byte alone.
    static func ascii(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// True when both are the same but for the case of ASCII letters.
    static func equalASCII(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { ascii($0) == ascii($1) }
    }
}
