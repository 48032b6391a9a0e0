/// Byte classes and ASCII helpers of the HTTP grammar (RFC 9110 §5.6, RFC 3986 §2).
package enum ByteClass {
    /// The lower-case form of a byte that may stand in a `token`, with bit 7 set when it is outside `[A-Za-z0-9-]`; 0 for
    /// every byte that may not stand in a token (RFC 9110 §5.6.2).
    @inline(__always)
    static func foldedToken(_ byte: UInt8) -> UInt8 {
        if isAlphanumeric(byte) || byte == 0x2D { return lower(byte) }
        return isTokenSymbol(byte) ? byte | 0x80 : 0
    }

    /// Whether the byte may stand in a `token`.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x2D || isTokenSymbol(byte) }

    /// ``!#$%&'*+.^_`|~``
    @inline(__always)
    private static func isTokenSymbol(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// For each byte: 0 when it may not stand raw in a path, `pathPlain` when it never needs a second look,
    /// `pathSlash` for `/`, `pathMark` for the bytes that matter at the start of a segment (`.` and `;`) and
    /// `pathPercent` for `%` (RFC 3986 §3.3).
    static let path: [UInt8] = (0...255).map { (value: Int) -> UInt8 in
        let byte = UInt8(value)
        switch byte {
        case 0x2F: return pathSlash
        case 0x2E, 0x3B: return pathMark
        case 0x25: return pathPercent
        default: return isUnreserved(byte) || pathDelimiters.contains(byte) ? pathPlain : 0
        }
    }

    private static let pathDelimiters: [UInt8] = [UInt8]("!$&'()*+,;=:@".utf8)

    static let pathPlain: UInt8 = 1
    static let pathSlash: UInt8 = 2
    static let pathMark: UInt8 = 3
    static let pathPercent: UInt8 = 4

    /// ASCII lower case; other bytes unchanged.
    @inline(__always)
    package static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// `ALPHA / DIGIT` of ASCII.
    @inline(__always)
    package static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 26
    }

    /// `0`...`9`.
    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    /// `unreserved` (RFC 3986 §2.3): the bytes whose percent-encoding means the byte itself.
    @inline(__always)
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
    }

    /// Whether the byte may stand in a field value: VCHAR, SP, HTAB or obs-text (RFC 9110 §5.5).
    @inline(__always)
    package static func isFieldValue(_ byte: UInt8) -> Bool {
        // Printable ASCII first: one comparison decides for nearly every byte.
        byte &- 0x20 < 0x5F || byte >= 0x80 || byte == 0x09
    }

    /// SP or HTAB.
    @inline(__always)
    package static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// The upper-case hexadecimal digit of the low four bits.
    @inline(__always)
    package static func hexDigit(_ value: UInt8) -> UInt8 {
        let low = value & 0x0F
        return low < 10 ? 0x30 &+ low : 0x37 &+ low
    }
}

/// Lower-case names that the grammar compares with.
enum Literal {
    static let chunked = [UInt8]("chunked".utf8)
    static let close = [UInt8]("close".utf8)
    static let keepAlive = [UInt8]("keep-alive".utf8)
    static let upgrade = [UInt8]("upgrade".utf8)
    static let webSocket = [UInt8]("websocket".utf8)
    static let continue100 = [UInt8]("100-continue".utf8)
    static let http = [UInt8]("http://".utf8)
    static let https = [UInt8]("https://".utf8)
}

extension Span<UInt8> {
    /// Whether the bytes of `range` equal `lowercased` when ASCII case is folded.
    @inline(__always)
    func matches(_ range: ByteRange, _ lowercased: [UInt8]) -> Bool {
        range.count == lowercased.count && hasPrefix(lowercased, in: range)
    }

    /// Whether the bytes of `range` begin with `lowercased` when ASCII case is folded.
    @inline(__always)
    func hasPrefix(_ lowercased: [UInt8], in range: ByteRange) -> Bool {
        guard range.count >= lowercased.count else { return false }
        let start = Int(range.start)
        for index in lowercased.indices where ByteClass.lower(self[start + index]) != lowercased[index] {
            return false
        }
        return true
    }
}
