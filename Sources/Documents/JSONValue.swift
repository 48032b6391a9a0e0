/// A value inside a ``JSONDocument``: a cheap reference that knows its place in the source.
///
/// Strings are compared by the octets of their UTF-8 form after unescaping, never by Unicode equivalence.
package struct JSONValue: Sendable {
    package let document: JSONDocument
    let index: Int

    private var node: JSONNode { document.nodes[index] }

    package var kind: JSONKind { node.kind }

    /// Byte offsets of the whole value in the source, quotes and braces included.
    package var range: Range<Int> {
        let node = node
        let quote = node.kind == .string ? 1 : 0
        return Int(node.start) - quote..<Int(node.end) + quote
    }

    /// The value exactly as written.
    package var text: ArraySlice<UInt8> { document.bytes[range] }

    package var isNull: Bool { kind == .null }

    package var bool: Bool? { kind == .bool ? node.flag : nil }

    /// Number of members or elements; 0 for scalars.
    package var count: Int { Int(node.count) }

    // MARK: Strings

    /// The unescaped UTF-8 of a string, nil for other kinds.
    package var utf8: [UInt8]? {
        let node = node
        guard node.kind == .string else { return nil }
        let raw = document.bytes[Int(node.start)..<Int(node.end)]
        return node.flag ? JSONEscape.decode(raw) : Array(raw)
    }

    package var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        let raw = document.bytes[Int(node.start)..<Int(node.end)]
        if node.flag { return String(decoding: JSONEscape.decode(raw), as: UTF8.self) }
        return String(decoding: raw, as: UTF8.self)
    }

    /// True when this is a string whose unescaped octets equal `other`.
    package func equals(_ other: some Collection<UInt8>) -> Bool {
        let node = node
        guard node.kind == .string else { return false }
        let raw = document.bytes[Int(node.start)..<Int(node.end)]
        return node.flag ? JSONEscape.decode(raw).elementsEqual(other) : raw.elementsEqual(other)
    }

    package func equals(_ other: String) -> Bool { equals(other.utf8) }

    // MARK: Numbers

    /// The digits of a number as written, nil for other kinds.
    package var numberText: String? {
        kind == .number ? String(decoding: text, as: UTF8.self) : nil
    }

    /// The number as an integer when it is written as one and fits; `1.0` and `1e3` are not integers here.
    package var int64: Int64? {
        let node = node
        guard node.kind == .number else { return nil }
        var index = Int(node.start)
        let end = Int(node.end)
        let negative = document.bytes[index] == 0x2D
        if negative { index += 1 }
        var value: Int64 = 0
        while index < end {
            let byte = document.bytes[index]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let digit = Int64(byte - 0x30)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// The number as a binary floating-point value; huge exponents give infinity.
    package var double: Double? {
        if let exact = int64, exact.magnitude < 1 << 53 { return Double(exact) }
        return numberText.flatMap { Double($0) }
    }

    // MARK: Containers

    /// The value of a member by the octets of its name; nil when absent or when this is not an object.
    package subscript(_ name: some Collection<UInt8>) -> JSONValue? {
        guard kind == .object else { return nil }
        var child = index + 1
        for _ in 0..<count {
            let key = JSONValue(document: document, index: child)
            if key.equals(name) { return JSONValue(document: document, index: child + 1) }
            child = Int(document.nodes[child + 1].next)
        }
        return nil
    }

    package subscript(_ name: String) -> JSONValue? { self[name.utf8] }

    /// An array's elements; empty for other kinds.
    package var elements: JSONElements { JSONElements(container: self) }

    /// An object's members in source order; empty for other kinds.
    package var members: JSONMembers { JSONMembers(container: self) }
}

/// Walks the children of one container.
struct JSONCursor: Sendable {
    let document: JSONDocument
    private var place: Int
    private var remaining: Int

    /// Finds nothing when `container` is not of `kind`.
    init(_ container: JSONValue, _ kind: JSONKind) {
        document = container.document
        place = container.index + 1
        remaining = container.kind == kind ? container.count : 0
    }

    /// The node of the next child; its value stands `offset` nodes on (a member's name stands before its value).
    mutating func next(valueAt offset: Int) -> Int? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        defer { place = Int(document.nodes[place + offset].next) }
        return place
    }
}

/// The elements of an array in order.
package struct JSONElements: Sequence, Sendable {
    let container: JSONValue

    package func makeIterator() -> Iterator { Iterator(cursor: JSONCursor(container, .array)) }

    package struct Iterator: IteratorProtocol {
        var cursor: JSONCursor

        package mutating func next() -> JSONValue? {
            cursor.next(valueAt: 0).map { JSONValue(document: cursor.document, index: $0) }
        }
    }
}

/// One member of an object; both halves know their place.
package struct JSONMember: Sendable {
    /// Always a string.
    package let key: JSONValue
    package let value: JSONValue

    package var name: String { key.string ?? "" }
}

/// The members of an object in source order; duplicates are kept here and reported by the parser.
package struct JSONMembers: Sequence, Sendable {
    let container: JSONValue

    package func makeIterator() -> Iterator { Iterator(cursor: JSONCursor(container, .object)) }

    package struct Iterator: IteratorProtocol {
        var cursor: JSONCursor

        package mutating func next() -> JSONMember? {
            cursor.next(valueAt: 1).map { key in
                JSONMember(
                    key: JSONValue(document: cursor.document, index: key),
                    value: JSONValue(document: cursor.document, index: key + 1))
            }
        }
    }
}
