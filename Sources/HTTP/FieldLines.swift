/// One field line of a head: where its name and its trimmed value stand, and which name it is.
package struct FieldLine: Sendable, Hashable {
    /// The name as sent.
    package var name: ByteRange
    /// The value without the blanks around it.
    package var value: ByteRange
    /// The classified name.
    package var id: FieldID

    package init(name: ByteRange, value: ByteRange, id: FieldID) {
        self.name = name
        self.value = value
        self.id = id
    }
}

/// The field lines of one head, in the order received, over the head's own bytes.
///
/// Iterating yields `FieldLine`s; `name(of:)` and `value(of:)` give their bytes without copying.
package struct FieldLines: Sendable {
    /// All bytes of the head; the ranges of `lines` point here.
    package private(set) var bytes: [UInt8]
    /// The lines in order.
    package private(set) var lines: [FieldLine]
    /// Which known names occur: a quick no for most questions.
    package private(set) var present: FieldIDSet

    /// An empty list, to be filled with `append`.
    package init() {
        bytes = []
        lines = []
        present = []
    }

    init(bytes: [UInt8], lines: [FieldLine], present: FieldIDSet) {
        self.bytes = bytes
        self.lines = lines
        self.present = present
    }

    /// The number of lines.
    package var count: Int { lines.count }

    /// The first line with this name.
    package func first(_ id: FieldID) -> FieldLine? {
        guard present.contains(id) else { return nil }
        for line in lines where line.id == id { return line }
        return nil
    }

    /// The last line with this name; API Gateway's single-valued mappings use it.
    package func last(_ id: FieldID) -> FieldLine? {
        guard present.contains(id) else { return nil }
        for line in lines.reversed() where line.id == id { return line }
        return nil
    }

    /// How many lines have this name.
    package func count(_ id: FieldID) -> Int {
        guard present.contains(id) else { return 0 }
        var count = 0
        for line in lines where line.id == id { count += 1 }
        return count
    }

    /// All lines with this name, in order.
    package func all(_ id: FieldID) -> [FieldLine] {
        guard present.contains(id) else { return [] }
        return lines.filter { $0.id == id }
    }

    /// The first line whose name equals `lowercasedName` when ASCII case is folded.
    package func first(lowercasedName: [UInt8]) -> FieldLine? {
        for line in lines where nameEquals(line, lowercasedName) { return line }
        return nil
    }

    /// All lines whose name equals `lowercasedName` when ASCII case is folded.
    package func all(lowercasedName: [UInt8]) -> [FieldLine] {
        lines.filter { nameEquals($0, lowercasedName) }
    }

    /// The bytes of a line's name, as sent.
    package func name(of line: FieldLine) -> ArraySlice<UInt8> { bytes[line.name.indices] }

    /// The bytes of a line's value, blanks around it removed.
    package func value(of line: FieldLine) -> ArraySlice<UInt8> { bytes[line.value.indices] }

    /// The bytes of any range of this head.
    package func slice(_ range: ByteRange) -> ArraySlice<UInt8> { bytes[range.indices] }

    /// Appends the bytes of any range of this head.
    package func append(_ range: ByteRange, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: bytes[range.indices])
    }

    /// Whether the line's name is `lowercasedName`, ASCII case folded.
    package func nameEquals(_ line: FieldLine, _ lowercasedName: [UInt8]) -> Bool {
        bytes.span.matches(line.name, lowercasedName)
    }

    /// Whether the line's whole value is `lowercased`, ASCII case folded.
    package func valueEquals(_ line: FieldLine, _ lowercased: [UInt8]) -> Bool {
        bytes.span.matches(line.value, lowercased)
    }

    /// Adds a line that did not come from a parsed head (HTTP/2, tests); its bytes are copied behind the others.
    ///
    /// Returns false and adds nothing when the name is no token, or when the value holds a control byte.
    @discardableResult
    package mutating func append(name: [UInt8], value: [UInt8]) -> Bool {
        guard FieldSyntax.isName(name), FieldSyntax.isValue(value) else { return false }
        var first = 0
        var last = value.count
        while first < last, ByteClass.isBlank(value[first]) { first += 1 }
        while last > first, ByteClass.isBlank(value[last - 1]) { last -= 1 }
        let start = bytes.count
        bytes.append(contentsOf: name)
        let nameRange = ByteRange(start, bytes.count)
        bytes.append(0x3A)
        bytes.append(0x20)
        let valueStart = bytes.count
        bytes.append(contentsOf: value[first..<last])
        let id = FieldNameTable.shared.lookup(name.span)
        lines.append(FieldLine(name: nameRange, value: ByteRange(valueStart, bytes.count), id: id))
        present.insert(id)
        bytes.append(0x0D)
        bytes.append(0x0A)
        return true
    }
}

extension FieldLines: Sequence {
    /// Iterates over the lines in order.
    package func makeIterator() -> IndexingIterator<[FieldLine]> { lines.makeIterator() }
}

/// The syntax of names and values that do not come from a parsed head (RFC 9110 §5.1, §5.5).
package enum FieldSyntax {
    /// Whether the bytes are a `token`, so that they may be a field name.
    package static func isName(_ bytes: [UInt8]) -> Bool {
        for byte in bytes where !ByteClass.isToken(byte) { return false }
        return !bytes.isEmpty
    }

    /// Whether no byte is a control byte other than HTAB, so that they may be a field value.
    package static func isValue(_ bytes: [UInt8]) -> Bool {
        for byte in bytes where !ByteClass.isFieldValue(byte) { return false }
        return true
    }

    /// The classified form of a name.
    package static func id(of name: [UInt8]) -> FieldID { FieldNameTable.shared.lookup(name.span) }
}
