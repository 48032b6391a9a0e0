/// Hides the values of secrets in source lines that are shown with a diagnostic.
///
/// Works on the text, not on the tree, because the line may be shown for the very reason that it cannot be parsed:
/// the string behind every key whose name speaks of a secret is replaced, character by character, so columns stay.
/// Expressions such as `${env:NAME}` tell nothing and stay readable, their literal defaults do not.
enum SecretMask {
    /// Parts of key names, lower case; short enough to catch a misspelt key too.
    private static let words = ["secr", "sceret", "passw", "privatek"].map { Array($0.utf8) }
    private static let dot = Array("•".utf8)

    /// Byte ranges that must not be shown.
    static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        var previous: Range<Int>?
        // Brackets that are open inside a value which is a list or an object by mistake.
        var depth = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\"") else {
                if depth > 0 || opensSecret(bytes[index], behind: previous, in: bytes) {
                    depth += bracketChange(bytes[index])
                }
                // Anything but blanks and a colon between two strings means that the first was no key of the second.
                switch bytes[index] {
                case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"): break
                default: previous = nil
                }
                index += 1
                continue
            }
            let start = index + 1
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != 0x0A {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end = min(end, bytes.count)
            if depth > 0 {
                found += literalParts(of: start..<end, in: bytes)
            } else if let key = previous, speaksOfSecret(bytes[key]) {
                found += literalParts(of: start..<end, in: bytes)
                previous = nil
            } else {
                previous = start..<end
            }
            index = end + 1
        }
        return found
    }

    /// Whether a bracket begins a value that should have been a secret's string. A key may be called "my-secret", and
    /// its object is no secret; "secret" itself never has an object.
    private static func opensSecret(_ byte: UInt8, behind key: Range<Int>?, in bytes: [UInt8]) -> Bool {
        guard let key else { return false }
        if byte == UInt8(ascii: "[") { return speaksOfSecret(bytes[key]) }
        return byte == UInt8(ascii: "{") && bytes[key].elementsEqual("secret".utf8)
    }

    private static func bracketChange(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): -1
        default: 0
        }
    }

    private static func speaksOfSecret(_ key: ArraySlice<UInt8>) -> Bool {
        let lower = key.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return words.contains { word in
            lower.count >= word.count
                && (0...(lower.count - word.count)).contains { lower[$0..<($0 + word.count)].elementsEqual(word) }
        }
    }

    /// The string without its expressions; of an expression with a default, the default.
    private static func literalParts(of range: Range<Int>, in bytes: [UInt8]) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var index = range.lowerBound
        var literal = index
        func begins(_ text: String, _ at: Int) -> Bool {
            at + text.utf8.count <= range.upperBound && bytes[at..<(at + text.utf8.count)].elementsEqual(text.utf8)
        }
        while index < range.upperBound {
            guard begins("${", index) else {
                index += 1
                continue
            }
            if literal < index { parts.append(literal..<index) }
            while index < range.upperBound, bytes[index] != UInt8(ascii: "}"), !begins(":-", index) { index += 1 }
            if begins(":-", index) {
                let start = index + 2
                while index < range.upperBound, bytes[index] != UInt8(ascii: "}") { index += 1 }
                if start < index { parts.append(start..<index) }
            }
            index = min(index + 1, range.upperBound)
            literal = index
        }
        if literal < range.upperBound { parts.append(literal..<range.upperBound) }
        return parts
    }

    /// A line with the hidden bytes replaced, one sign for each character. `start` is the line's offset.
    static func apply(_ hidden: [Range<Int>], to line: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(line.count)
        for index in line.indices {
            if !hidden.contains(where: { $0.contains(index) }) {
                out.append(line[index])
            } else if line[index] & 0xC0 != 0x80 {
                out += dot
            }
        }
        return out
    }
}
