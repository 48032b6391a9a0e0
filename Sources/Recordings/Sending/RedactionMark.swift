/// What redaction leaves behind in a text: `h:` and 16 digits, `p-` and ten, a JWT without its signature.
enum RedactionMark {
    enum Kind: Sendable, Hashable {
        /// A cookie, key or other opaque secret.
        case secret
        case person
        /// A token; a good signature may still be there.
        case token
    }

    private static let stub: UInt8 = 0

    /// The first mark from `start` on.
    static func first(in text: [UInt8], from start: Int = 0) -> (range: Range<Int>, kind: Kind)? {
        let token = TokenScan.first(in: text, from: start)
        var index = start
        let end = token?.range.lowerBound ?? text.count
        while index + 12 <= end {
            let isBoundary = index == 0 || !ByteKind.isAlphanumeric(text[index - 1])
            if isBoundary, text[index] == UInt8(ascii: "h"), text[index + 1] == UInt8(ascii: ":"),
                let range = digits(text, index, 16, end)
            {
                return (range, .secret)
            }
            if isBoundary, text[index] == UInt8(ascii: "p"), text[index + 1] == UInt8(ascii: "-"),
                let range = digits(text, index, 10, end)
            {
                return (range, .person)
            }
            index += 1
        }
        return token.map { ($0.range, .token) }
    }

    private static func digits(_ text: [UInt8], _ start: Int, _ count: Int, _ limit: Int) -> Range<Int>? {
        let end = start + 2 + count
        guard end <= limit else { return nil }
        for index in start + 2..<end {
            let byte = text[index]
            guard (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) else { return nil }
        }
        return end < text.count && ByteKind.isAlphanumeric(text[end]) ? nil : start..<end
    }

    /// Whether something that proved who asks was taken out of the text.
    static func hidesCredential(_ text: [UInt8]) -> Bool {
        if text.elementsEqual(TextRedactor.redacted) { return true }
        var index = 0
        while let mark = first(in: text, from: index) {
            switch mark.kind {
            case .secret: return true
            case .token:
                if text[mark.range].suffix(TextRedactor.redacted.count).elementsEqual(TextRedactor.redacted) {
                    return true
                }
            case .person: break
            }
            index = mark.range.upperBound
        }
        return false
    }

    /// The text with every mark and token replaced by the same sign: two texts that differ in nothing else become equal.
    static func normal(_ text: [UInt8]) -> [UInt8] {
        guard var mark = first(in: text) else { return text }
        var out: [UInt8] = []
        var index = 0
        while true {
            out += text[index..<mark.range.lowerBound]
            out.append(stub)
            index = mark.range.upperBound
            guard let next = first(in: text, from: index) else { break }
            mark = next
        }
        return out + text[index...]
    }
}
