/// Cuts a pasted command into its words as bash does, without expanding anything (POSIX.1-2017 §2.2; bash: ANSI-C
/// quoting).
///
/// What a shell would replace (`$NAME`, backticks, several commands) is refused: guessing would decide another request.
struct ShellWords {
    struct Problem: Error {
        var sentence: String
    }

    private let text: [UInt8]
    private var index = 0
    private var word: [UInt8] = []
    private var isInWord = false
    private var words: [[UInt8]] = []

    static func split(_ text: [UInt8]) throws(Problem) -> [[UInt8]] {
        var reader = ShellWords(text: text)
        return try reader.read()
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private var next: UInt8? { index < text.count ? text[index] : nil }

    private mutating func read() throws(Problem) -> [[UInt8]] {
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): endWord()
            case UInt8(ascii: "\n"):
                endWord()
                if hasMore, !words.isEmpty { throw Problem(sentence: "there is a second line without a \\ before it") }
            case UInt8(ascii: "'"): try readLiteral()
            case UInt8(ascii: "\""): try readQuoted()
            case UInt8(ascii: "\\"): readEscape()
            case UInt8(ascii: "$"):
                if next == UInt8(ascii: "'") {
                    index += 1
                    try readANSI()
                } else {
                    try refuseExpansion()
                    take(byte)
                }
            case UInt8(ascii: "`"): throw Problem(sentence: "a shell would run what stands between backticks")
            case UInt8(ascii: ";"), UInt8(ascii: "&"):
                // Browsers end each of several copied commands with one of these.
                endWord()
                if hasMore { throw Problem(sentence: "there is more than one command") }
            case UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
                let sign = Character(Unicode.Scalar(byte))
                throw Problem(
                    sentence: "\"\(sign)\" outside of quotes leads beyond one command: paste only curl's own words")
            default: take(byte)
            }
        }
        endWord()
        return words
    }

    /// Whether anything but white space and ends of commands follows.
    private var hasMore: Bool {
        text[index...].contains { $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "&") }
    }

    private mutating func take(_ byte: UInt8) {
        word.append(byte)
        isInWord = true
    }

    private mutating func endWord() {
        if isInWord { words.append(word) }
        word = []
        isInWord = false
    }

    private mutating func readEscape() {
        guard let byte = next else { return take(UInt8(ascii: "\\")) }
        index += 1
        if byte == UInt8(ascii: "\r"), next == UInt8(ascii: "\n") {
            index += 1
        } else if byte != UInt8(ascii: "\n") {
            take(byte)
        }
    }

    private mutating func readLiteral() throws(Problem) {
        isInWord = true
        while let byte = next {
            index += 1
            if byte == UInt8(ascii: "'") { return }
            word.append(byte)
        }
        throw Problem(sentence: "a single quote is not closed")
    }

    private mutating func readQuoted() throws(Problem) {
        isInWord = true
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "$"):
                try refuseExpansion()
                word.append(byte)
            case UInt8(ascii: "`"): throw Problem(sentence: "a shell would run what stands between backticks")
            case UInt8(ascii: "\\"):
                guard let escaped = next else { break }
                index += 1
                switch escaped {
                case UInt8(ascii: "\n"): break
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): word.append(escaped)
                default: word += [byte, escaped]
                }
            default: word.append(byte)
            }
        }
        throw Problem(sentence: "a double quote is not closed")
    }

    private func refuseExpansion() throws(Problem) {
        guard let byte = next else { return }
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "{"), UInt8(ascii: "("),
            UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "!"):
            throw Problem(sentence: "a shell would replace what stands behind a $: write the value itself")
        default: break
        }
    }

    // MARK: $'…'

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "e"): 27, UInt8(ascii: "E"): 27,
        UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
        UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22,
        UInt8(ascii: "?"): 0x3F,
    ]

    private mutating func readANSI() throws(Problem) {
        isInWord = true
        while let byte = next {
            index += 1
            if byte == UInt8(ascii: "'") { return }
            guard byte == UInt8(ascii: "\\"), let kind = next else {
                word.append(byte)
                continue
            }
            index += 1
            if let plain = Self.simple[kind] {
                word.append(plain)
                continue
            }
            switch kind {
            case UInt8(ascii: "x"): word.append(UInt8(truncatingIfNeeded: try number(16, digits: 2)))
            case UInt8(ascii: "u"): try append(scalar: number(16, digits: 4))
            case UInt8(ascii: "U"): try append(scalar: number(16, digits: 8))
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                index -= 1
                word.append(UInt8(truncatingIfNeeded: try number(8, digits: 3)))
            default: word += [byte, kind]
            }
        }
        throw Problem(sentence: "a $' quote is not closed")
    }

    private mutating func number(_ radix: UInt32, digits: Int) throws(Problem) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits, let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
            digit < radix
        {
            value = value << (radix == 16 ? 4 : 3) | UInt32(digit)
            count += 1
            index += 1
        }
        if count == 0 { throw Problem(sentence: "an escape in a $' quote has no digits") }
        return value
    }

    private mutating func append(scalar value: UInt32) throws(Problem) {
        // Browsers write UTF-16: two halves make one character.
        var value = value
        if (0xD800..<0xDC00).contains(value), index + 1 < text.count, text[index] == 0x5C,
            text[index + 1] == UInt8(ascii: "u")
        {
            index += 2
            let low = try number(16, digits: 4)
            guard (0xDC00..<0xE000).contains(low) else { throw Problem(sentence: "an escape names half a character") }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw Problem(sentence: "an escape names no character") }
        word += Array(String(Character(scalar)).utf8)
    }
}
