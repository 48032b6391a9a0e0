/// Takes compact JWS out of any text: three parts of base64url with dots between, the first of which is a JSON object.
package enum TokenMask {
    private static let mark = Array("[token]".utf8)

    /// In one pass, whatever the text.
    package static func masked(_ text: [UInt8]) -> [UInt8] {
        guard text.count > 8 else { return text }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard isOfToken(text[index]) else {
                out.append(text[index])
                index += 1
                continue
            }
            let end = text[index...].firstIndex { !isOfToken($0) } ?? text.count
            let word = text[index..<end]
            if holdsToken(word) { out.append(contentsOf: mark) } else { out.append(contentsOf: word) }
            index = end
        }
        return out
    }

    /// A part that begins an object, perhaps glued to something before it, with two more parts behind it.
    private static func holdsToken(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return false }
        return parts.dropLast(2).contains { beginsObject($0) || holdsBeginning($0) }
    }

    /// `{"`, `{ `, and `{` with a line end, tabulator or nothing behind it, in base64.
    private static let beginnings = ["eyJ", "eyA", "ewo", "ewk", "ew0", "e30"].map { Array($0.utf8) }

    private static func holdsBeginning(_ part: ArraySlice<UInt8>) -> Bool {
        var rest = part
        while let at = rest.firstIndex(of: UInt8(ascii: "e")) {
            rest = rest[at...]
            if beginnings.contains(where: { rest.starts(with: $0) }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// White space may stand before the object.
    private static func beginsObject(_ part: ArraySlice<UInt8>) -> Bool {
        var bits = 0
        var count = 0
        for byte in part.prefix(64) {
            guard let value = value(byte) else { return false }
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            switch bits >> count & 0xFF {
            case 0x7B: return true
            case 0x20, 0x09, 0x0A, 0x0D: continue
            default: return false
            }
        }
        return false
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x41...0x5A: Int(byte) - 0x41
        case 0x61...0x7A: Int(byte) - 0x61 + 26
        case 0x30...0x39: Int(byte) - 0x30 + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static func isOfToken(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || value(byte) != nil }
}
