/// The grammar of `uri-host [ ":" port ]` (RFC 3986 §3.2, RFC 9110 §7.2), in the part that has one reading.
///
/// Taken: registered names of letters, digits, `-`, `_`, `~` and single dots (one may end the name), dotted IPv4
/// addresses, bracketed IPv6 addresses without zone. Refused: user information, percent-encoding, sub-delimiters, empty
/// names and labels, names that end in a number but are no IPv4 address, empty ports and ports above 65535.
package enum Authority {
    /// The longest host name in bytes (RFC 1035 §2.3.4).
    private static let nameBytes = 255

    /// Whether the bytes of `range` are a host with an optional port.
    package static func isValid(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        guard let port = endOfHost(bytes, range) else { return false }
        return port == Int(range.end) || isPort(bytes, port, Int(range.end))
    }

    /// The host without its port; the whole range when there is none. `range` must be valid.
    package static func host(_ bytes: Span<UInt8>, _ range: ByteRange) -> ByteRange {
        guard let end = endOfHost(bytes, range) else { return range }
        return ByteRange(Int(range.start), end)
    }

    /// Where the host ends, when it is valid: the end of the range or the offset of the colon.
    private static func endOfHost(_ bytes: Span<UInt8>, _ range: ByteRange) -> Int? {
        guard !range.isEmpty else { return nil }
        let start = Int(range.start)
        let end = Int(range.end)
        if bytes[start] == 0x5B {
            var close = start + 1
            while close < end, bytes[close] != 0x5D { close += 1 }
            guard close < end, IPv6Text.isValid(bytes, start + 1, close) else { return nil }
            let after = close + 1
            return after == end || bytes[after] == 0x3A ? after : nil
        }
        if let plain = endOfPlainName(bytes, start, end), plain == end || bytes[plain] == 0x3A { return plain }
        var colon = start
        while colon < end, bytes[colon] != 0x3A { colon += 1 }
        return isName(bytes, start, colon) ? colon : nil
    }

    /// Where a name of letters, digits, `-` and dots ends that is a valid host by the look of its bytes: no label is empty
    /// and the last byte is no digit. Nil asks for a closer look.
    private static func endOfPlainName(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard bytes.count >= 8 else { return nil }
        var index = start
        // Whether an empty label would begin here: bit 7 of the byte before is a dot's mark.
        var dotBefore: UInt64 = 0x80
        while index < end {
            let word = ByteWord(bytes, from: index)
            let within = ByteWord.leading(end - index)
            let dots = word.marks(of: 0x2E)
            let others = word.outsideName & ~dots & within
            let stop = others == 0 ? min(8, end - index) : ByteWord.first(others)
            let own = dots & ByteWord.leading(stop)
            guard own & (own << 8 | dotBefore) == 0 else { return nil }
            index += stop
            if stop < 8 { break }
            dotBefore = own >> 56
        }
        guard index > start, index - start <= nameBytes else { return nil }
        let last = bytes[index - 1]
        return last == 0x2E || ByteClass.isDigit(last) ? nil : index
    }

    private static func isPort(_ bytes: Span<UInt8>, _ colon: Int, _ end: Int) -> Bool {
        let digits = end - colon - 1
        guard (1...5).contains(digits) else { return false }
        var value = 0
        for index in (colon + 1)..<end {
            guard ByteClass.isDigit(bytes[index]) else { return false }
            value = value * 10 + Int(bytes[index] &- 0x30)
        }
        return value <= 65_535
    }

    private static func isName(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end > start, end - start <= nameBytes else { return false }
        var labelStart = start
        var numeric = true
        var lastNumeric = false
        for index in start..<end {
            let byte = bytes[index]
            if byte == 0x2E {
                guard index > labelStart else { return false }
                lastNumeric = numeric
                labelStart = index + 1
                numeric = true
            } else {
                guard ByteClass.isUnreserved(byte) else { return false }
                if !ByteClass.isDigit(byte) { numeric = false }
            }
        }
        if labelStart < end { lastNumeric = numeric }
        return !lastNumeric || IPv4Text.isValid(bytes, start, end)
    }
}

/// The dotted form of an IPv4 address.
enum IPv4Text {
    /// Four decimal numbers up to 255 without leading zeros (RFC 3986 §3.2.2).
    static func isValid(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start >= 7, end - start <= 15 else { return false }
        var parts = 1
        var value = 0
        var digits = 0
        for index in start..<end {
            let byte = bytes[index]
            if byte == 0x2E {
                guard digits > 0, parts < 4 else { return false }
                parts += 1
                value = 0
                digits = 0
            } else {
                guard ByteClass.isDigit(byte), digits == 0 || value > 0 else { return false }
                digits += 1
                value = value * 10 + Int(byte &- 0x30)
                guard value <= 255 else { return false }
            }
        }
        return parts == 4 && digits > 0
    }
}

/// The text form of an IPv6 address without zone.
enum IPv6Text {
    /// RFC 3986 §3.2.2 `IPv6address`.
    static func isValid(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start >= 2, end - start <= 45 else { return false }
        var groups = 0
        var compressed = false
        var index = start
        if bytes[index] == 0x3A {
            guard bytes[index + 1] == 0x3A else { return false }
            compressed = true
            index += 2
        }
        while index < end {
            let groupStart = index
            while index < end, ByteClass.hexValue(bytes[index]) != nil { index += 1 }
            if index < end, bytes[index] == 0x2E {
                guard IPv4Text.isValid(bytes, groupStart, end) else { return false }
                groups += 2
                break
            }
            guard (1...4).contains(index - groupStart) else { return false }
            groups += 1
            guard groups <= 8 else { return false }
            if index == end { break }
            guard bytes[index] == 0x3A else { return false }
            index += 1
            guard index < end else { return false }
            if bytes[index] == 0x3A {
                guard !compressed else { return false }
                compressed = true
                index += 1
            }
        }
        return compressed ? groups <= 7 : groups == 8
    }
}
