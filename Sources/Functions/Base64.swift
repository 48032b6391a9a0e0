/// Base 64 with padding (RFC 4648 §4), the form in which functions take and give bytes that are no text.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (index, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(index) }
        return table
    }()

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = alphabet
        // Written by place, which is half as quick again as appending: bodies have up to ten million bytes.
        var out = [UInt8](repeating: UInt8(ascii: "="), count: (bytes.count + 2) / 3 * 4)
        var index = 0
        var place = 0
        while index + 2 < bytes.count {
            let word = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            out[place] = alphabet[word >> 18]
            out[place + 1] = alphabet[word >> 12 & 63]
            out[place + 2] = alphabet[word >> 6 & 63]
            out[place + 3] = alphabet[word & 63]
            index += 3
            place += 4
        }
        let rest = bytes.count - index
        if rest > 0 {
            let word = Int(bytes[index]) << 16 | (rest == 2 ? Int(bytes[index + 1]) << 8 : 0)
            out[place] = alphabet[word >> 18]
            out[place + 1] = alphabet[word >> 12 & 63]
            if rest == 2 { out[place + 2] = alphabet[word >> 6 & 63] }
        }
        return out
    }

    /// The bytes; nil for any letter outside the alphabet, a wrong length, misplaced padding, or bits behind the end.
    /// Padding may be left out, blanks and line ends may not be there.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        let values = values
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        if end < text.count, text.count % 4 != 0 { return nil }
        guard end % 4 != 1 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(end / 4 * 3 + 2)
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<end {
            let value = values[Int(text[index])]
            if value == 0xFF { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> bits))
                word &= (1 << bits) - 1
            }
        }
        return word == 0 ? out : nil
    }
}
