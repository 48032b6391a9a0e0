/// String escapes of RFC 8259 §7.
enum JSONEscape {
    /// Unescapes text that the parser has already checked; an ill-formed rest is kept as written.
    static func decode(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            guard byte == 0x5C, index + 1 < raw.endIndex else {
                out.append(byte)
                index += 1
                continue
            }
            let kind = raw[index + 1]
            index += 2
            switch kind {
            case 0x62: out.append(0x08)
            case 0x66: out.append(0x0C)
            case 0x6E: out.append(0x0A)
            case 0x72: out.append(0x0D)
            case 0x74: out.append(0x09)
            case 0x75:
                guard let unit = hex4(raw, at: index) else { continue }
                index += 4
                var scalar = unit
                if unit & 0xFC00 == 0xD800, let low = lowSurrogate(raw, at: index) {
                    scalar = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
                    index += 6
                }
                append(scalar, to: &out)
            default: out.append(kind)
            }
        }
        return out
    }

    /// Judges the escape whose backslash stands at `start`: where reading goes on, and what is wrong with it.
    static func scan(_ text: ArraySlice<UInt8>, at start: Int) -> (end: Int, error: JSONError?) {
        func wrong(_ problem: JSONError.Problem, _ end: Int, next: Int) -> (Int, JSONError?) {
            (next, JSONError(problem: problem, range: start..<end))
        }
        let end = text.endIndex
        guard start + 1 < end else { return wrong(.unexpectedEnd, end, next: end) }
        let next = start + 2
        switch text[start + 1] {
        case 0x22, 0x2F, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74: return (next, nil)
        case 0x75:
            guard let unit = hex4(text, at: next) else { return wrong(.invalidEscape, min(start + 6, end), next: next) }
            switch unit & 0xFC00 {
            case 0xD800 where lowSurrogate(text, at: next + 4) != nil: return (next + 10, nil)
            case 0xD800, 0xDC00: return wrong(.loneSurrogate, next + 4, next: next + 4)
            default: return (next + 4, nil)
            }
        default: return wrong(.invalidEscape, next, next: next)
        }
    }

    /// Four hexadecimal digits at `index`.
    static func hex4(_ raw: ArraySlice<UInt8>, at index: Int) -> UInt32? {
        guard index + 4 <= raw.endIndex else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hexDigit(raw[index + offset]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// The low half of a surrogate pair, written `\uDC00` to `\uDFFF`, at `index`.
    static func lowSurrogate(_ raw: ArraySlice<UInt8>, at index: Int) -> UInt32? {
        guard index + 6 <= raw.endIndex, raw[index] == 0x5C, raw[index + 1] == 0x75,
            let low = hex4(raw, at: index + 2), low & 0xFC00 == 0xDC00
        else { return nil }
        return low
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    private static func append(_ scalar: UInt32, to out: inout [UInt8]) {
        // A lone surrogate has no UTF-8 form; the parser reports it, and a recovering parse shows U+FFFD.
        let unicode = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        out.append(contentsOf: UTF8.encode(unicode) ?? UTF8.encodedReplacementCharacter)
    }
}
