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

    /// A JSON string literal.
    mutating func string(_ text: ArraySlice<UInt8>) {
        var quotes = 0
        for byte in text {
            if byte == 0x22 || byte == 0x5C {
                quotes += 1
            } else if byte < 0x20 || byte >= 0x7F {
                // Control bytes and what may not be UTF-8 are rare.
                return JSONWriter.appendQuoted(text, to: &bytes)
            }
        }
        bytes.append(0x22)
        if quotes == 0 {
            bytes.append(contentsOf: text)
        } else {
            for byte in text {
                if byte == 0x22 || byte == 0x5C { bytes.append(0x5C) }
                bytes.append(byte)
            }
        }
        bytes.append(0x22)
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
