import HTTP

/// Takes tokens and known secrets out of one text, however they are written there: plain, percent-encoded, in base64 or
/// hexadecimal digits, with JSON escapes, or several of these inside each other.
struct TextRedactor {
    let tokens: TokenRedactor
    var literals: LiteralList
    /// How many encodings this text was unwrapped from.
    var depth = 0

    /// Encodings inside each other that are looked through.
    private static let deepest = 3
    /// A run that could hold a token in base64.
    private static let shortestRun = 32
    static let redacted = Array("redacted".utf8)

    /// The text without secrets; the very same bytes when there are none.
    func clean(_ text: [UInt8]) -> [UInt8] {
        let kind = TextShape(text)
        // Nobody wraps a text this often who does not want it to be overlooked.
        if depth >= Self.deepest, kind.hasPercent, !PercentDecoding.decode(text[...]).elementsEqual(text) {
            return Self.redacted
        }
        if depth >= Self.deepest, kind.longestRun >= Self.shortestRun { return Self.redacted }
        var text = text
        if kind.hasPercent, depth < Self.deepest { text = cleanEncoded(text) }
        if kind.hasDot || kind.longestRun >= Self.shortestRun { text = cleanRuns(text, kind) }
        if let replaced = literals.replacing(in: text) { text = replaced }
        if kind.hasBackslash, depth < Self.deepest, hides(JSONUnescape.lenient(text)) { return Self.redacted }
        return text
    }

    /// Whether ``clean(_:)`` would change nothing in any part of a text between quotes. False when that takes a closer
    /// look.
    func isPlain(_ text: [UInt8]) -> Bool {
        let shape = TextShape(text)
        if shape.hasPercent || shape.hasBackslash || literals.hasShortOnes { return false }
        if shape.hasDot || shape.longestRun >= Self.shortestRun, cleanRuns(text, shape) != text { return false }
        return !literals.isContained(in: text)
    }

    /// A JSON text in which escaped quotes and line ends are blanks: they end a word whichever way they are written. Nil
    /// when it has other escapes, or when a known secret has such characters.
    func withoutEscapes(_ json: [UInt8]) -> [UInt8]? {
        if literals.holdUnusualBytes { return nil }
        guard json.contains(0x5C) else { return json }
        var words = json
        var index = 0
        while index < words.count {
            guard words[index] == 0x5C else {
                index += 1
                continue
            }
            let length = Self.blankEscape(words[index...])
            guard length > 0 else { return nil }
            for place in index..<(index + length) { words[place] = 0x20 }
            index += length
        }
        return words
    }

    /// Length of an escape that stands for a quote, a line end or a character outside of ASCII; 0 for any other.
    private static func blankEscape(_ text: ArraySlice<UInt8>) -> Int {
        let escape = text.dropFirst()
        if let letter = escape.first, "\"nrt".utf8.contains(letter) { return 2 }
        guard escape.count >= 5, escape.first == UInt8(ascii: "u") else { return 0 }
        let digits = escape.dropFirst().prefix(4)
        guard digits.allSatisfy({ Hexadecimal.value($0) != nil }) else { return 0 }
        return digits.reduce(0) { $0 << 4 | Int(Hexadecimal.value($1) ?? 0) } >= 0x80 ? 6 : 0
    }

    private var inner: TextRedactor { TextRedactor(tokens: tokens, literals: literals, depth: depth + 1) }

    /// Whether unwrapped octets hold something that must not be written.
    private func hides(_ octets: [UInt8]) -> Bool { inner.clean(octets) != octets }

    // MARK: Tokens and what may be one in disguise

    private func cleanRuns(_ text: [UInt8], _ shape: TextShape) -> [UInt8] {
        var out: [UInt8]?
        var copied = 0
        var index = 0
        while let find = TokenScan.first(in: text, from: index) {
            if out == nil { out = [] }
            out?.append(contentsOf: cleanDisguised(Array(text[copied..<find.range.lowerBound]), shape))
            out?.append(contentsOf: tokens.redacted(text, find, depth: depth).text)
            index = find.range.upperBound
            copied = index
        }
        guard var out else { return cleanDisguised(text, shape) }
        out += cleanDisguised(Array(text[copied...]), shape)
        return out
    }

    /// Looks into every long run of base64 or hexadecimal digits.
    private func cleanDisguised(_ text: [UInt8], _ shape: TextShape) -> [UInt8] {
        guard shape.longestRun >= Self.shortestRun, text.count >= Self.shortestRun, depth < Self.deepest else {
            return text
        }
        var out: [UInt8]?
        var copied = 0
        var index = 0
        while index < text.count {
            guard ByteKind.isBase64(text[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, ByteKind.isBase64(text[index]) { index += 1 }
            guard index - start >= Self.shortestRun, isDisguise(text[start..<index]) else { continue }
            if out == nil { out = [] }
            out?.append(contentsOf: text[copied..<start])
            out?.append(contentsOf: Self.redacted)
            copied = index
        }
        guard var out else { return text }
        out += text[copied...]
        return out
    }

    private func isDisguise(_ run: ArraySlice<UInt8>) -> Bool {
        // Request numbers stand in nearly every message.
        if Self.isUUID(run) { return false }
        // The run may begin with characters that belong to what stands before it, such as the slash of a path.
        for offset in 0..<4 where hides(LenientBase64.decode(run.dropFirst(offset))) { return true }
        guard run.count.isMultiple(of: 2) else { return false }
        var octets: [UInt8] = []
        var high: UInt8?
        for digit in run {
            guard let value = Hexadecimal.value(digit) else { return false }
            if let held = high {
                octets.append(held << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return hides(octets)
    }

    /// 8-4-4-4-12 hexadecimal digits: nothing that hides anything has that form.
    private static func isUUID(_ run: ArraySlice<UInt8>) -> Bool {
        guard run.count == 36 else { return false }
        for (place, byte) in run.enumerated() {
            let isDash = place == 8 || place == 13 || place == 18 || place == 23
            if isDash ? byte != 0x2D : Hexadecimal.value(byte) == nil { return false }
        }
        return true
    }

    // MARK: Percent-encoding

    private static let delimiters = Set("/?&=;#,\"'<>(){}[]\\| \t\r\n".utf8)

    /// Judges every component with a `%` by what it decodes to, and writes it anew only when that had to be changed.
    private func cleanEncoded(_ text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let start = index
            var isEncoded = false
            while index < text.count, !Self.delimiters.contains(text[index]) {
                if text[index] == UInt8(ascii: "%") { isEncoded = true }
                index += 1
            }
            let component = text[start..<index]
            if isEncoded {
                let decoded = PercentDecoding.decode(component)
                let clean = decoded.elementsEqual(component) ? decoded : inner.clean(decoded)
                if clean == decoded { out += component } else { out += PercentText.encode(clean) }
            } else {
                out += component
            }
            if index < text.count {
                out.append(text[index])
                index += 1
            }
        }
        return out
    }
}

/// What one pass over a text says of it, so that most texts need no second one.
struct TextShape {
    private(set) var hasPercent = false
    private(set) var hasBackslash = false
    private(set) var hasDot = false
    private(set) var longestRun = 0

    init(_ text: [UInt8]) {
        var run = 0
        for byte in text {
            if ByteKind.isBase64(byte) {
                run += 1
                continue
            }
            if run > longestRun { longestRun = run }
            run = 0
            if byte == UInt8(ascii: ".") { hasDot = true }
            if byte == UInt8(ascii: "%") { hasPercent = true }
            if byte == UInt8(ascii: "\\") { hasBackslash = true }
        }
        if run > longestRun { longestRun = run }
    }
}

enum PercentText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Everything but unreserved characters, `@` and `:` encoded.
    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for octet in octets {
            if ByteKind.isAlphanumeric(octet) || "-._~@:".utf8.contains(octet) {
                out.append(octet)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(digits[Int(octet >> 4)])
                out.append(digits[Int(octet & 15)])
            }
        }
        return out
    }
}

enum JSONUnescape {
    /// Escapes of JSON undone wherever they stand; everything else as it is.
    static func lenient(_ text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < text.count else {
                out.append(byte)
                continue
            }
            if text[index] == UInt8(ascii: "u"), index + 4 < text.count,
                let unit = text[(index + 1)...(index + 4)].reduce(
                    UInt32?(0),
                    { whole, digit in
                        guard let whole, let value = Hexadecimal.value(digit) else { return nil }
                        return whole << 4 | UInt32(value)
                    })
            {
                if unit < 0x80 {
                    out.append(UInt8(unit))
                } else {
                    out += Array(String(UnicodeScalar(unit) ?? "?").utf8)
                }
                index += 5
            } else {
                out.append(text[index])
                index += 1
            }
        }
        return out
    }
}
