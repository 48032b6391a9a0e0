/// What to do about a problem of a JSON text, and the repair that can only mean one thing.
enum SyntaxFix {
    /// An action, without any text of the document.
    static func help(for problem: JSONError.Problem) -> String? {
        switch problem {
        case .empty: "write at least {}"
        case .unexpectedEnd: "close what is open: a quote, \"]\" or \"}\""
        case .expectedComma: "add a comma"
        case .unexpectedCharacter: "write a string in double quotes, a number, true, false, null, […] or {…}"
        case .expectedColon: "write \"key\": value"
        case .keyNotString: "put the key into double quotes"
        case .invalidEscape: "escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits"
        case .controlCharacter: "write it as \\n, \\t or \\u00XX"
        case .invalidUTF8: "save the file as UTF-8"
        case .loneSurrogate: "write both halves, or the character itself"
        case .invalidNumber: "write it as 10, -1, 0.5 or 1e3, or in quotes when it is text"
        case .invalidLiteral: "write true, false or null, or put the word into double quotes"
        case .duplicateMember: "keep one of them"
        case .tooDeep: "use fewer brackets inside brackets"
        case .trailingContent: "remove it"
        case .trailingComma: "remove the comma"
        case .unterminatedComment: "end it with */"
        case .unterminatedString: "add the closing quote"
        case .tooLarge: nil
        case .wrongClosing: "[ is closed by ], { by }"
        }
    }

    /// The safe repair, if there is one.
    static func fix(for error: JSONError, in bytes: [UInt8]) -> Diagnostic.Fix? {
        let range = error.range
        guard range.lowerBound <= range.upperBound, range.upperBound <= bytes.count else { return nil }
        switch error.problem {
        case .expectedComma:
            guard let last = range.last else { return nil }
            switch bytes[last] {
            case UInt8(ascii: ";"): return safe(last..<last + 1, ",")
            // A second colon, or an "=": what the author meant is not known.
            case UInt8(ascii: ":"), UInt8(ascii: "="): return nil
            default:
                guard endsValue(range.lowerBound, bytes), beginsToken(last, bytes) else { return nil }
                return safe(range.lowerBound..<range.lowerBound, ",")
            }
        case .expectedColon:
            return !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "=") ? safe(range, ":") : nil
        case .keyNotString: return quoted(range, bytes, before: ":=")
        case .invalidLiteral, .unexpectedCharacter:
            let word = bytes[range].map { $0 | 0x20 }
            for literal in ["true", "false", "null"] where word.elementsEqual(literal.utf8) {
                return safe(range, literal)
            }
            return quoted(range, bytes, before: "\r\n,]}")
        default: return nil
        }
    }

    private static func safe(_ range: Range<Int>, _ text: String) -> Diagnostic.Fix {
        Diagnostic.Fix(range: range, replacement: text, isSafe: true)
    }

    /// A single word, or a text between apostrophes, in double quotes.
    private static func quoted(_ range: Range<Int>, _ bytes: [UInt8], before ends: String) -> Diagnostic.Fix? {
        guard let first = range.first else { return nil }
        if bytes[first] == UInt8(ascii: "'") {
            var end = first + 1
            while end < bytes.count, bytes[end] != UInt8(ascii: "'") {
                // An escape may mean something else between apostrophes, and an open one has no end.
                if bytes[end] == UInt8(ascii: "\\") || bytes[end] < 0x20 { return nil }
                end += 1
            }
            guard end < bytes.count, endsWord(end + 1, bytes, ends) else { return nil }
            var text: [UInt8] = []
            JSONWriter.appendQuoted(bytes[(first + 1)..<end], to: &text)
            return safe(first..<end + 1, String(decoding: text, as: UTF8.self))
        }
        guard range.allSatisfy({ isWordByte(bytes[$0]) }), bytes[first] < 0x30 || bytes[first] > 0x39,
            endsWord(range.upperBound, bytes, ends)
        else { return nil }
        return safe(range, "\"\(String(decoding: bytes[range], as: UTF8.self))\"")
    }

    /// Whether nothing of the word can stand behind it: an unquoted text of several words has no certain end.
    private static func endsWord(_ start: Int, _ bytes: [UInt8], _ ends: String) -> Bool {
        var index = start
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard index < bytes.count else { return false }
        return ends.utf8.contains(bytes[index])
    }

    /// Whether a proper value stands before this place: behind a bare word nothing is certain.
    private static func endsValue(_ end: Int, _ bytes: [UInt8]) -> Bool {
        guard end > 0 else { return false }
        if "\"]}".utf8.contains(bytes[end - 1]) { return true }
        var start = end
        while start > 0, isWordByte(bytes[start - 1]) || "+.".utf8.contains(bytes[start - 1]) { start -= 1 }
        let word = bytes[start..<end]
        if ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) { return true }
        return word.first.map { $0 == UInt8(ascii: "-") || ($0 >= 0x30 && $0 <= 0x39) } ?? false
    }

    private static func beginsToken(_ start: Int, _ bytes: [UInt8]) -> Bool {
        "\"{[-0123456789tfn".utf8.contains(bytes[start]) || isWordByte(bytes[start])
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"): true
        default: false
        }
    }
}
