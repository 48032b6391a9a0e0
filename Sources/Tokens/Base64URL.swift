/// Base64url without padding, in its one canonical form (RFC 4648 §5, RFC 7515 §2).
///
/// Decoding refuses everything else: other characters, `=`, a length of 1 modulo 4, and unused bits that are not zero.
/// So one octet string has exactly one encoding, and two different tokens never decode alike.
package enum Base64URL {
    /// Nil when the text is not canonical.
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        let all = Array(text)
        return decode(all, 0..<all.count)
    }

    /// Decodes a part of a larger array; `range` must lie inside it.
    static func decode(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        let count = range.count
        if count & 3 == 1 { return nil }
        let size = count / 4 * 3 + [0, 0, 1, 2][count & 3]
        if size == 0 { return [] }
        var valid = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
            valid = unsafe bytes.withUnsafeBufferPointer { source in
                unsafe decode(UnsafeBufferPointer(rebasing: source[range]), into: buffer)
            }
            written = size
        }
        return valid ? output : nil
    }

    /// `output` has room for every octet of `text`, whose length is not 1 modulo 4.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        unsafe values.withUnsafeBufferPointer { table in
            var from = 0
            var to = 0
            var bad: UInt32 = 0
            let whole = text.count & ~3
            while from < whole {
                let first = unsafe UInt32(table[Int(text[from])])
                let second = unsafe UInt32(table[Int(text[from + 1])])
                let third = unsafe UInt32(table[Int(text[from + 2])])
                let fourth = unsafe UInt32(table[Int(text[from + 3])])
                bad |= first | second | third | fourth
                let word = first << 18 | second << 12 | third << 6 | fourth
                unsafe output[to] = UInt8(truncatingIfNeeded: word >> 16)
                unsafe output[to + 1] = UInt8(truncatingIfNeeded: word >> 8)
                unsafe output[to + 2] = UInt8(truncatingIfNeeded: word)
                from += 4
                to += 3
            }
            let rest = text.count - whole
            if rest >= 2 {
                let first = unsafe UInt32(table[Int(text[from])])
                let second = unsafe UInt32(table[Int(text[from + 1])])
                let third = rest == 3 ? unsafe UInt32(table[Int(text[from + 2])]) : 0
                bad |= first | second | third
                let word = first << 18 | second << 12 | third << 6
                unsafe output[to] = UInt8(truncatingIfNeeded: word >> 16)
                if rest == 3 { unsafe output[to + 1] = UInt8(truncatingIfNeeded: word >> 8) }
                let unused: UInt32 = rest == 3 ? 0xFF : 0xFFFF
                if word & unused != 0 { return false }
            }
            // Every value is below 64; what is not in the alphabet stands as 255.
            return bad & 0xC0 == 0
        }
    }

    package static func encode(_ octets: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        append(octets, to: &out)
        return out
    }

    package static func append(_ octets: some Sequence<UInt8>, to out: inout [UInt8]) {
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for octet in octets {
            held = held << 8 | UInt32(octet)
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[Int(held >> bits & 63)])
            }
            held &= (1 << bits) - 1
        }
        if bits > 0 { out.append(alphabet[Int(held << (6 - bits) & 63)]) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}
