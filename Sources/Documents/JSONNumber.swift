/// The grammar of numbers.
enum JSONNumber {
    /// RFC 8259 §6.
    static func isValid(_ text: ArraySlice<UInt8>) -> Bool {
        var at = text.startIndex
        func digits() -> Int {
            let from = at
            while at < text.endIndex, text[at] >= 0x30, text[at] <= 0x39 { at += 1 }
            return at - from
        }
        if at < text.endIndex, text[at] == UInt8(ascii: "-") { at += 1 }
        let leadingZero = at < text.endIndex && text[at] == 0x30
        let whole = digits()
        if whole == 0 || (leadingZero && whole > 1) { return false }
        if at < text.endIndex, text[at] == UInt8(ascii: ".") {
            at += 1
            if digits() == 0 { return false }
        }
        if at < text.endIndex, text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E") {
            at += 1
            if at < text.endIndex, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            if digits() == 0 { return false }
        }
        return at == text.endIndex
    }
}
