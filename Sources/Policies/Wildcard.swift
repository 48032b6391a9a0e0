/// A text pattern with `*` and `?`, matched against a whole text in linear memory; for conditions on claims.
package struct TextPattern: Sendable, Hashable {
    private let tokens: [UInt16]

    package init(_ text: String) {
        tokens = Wildcard.tokens(text.utf8)
    }

    package func matches(_ text: [UInt8]) -> Bool { Wildcard.matches(tokens, text) }
}

/// Patterns with `*` (any run, also empty, also over `/`) and `?` (exactly one Unicode scalar).
///
/// A pattern is a list of tokens: 0 to 255 stand for a literal byte, ``star`` and ``anyScalar`` for the wildcards. The
/// wildcards lie outside the range of bytes, so text that a policy variable brings in can never become one.
enum Wildcard {
    static let star: UInt16 = 256
    static let anyScalar: UInt16 = 257

    /// Tokens of a text in which `*` and `?` are wildcards and nothing else is special; runs of `*` become one.
    static func tokens(_ text: some Collection<UInt8>) -> [UInt16] {
        var out: [UInt16] = []
        out.reserveCapacity(text.count)
        for byte in text { append(byte, to: &out) }
        return out
    }

    /// Appends one byte of pattern text; a `*` after a `*` adds nothing.
    static func append(_ byte: UInt8, to tokens: inout [UInt16]) {
        switch byte {
        case UInt8(ascii: "*"): if tokens.last != star { tokens.append(star) }
        case UInt8(ascii: "?"): tokens.append(anyScalar)
        default: tokens.append(UInt16(byte))
        }
    }

    /// Matches the whole of `value[valueRange]` against `pattern[patternRange]`.
    ///
    /// Two pointers and the place of the last star. The literal end of the pattern is compared first and once, and a
    /// literal piece that keeps failing late is looked for in linear time. Only pieces that hold a `?` may take the
    /// product of their length and the value's; policy variables cannot bring one in.
    static func matches(
        _ pattern: [UInt16], _ patternRange: Range<Int>, _ value: [UInt8], _ valueRange: Range<Int>
    ) -> Bool {
        var token = patternRange.lowerBound
        var tokenEnd = patternRange.upperBound
        var byte = valueRange.lowerBound
        var byteEnd = valueRange.upperBound
        while tokenEnd > token {
            let last = pattern[tokenEnd - 1]
            if last > 255 { break }
            guard byteEnd > byte, UInt16(value[byteEnd - 1]) == last else { return false }
            tokenEnd -= 1
            byteEnd -= 1
        }
        var starToken = -1
        var starByte = byte
        var wasted = 0
        while byte < byteEnd {
            if token < tokenEnd {
                let current = pattern[token]
                if current == star {
                    if token + 1 == tokenEnd { return true }
                    starToken = token
                    starByte = byte
                    token += 1
                    continue
                }
                if current == anyScalar {
                    byte = scalarEnd(value, at: byte, end: byteEnd)
                    token += 1
                    continue
                }
                if current == UInt16(value[byte]) {
                    token += 1
                    byte += 1
                    continue
                }
            }
            guard starToken >= 0 else { return false }
            wasted += token - starToken
            if wasted > patience {
                wasted = 0
                if let end = literalEnd(pattern, from: starToken + 1, to: tokenEnd) {
                    let piece = (starToken + 1)..<end
                    guard let found = LiteralSearch.first(pattern, piece, in: value, starByte..<byteEnd) else {
                        return false
                    }
                    byte = found + piece.count
                    token = end
                    continue
                }
            }
            starByte = scalarEnd(value, at: starByte, end: byteEnd)
            byte = starByte
            token = starToken + 1
        }
        while token < tokenEnd, pattern[token] == star { token += 1 }
        return token == tokenEnd
    }

    /// Steps in vain before a piece is looked for in another way, which needs memory.
    private static let patience = 512

    /// Where the next star ends a literal piece; nil when the piece holds a `?`, or begins inside a scalar: a star takes
    /// whole scalars only.
    private static func literalEnd(_ pattern: [UInt16], from start: Int, to end: Int) -> Int? {
        guard start < end, pattern[start] & 0xC0 != 0x80 || pattern[start] > 255 else { return nil }
        var index = start
        while index < end, pattern[index] < 256 { index += 1 }
        return index > start && index < end && pattern[index] == star ? index : nil
    }

    static func matches(_ pattern: [UInt16], _ value: [UInt8]) -> Bool {
        matches(pattern, pattern.indices, value, value.indices)
    }

    /// How far into `value` the pattern could be followed before it failed, for explanations.
    static func reach(
        _ pattern: [UInt16], _ patternRange: Range<Int>, _ value: [UInt8], _ valueRange: Range<Int>
    ) -> Int {
        var token = patternRange.lowerBound
        var byte = valueRange.lowerBound
        var starToken = -1
        var starByte = byte
        var furthest = byte
        while byte < valueRange.upperBound {
            furthest = max(furthest, byte)
            if token < patternRange.upperBound {
                let current = pattern[token]
                if current == star {
                    if token + 1 == patternRange.upperBound { return valueRange.upperBound }
                    starToken = token
                    starByte = byte
                    token += 1
                    continue
                }
                if current == anyScalar {
                    byte = scalarEnd(value, at: byte, end: valueRange.upperBound)
                    token += 1
                    continue
                }
                if current == UInt16(value[byte]) {
                    token += 1
                    byte += 1
                    continue
                }
            }
            guard starToken >= 0 else { return furthest }
            starByte = scalarEnd(value, at: starByte, end: valueRange.upperBound)
            byte = starByte
            token = starToken + 1
        }
        return max(furthest, byte)
    }

    /// The end of the scalar that starts at `index`; a byte that starts no well-formed sequence counts for itself.
    private static func scalarEnd(_ value: [UInt8], at index: Int, end: Int) -> Int {
        let lead = value[index]
        if lead < 0x80 { return index + 1 }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
        guard length > 1, lead <= 0xF4, index + length <= end else { return index + 1 }
        for offset in 1..<length where value[index + offset] & 0xC0 != 0x80 { return index + 1 }
        return index + length
    }
}
