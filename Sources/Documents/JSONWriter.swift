/// Writes JSON text into a byte array; the caller gives the structure, the writer the commas and escapes.
///
/// Control characters, quotes and backslashes are escaped; everything else goes out as UTF-8 as given. Bytes that are
/// not UTF-8 are replaced by U+FFFD, so the output is always valid JSON.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    /// One level per open container: whether a comma is due before the next member.
    private var pending: [Bool] = [false]
    private let indentation: Int

    /// `indentation` 0 writes the compact form, otherwise that many spaces per level.
    package init(indentation: Int = 0, reserving capacity: Int = 256) {
        self.indentation = indentation
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Structure

    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    // For structure that a walk decides; every opening must be closed.

    package mutating func openObject() { open(UInt8(ascii: "{")) }
    package mutating func closeObject() { close(UInt8(ascii: "}")) }
    package mutating func openArray() { open(UInt8(ascii: "[")) }
    package mutating func closeArray() { close(UInt8(ascii: "]")) }

    /// Writes a member's name; exactly one value must follow.
    package mutating func key(_ name: some Collection<UInt8>) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        if indentation > 0 { bytes.append(UInt8(ascii: " ")) }
        pending[pending.count - 1] = false
        afterKey = true
    }

    package mutating func key(_ name: String) { key(name.utf8) }

    // MARK: Scalars

    package mutating func string(_ value: some Collection<UInt8>) {
        separate()
        quote(value)
    }

    package mutating func string(_ value: String) { string(value.utf8) }

    package mutating func number(_ value: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Copies text that is already JSON.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    // MARK: Members

    package mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    package mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func member(_ name: String, _ value: some BinaryInteger) {
        key(name)
        number(value)
    }

    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    package mutating func member(_ name: String, object body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    package mutating func member(_ name: String, array body: (inout JSONWriter) -> Void) {
        key(name)
        array(body)
    }

    // MARK: Details

    private var afterKey = false

    private mutating func separate() {
        if afterKey {
            afterKey = false
            pending[pending.count - 1] = true
            return
        }
        if pending[pending.count - 1] { bytes.append(UInt8(ascii: ",")) }
        pending[pending.count - 1] = true
        breakLine()
    }

    private mutating func breakLine() {
        guard indentation > 0, pending.count > 1 else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indentation * (pending.count - 1)))
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        pending.append(false)
    }

    private mutating func close(_ bracket: UInt8) {
        let hadMembers = pending.count > 1 ? pending.removeLast() : false
        if hadMembers, indentation > 0 {
            bytes.append(0x0A)
            bytes.append(contentsOf: repeatElement(0x20, count: indentation * (pending.count - 1)))
        }
        bytes.append(bracket)
    }

    private mutating func quote(_ value: some Collection<UInt8>) {
        JSONWriter.appendQuoted(value, to: &bytes)
    }

    /// Appends a JSON string literal.
    package static func appendQuoted(_ value: some Collection<UInt8>, to out: inout [UInt8]) {
        appendQuoted(Array(value)[...], to: &out)
    }

    /// Appends a JSON string literal. Concrete, because every log line needs several.
    package static func appendQuoted(_ value: [UInt8], to out: inout [UInt8]) { appendQuoted(value[...], to: &out) }

    /// Appends a JSON string literal. A view, so that no reference is counted for text that needs no escape.
    package static func appendQuoted(_ value: Span<UInt8>, to out: inout [UInt8]) {
        guard isPlain(value) else {
            var copy: [UInt8] = []
            for index in 0..<value.count { copy.append(value[index]) }
            return appendQuoted(copy[...], to: &out)
        }
        out.append(addingCapacity: value.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in 0..<value.count { output.append(value[index]) }
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Whether text stands in a string literal as it is: printable ASCII without quotes and backslashes.
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in 0..<text.count {
            let byte = text[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x7F { return false }
        }
        return true
    }

    /// Appends a JSON string literal.
    package static func appendQuoted(_ value: ArraySlice<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var isPlain = true
        for byte in value where byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x7F { isPlain = false }
        if isPlain {
            out.append(contentsOf: value)
        } else if value.allSatisfy({ $0 < 0x80 }) {
            for byte in value { appendEscaped(byte, to: &out) }
        } else {
            // Only text with non-ASCII bytes pays for the repair of ill-formed sequences.
            for byte in String(decoding: value, as: UTF8.self).utf8 { appendEscaped(byte, to: &out) }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            out.append(UInt8(ascii: "\\"))
            out.append(byte)
        case 0x0A:
            out.append(0x5C)
            out.append(UInt8(ascii: "n"))
        case 0x0D:
            out.append(0x5C)
            out.append(UInt8(ascii: "r"))
        case 0x09:
            out.append(0x5C)
            out.append(UInt8(ascii: "t"))
        case 0x00..<0x20, 0x7F:
            out.append(contentsOf: "\\u00".utf8)
            out.append(hexDigits[Int(byte >> 4)])
            out.append(hexDigits[Int(byte & 15)])
        default: out.append(byte)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
