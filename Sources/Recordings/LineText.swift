import Documents

/// The text of one line under construction. Every request needs one, so the frame of an entry is written as it stands
/// and only values are looked at.
struct LineText {
    private(set) var bytes: [UInt8]

    init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// JSON text.
    mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }
    mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }
    mutating func raw(_ json: ArraySlice<UInt8>) { bytes.append(contentsOf: json) }
    mutating func raw(_ number: UInt64) { bytes.append(contentsOf: String(number).utf8) }

    mutating func string(_ text: String) { string(Array(text.utf8)[...]) }
    mutating func string(_ text: [UInt8]) { string(text[...]) }

    /// A JSON string literal, in pieces between what has to be escaped.
    mutating func string(_ text: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var copied = text.startIndex
        var index = copied
        while index < text.endIndex {
            let byte = text[index]
            if byte >= 0x20, byte != 0x22, byte != 0x5C, byte < 0x7F {
                index += 1
                continue
            }
            guard byte == 0x22 || byte == 0x5C else {
                // Control bytes and what may not be UTF-8 are rare.
                bytes.append(contentsOf: text[copied..<index])
                var rest: [UInt8] = []
                JSONWriter.appendQuoted(text[index...], to: &rest)
                bytes.append(contentsOf: rest.dropFirst())
                return
            }
            bytes.append(contentsOf: text[copied..<index])
            bytes.append(0x5C)
            bytes.append(byte)
            index += 1
            copied = index
        }
        bytes.append(contentsOf: text[copied...])
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func stringOrNull(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    /// `,"name":` with a string behind it.
    mutating func member(_ frame: String, _ text: String) {
        raw(frame)
        string(text)
    }
}
