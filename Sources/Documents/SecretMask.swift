/// Hides secrets in source lines that are shown with a diagnostic.
///
/// Works on the text, not on the tree, because the line may be shown for the very reason that it cannot be parsed:
/// whatever stands behind a key whose name speaks of a secret is replaced, character by character, so columns stay;
/// comments on its line and the user information of URLs too. Expressions such as `${env:NAME}` tell nothing and stay
/// readable, their literal defaults do not.
struct SecretMask {
    /// Parts of key names, lower case; short enough to catch a misspelt key too.
    private static let words = ["secr", "sceret", "passw", "privatek"].map { Array($0.utf8) }
    /// The members of a JWK that hold a secret or the private half of a pair (RFC 7518 §6), by their whole names.
    private static let memberNames = ["k", "d"].map { Array($0.utf8) }
    private static let dot = Array("•".utf8)

    private let bytes: [UInt8]
    /// One mark for each byte.
    private var isHidden: [Bool]
    private var index = 0
    /// Brackets that are open inside a value which is a list or an object by mistake.
    private var depth = 0
    /// Brackets that are open inside `apiKeys`, whose texts are all hidden: whichever key they stand behind, one of them
    /// lets callers in.
    private var tableDepth = 0
    /// `apiKeys` was read, and its bracket comes.
    private var awaitsTable = false
    /// A colon was the last thing read: what follows is a value and no key.
    private var isBehindColon = false
    /// A secret stands on this line, so that a comment may repeat it.
    private var isSecretLine = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isHidden = Array(repeating: false, count: bytes.count)
        while index < bytes.count { step() }
        hideUserInformation()
    }

    /// A line with the hidden bytes replaced, one sign for each character.
    func apply(to range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(range.count)
        for place in range {
            if !isHidden[place] {
                out.append(bytes[place])
            } else if bytes[place] & 0xC0 != 0x80 {
                out += Self.dot
            }
        }
        return out
    }

    /// Whether a secret would be repeated by a text that holds these bytes.
    func hides(anyOf range: Range<Int>) -> Bool { range.contains { isHidden[$0] } }

    private mutating func step() {
        let byte = bytes[index]
        if startsComment(index) { return passComment() }
        if let token = token(at: index) { return pass(token) }
        switch byte {
        case 0x20, 0x09, 0x0D: break
        case 0x0A: isSecretLine = false
        case UInt8(ascii: ":"): isBehindColon = true
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            passBracket(byte)
            if depth > 0 { depth += byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") ? 1 : -1 }
            isBehindColon = false
        default:
            if depth > 0 && byte != UInt8(ascii: ",") { isHidden[index] = true }
            isBehindColon = false
        }
        index += 1
    }

    /// A string or a bare word, which may be a key, and inside a secret is a part of it.
    private mutating func pass(_ token: (text: Range<Int>, end: Int)) {
        let wasValue = isBehindColon
        isBehindColon = false
        index = token.end
        if tableDepth == 0 { awaitsTable = !wasValue && isTable(token.text) }
        if depth > 0 {
            hide(token.text)
        } else if tableDepth > 0 {
            passInTable(token.text, wasValue: wasValue)
        } else if speaksOfSecret(token.text) {
            passValue(of: token.text, wasValue: wasValue)
        }
    }

    private mutating func passBracket(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"):
            if tableDepth > 0 || awaitsTable { tableDepth += 1 }
        case UInt8(ascii: "}"):
            if tableDepth > 0 { tableDepth -= 1 }
        default: break
        }
        awaitsTable = false
    }

    private func isTable(_ range: Range<Int>) -> Bool {
        let name = bytes[range].map(Self.lower)
        return name.elementsEqual("apikeys".utf8) || name.elementsEqual("apikey".utf8)
    }

    /// A key is shown, and so are true and false.
    private mutating func passInTable(_ text: Range<Int>, wasValue: Bool) {
        let next = afterBlanks(index)
        let isKey = !wasValue && next < bytes.count && bytes[next] == UInt8(ascii: ":")
        if isKey || bytes[text].elementsEqual("true".utf8) || bytes[text].elementsEqual("false".utf8) { return }
        isSecretLine = true
        hide(text)
    }

    /// The value of a secret key, if the token is one: it is followed by a colon, or by something that can only be a
    /// value whose colon was forgotten.
    private mutating func passValue(of key: Range<Int>, wasValue: Bool) {
        isSecretLine = true
        var hasColon = false
        while index < bytes.count {
            if startsComment(index) {
                passComment()
                continue
            }
            switch bytes[index] {
            case 0x20, 0x09, 0x0D: break
            case 0x0A: isSecretLine = hasColon
            case UInt8(ascii: ":"), UInt8(ascii: "="): hasColon = true
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return
            // A key may be called "my-secret", and its object is no secret; "secret" itself never has an object.
            case UInt8(ascii: "{"):
                if bytes[key].elementsEqual("secret".utf8) { depth = 1 }
                index += 1
                return
            case UInt8(ascii: "["):
                depth = 1
                index += 1
                return
            default:
                if hasColon || !wasValue { hideValue() }
                return
            }
            index += 1
        }
    }

    /// Hides what begins here up to a comma or a bracket that ends it, or the end of the line.
    private mutating func hideValue() {
        if let string = token(at: index), string.end > string.text.upperBound || bytes[index] == UInt8(ascii: "\"") {
            hide(string.text)
            index = string.end
            // Another string behind a blank is the next key, whose comma was forgotten.
            let next = afterBlanks(index)
            if next > index, next < bytes.count, bytes[next] == UInt8(ascii: "\"") { return }
            index = next
        }
        let start = index
        while index < bytes.count, bytes[index] != 0x0A, !endsValue(index) { index += 1 }
        hide(start..<index)
    }

    /// Whether a separator is one, and not a character of an unquoted secret.
    private func endsValue(_ place: Int) -> Bool {
        if startsComment(place), place == 0 || Self.isBlank(bytes[place - 1]) { return true }
        let isComma = bytes[place] == UInt8(ascii: ",")
        guard isComma || bytes[place] == UInt8(ascii: "}") || bytes[place] == UInt8(ascii: "]") else { return false }
        let next = afterBlanks(place + 1)
        guard next < bytes.count, bytes[next] != 0x0A, !startsComment(next) else { return true }
        switch bytes[next] {
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return true
        case UInt8(ascii: ","): return !isComma
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return isComma
        default: return false
        }
    }

    /// A comment beside a secret is hidden, another one behind its first word that speaks of one.
    private mutating func passComment() {
        let start = index + 2
        let isLine = bytes[index + 1] == UInt8(ascii: "/")
        index = start
        while index < bytes.count {
            if isLine, bytes[index] == 0x0A { break }
            if !isLine, startsWith("*/", index) { break }
            index += 1
        }
        if isSecretLine || depth > 0 {
            hide(start..<index)
        } else if let word = firstWord(in: start..<index) {
            hide(word..<index)
        }
        if !isLine { index = min(index + 2, bytes.count) }
    }

    private func startsComment(_ place: Int) -> Bool { startsWith("//", place) || startsWith("/*", place) }

    /// The string or the bare word that begins here, and where reading goes on.
    private func token(at start: Int) -> (text: Range<Int>, end: Int)? {
        let quote = bytes[start]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            var end = start + 1
            while end < bytes.count, bytes[end] != quote, bytes[end] != 0x0A {
                end += bytes[end] == UInt8(ascii: "\\") && end + 1 < bytes.count && bytes[end + 1] != 0x0A ? 2 : 1
            }
            end = min(end, bytes.count)
            let isClosed = end < bytes.count && bytes[end] == quote
            // An apostrophe alone is no string.
            if !isClosed, quote == UInt8(ascii: "'") { return nil }
            return (start + 1..<end, isClosed ? end + 1 : end)
        }
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        return end > start ? (start..<end, end) : nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    private func afterBlanks(_ start: Int) -> Int {
        var place = start
        while place < bytes.count, Self.isBlank(bytes[place]), bytes[place] != 0x0A { place += 1 }
        return place
    }

    private func startsWith(_ text: String, _ place: Int) -> Bool {
        place + text.utf8.count <= bytes.count && bytes[place..<(place + text.utf8.count)].elementsEqual(text.utf8)
    }

    private func speaksOfSecret(_ range: Range<Int>) -> Bool {
        firstWord(in: range) != nil || Self.memberNames.contains { bytes[range].elementsEqual($0) }
    }

    /// The end of the first word that speaks of a secret.
    private func firstWord(in range: Range<Int>) -> Int? {
        for start in range {
            for word in Self.words where start + word.count <= range.upperBound {
                if word.indices.allSatisfy({ Self.lower(bytes[start + $0]) == word[$0] }) { return start + word.count }
            }
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// What stands between `://` and the last `@` of a URL, wherever it is; JSON may have escaped the slashes.
    private mutating func hideUserInformation() {
        var place = 0
        while place < bytes.count {
            place += 1
            guard bytes[place - 1] == UInt8(ascii: ":") else { continue }
            let slashes = place
            while place < bytes.count, bytes[place] == UInt8(ascii: "/") || bytes[place] == UInt8(ascii: "\\") {
                place += 1
            }
            guard place > slashes else { continue }
            let start = place
            var end: Int?
            while place < bytes.count, !Self.isBlank(bytes[place]), bytes[place] != UInt8(ascii: "\"") {
                if bytes[place] == UInt8(ascii: "@") || startsWith("\\u0040", place) { end = place }
                place +=
                    bytes[place] == UInt8(ascii: "\\") && place + 1 < bytes.count && bytes[place + 1] != 0x0A ? 2 : 1
            }
            place = min(place, bytes.count)
            if let end { hide(start..<end) }
        }
    }

    private mutating func hide(_ range: Range<Int>) {
        for part in literalParts(of: range) {
            for place in part { isHidden[place] = true }
        }
    }

    /// The string without its expressions; of an expression with a default, the default.
    private func literalParts(of range: Range<Int>) -> [Range<Int>] {
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
}
