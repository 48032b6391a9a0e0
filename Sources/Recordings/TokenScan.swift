/// Finds what looks like a token in compact serialisation, wherever it stands. Rather one find too many than too few.
enum TokenScan {
    /// A token's place, with its segments.
    struct Find: Equatable {
        /// From the header's first byte to the end of the last segment.
        var range: Range<Int>
        /// Header, payload, signature; fewer when the text was cut, more for encrypted tokens.
        var segments: [Range<Int>]
    }

    /// Shorter headers are none: `{"alg":1}` takes twelve characters.
    private static let shortestHeader = 12

    static func contains(_ bytes: [UInt8]) -> Bool { first(in: bytes, from: 0) != nil }

    /// The first token that begins at `start` or behind it. Linear in the text.
    static func first(in bytes: [UInt8], from start: Int) -> Find? {
        var index = start
        // Where the run of base64url characters before the next dot began.
        var segment = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ".") {
                if index - segment >= shortestHeader, let header = header(in: bytes, segment..<index) {
                    return find(bytes, header..<index)
                }
                segment = index + 1
            } else if !ByteKind.isBase64URL(byte) {
                segment = index + 1
            }
            index += 1
        }
        return nil
    }

    /// Where a header begins inside a run of characters: something may stand right before it.
    private static func header(in bytes: [UInt8], _ run: Range<Int>) -> Int? {
        var index = run.lowerBound
        while index + shortestHeader <= run.upperBound {
            // `{"` and `{` with a blank or a line end encode to ey… or ew…
            if bytes[index] == UInt8(ascii: "e"),
                bytes[index + 1] == UInt8(ascii: "y") || bytes[index + 1] == UInt8(ascii: "w"),
                beginsObject(bytes[index..<min(index + 24, run.upperBound)])
            {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Whether the text decodes to `{`, white space, `"`.
    private static func beginsObject(_ text: ArraySlice<UInt8>) -> Bool {
        let octets = LenientBase64.decode(text)
        guard octets.first == UInt8(ascii: "{") else { return false }
        let rest = octets.dropFirst().drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        // A long stretch of white space fills what is looked at.
        return rest.first.map { $0 == UInt8(ascii: "\"") } ?? true
    }

    private static func find(_ bytes: [UInt8], _ header: Range<Int>) -> Find {
        var segments = [header]
        var end = header.upperBound
        while end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            var next = end + 1
            while next < bytes.count, ByteKind.isBase64URL(bytes[next]) { next += 1 }
            segments.append(end + 1..<next)
            end = next
        }
        return Find(range: header.lowerBound..<end, segments: segments)
    }
}

/// Base64 as found in the wild: both alphabets, padding or none, odd ends.
enum LenientBase64 {
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for (value, character) in letters.utf8.enumerated() { table[Int(character)] = UInt8(value) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "+"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        table[Int(UInt8(ascii: "/"))] = 63
        return table
    }()

    /// Characters outside the alphabets are passed over.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count * 3 / 4 + 1)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for character in text {
            let value = values[Int(character)]
            if value == 255 { continue }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: held >> bits))
                held &= (1 << bits) - 1
            }
        }
        return out
    }
}
