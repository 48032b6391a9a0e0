/// Makes a field value out of any bytes, such as a claim that somebody else chose.
///
/// Bytes that are not printable ASCII, blanks at either end, and `%` itself are percent-encoded; so no value can end
/// its line, and percent-decoding gives back exactly what went in.
package enum FieldValueEncoding {
    /// Whether `value` goes out as it is.
    package static func isPlain(_ value: [UInt8]) -> Bool {
        guard value.first != 0x20, value.last != 0x20 else { return false }
        for byte in value where !isPlain(byte) { return false }
        return true
    }

    /// The safe form of `value`.
    package static func encode(_ value: [UInt8]) -> [UInt8] {
        if isPlain(value) { return value }
        var output: [UInt8] = []
        output.reserveCapacity(value.count + 16)
        append(value, to: &output)
        return output
    }

    /// Appends the safe form of `value`.
    package static func append(_ value: [UInt8], to buffer: inout [UInt8]) {
        for (index, byte) in value.enumerated() {
            let isEdge = index == 0 || index == value.count - 1
            if isPlain(byte), !(isEdge && byte == 0x20) {
                buffer.append(byte)
            } else {
                buffer.append(0x25)
                buffer.append(ByteClass.hexDigit(byte >> 4))
                buffer.append(ByteClass.hexDigit(byte))
            }
        }
    }

    /// Printable ASCII and the space, but `%`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x5F && byte != 0x25
    }
}
