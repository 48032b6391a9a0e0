import Documents
import EventLoop
import HTTP
import Routes

/// The access log of a stage in a format of AWS.
struct StageAccessLog: Sendable {
    let format: LogFormat
    /// Nil for standard output, in place of the gateway's own lines.
    let file: LogFile?
}

/// Writes one line of an access log. A value can neither end its line nor its field, nor open another one: what the
/// format's reader would take for syntax is escaped as that reader expects it.
struct AccessLogLine {
    let format: LogFormat

    /// `value` gives the bytes of a variable; nil is written as `-`.
    func append(to out: inout [UInt8], value: (LogVariable) -> [UInt8]?) {
        for part in format.parts {
            switch part {
            case .literal(let bytes): out += bytes
            case .variable(let variable, let isQuoted, let terminator):
                append(value(variable) ?? Self.missing, variable, isQuoted, terminator, to: &out)
            }
        }
    }

    private static let missing: [UInt8] = [UInt8(ascii: "-")]

    private func append(
        _ value: [UInt8], _ variable: LogVariable, _ isQuoted: Bool, _ terminator: UInt8?, to out: inout [UInt8]
    ) {
        switch format.style {
        case .json:
            if isQuoted {
                var quoted: [UInt8] = []
                JSONWriter.appendQuoted(value[...], to: &quoted)
                out += quoted.dropFirst().dropLast()
            } else if (variable == .errorMessageString && value != Self.missing) || Self.isJSONWord(value) {
                out += value
            } else {
                JSONWriter.appendQuoted(value[...], to: &out)
            }
        case .xml: Self.appendXML(value, to: &out)
        case .csv: Self.appendCSV(value, to: &out)
        case .text:
            Self.appendText(
                value, keepsQuotes: variable == .errorMessageString && !isQuoted,
                terminator: variable.isOwn ? nil : terminator, to: &out)
        }
    }

    /// A number, true, false or null: what may stand in JSON without quotes.
    private static func isJSONWord(_ value: [UInt8]) -> Bool {
        guard value.count < 32 else { return false }
        if value.elementsEqual("true".utf8) || value.elementsEqual("false".utf8) || value.elementsEqual("null".utf8) {
            return true
        }
        // Whole numbers are all that the gateway itself writes.
        let digits = value.first == UInt8(ascii: "-") ? value.dropFirst() : value[...]
        guard let first = digits.first, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
        return first != 0x30 || digits.count == 1
    }

    // MARK: Text

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func appendHex(_ byte: UInt8, to out: inout [UInt8]) {
        out += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// As Apache and nginx escape: `\"`, `\\`, and `\xHH` for control characters, for bytes that are no UTF-8, and for the
    /// byte that ends the field.
    private static func appendText(
        _ value: [UInt8], keepsQuotes: Bool, terminator: UInt8?, to out: inout [UInt8]
    ) {
        if keepsQuotes, value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            out += value
            return
        }
        forEachCharacter(value) { bytes, isValid in
            guard bytes.count == 1, let byte = bytes.first else {
                if isValid, !isControl(bytes) { out += bytes } else { for byte in bytes { appendHex(byte, to: &out) } }
                return
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F...: appendHex(byte, to: &out)
            default: if byte == terminator { appendHex(byte, to: &out) } else { out.append(byte) }
            }
        }
    }

    /// U+0080 to U+009F, and the separators of lines and paragraphs.
    private static func isControl(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        if text.count == 2 { return text[0] == 0xC2 && text[1] < 0xA0 }
        return text == [0xE2, 0x80, 0xA8] || text == [0xE2, 0x80, 0xA9]
    }

    /// RFC 4180: quotes where they are needed; control characters and backslashes as in text, so that a line is a line.
    private static func appendCSV(_ value: [UInt8], to out: inout [UInt8]) {
        var escaped: [UInt8] = []
        forEachCharacter(value) { bytes, isValid in
            guard bytes.count == 1, let byte = bytes.first else {
                if isValid, !isControl(bytes) {
                    escaped += bytes
                } else {
                    for byte in bytes { appendHex(byte, to: &escaped) }
                }
                return
            }
            switch byte {
            case UInt8(ascii: "\""): escaped += [byte, byte]
            case UInt8(ascii: "\\"): escaped += [byte, byte]
            case 0..<0x20, 0x7F...: appendHex(byte, to: &escaped)
            default: escaped.append(byte)
            }
        }
        let needsQuotes = escaped.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ";")
        }
        if needsQuotes { out.append(UInt8(ascii: "\"")) }
        out += escaped
        if needsQuotes { out.append(UInt8(ascii: "\"")) }
    }

    /// XML 1.0: what may not stand in a document at all becomes U+FFFD.
    private static func appendXML(_ value: [UInt8], to out: inout [UInt8]) {
        let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
        forEachCharacter(value) { bytes, isValid in
            guard bytes.count == 1, let byte = bytes.first else {
                let isNoCharacter =
                    bytes.count == 3 && bytes.elementsEqual([0xEF, 0xBF, 0xBE])
                    || bytes.elementsEqual([0xEF, 0xBF, 0xBF])
                out += isValid && !isNoCharacter ? Array(bytes) : replacement
                return
            }
            switch byte {
            case UInt8(ascii: "&"): out += "&amp;".utf8
            case UInt8(ascii: "<"): out += "&lt;".utf8
            case UInt8(ascii: ">"): out += "&gt;".utf8
            case UInt8(ascii: "\""): out += "&quot;".utf8
            case UInt8(ascii: "'"): out += "&apos;".utf8
            case 0x09: out += "&#9;".utf8
            case 0x0A: out += "&#10;".utf8
            case 0x0D: out += "&#13;".utf8
            case 0..<0x20, 0x7F...: out += replacement
            default: out.append(byte)
            }
        }
    }

    /// Characters as UTF-8 has them; a byte that is part of none comes alone and is not valid.
    private static func forEachCharacter(_ value: [UInt8], _ body: (ArraySlice<UInt8>, Bool) -> Void) {
        var index = 0
        while index < value.count {
            let length = length(of: value[index...])
            body(value[index..<index + max(1, length)], length > 0)
            index += max(1, length)
        }
    }

    /// Bytes of the first character (RFC 3629); 0 when there is none.
    private static func length(of bytes: ArraySlice<UInt8>) -> Int {
        let first = bytes[bytes.startIndex]
        if first < 0x80 { return 1 }
        let (count, range): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard count > 0, bytes.count >= count, range.contains(bytes[bytes.startIndex + 1]) else { return 0 }
        return bytes.dropFirst(2).prefix(count - 2).allSatisfy { $0 & 0xC0 == 0x80 } ? count : 0
    }
}
