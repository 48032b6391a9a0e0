/// The parameters of a query, split without decoding; the query itself is always forwarded byte for byte.
///
/// Parameters are separated by `&` only; empty ones are skipped. Iterating decodes nothing and copies nothing.
package struct QueryString: Sendable, Sequence {
    /// One `name=value`.
    package struct Parameter: Sendable, Hashable {
        /// The name as sent.
        package let name: ByteRange
        /// The value as sent; empty when there is no `=`.
        package let value: ByteRange
        /// Whether there is an `=`.
        package let hasValue: Bool
    }

    /// The bytes that all ranges point into.
    package let bytes: [UInt8]
    /// Where the query stands, without its `?`.
    package let range: ByteRange

    /// The query at `range` in `bytes`.
    package init(_ bytes: [UInt8], _ range: ByteRange) {
        self.bytes = bytes
        self.range = range
    }

    /// The query of a request; empty when it has none.
    package init(_ head: borrowing RequestHead) {
        self.init(head.fields.bytes, head.query ?? .empty)
    }

    /// Walks the parameters in order.
    package struct Iterator: IteratorProtocol, Sendable {
        private let bytes: [UInt8]
        private var position: Int
        private let end: Int

        fileprivate init(_ query: QueryString) {
            bytes = query.bytes
            position = Int(query.range.start)
            end = Int(query.range.end)
        }

        package mutating func next() -> Parameter? {
            while position < end {
                let start = position
                var equals: Int?
                while position < end, bytes[position] != 0x26 {
                    if equals == nil, bytes[position] == 0x3D { equals = position }
                    position += 1
                }
                let stop = position
                position += 1
                guard stop > start else { continue }
                return Parameter(
                    name: ByteRange(start, equals ?? stop), value: ByteRange((equals ?? stop - 1) + 1, stop),
                    hasValue: equals != nil)
            }
            return nil
        }
    }

    package func makeIterator() -> Iterator { Iterator(self) }

    /// The bytes of a name or value as sent.
    package func slice(_ range: ByteRange) -> ArraySlice<UInt8> { bytes[range.indices] }

    /// A name or value decoded.
    package func decoded(_ range: ByteRange) -> [UInt8] { Self.decode(bytes[range.indices]) }

    /// Decodes a component of a form: `+` is a space, every triplet its byte, once; a `%` without two digits stays.
    package static func decode(_ component: ArraySlice<UInt8>) -> [UInt8] {
        PercentDecoding.decode(component, plusIsSpace: true)
    }
}

/// Percent-decoding of one component, once.
package enum PercentDecoding {
    /// The bytes with every triplet decoded; a `%` without two digits stays, `+` becomes a space when asked.
    package static func decode(_ component: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(component.count)
        var index = component.startIndex
        while index < component.endIndex {
            let byte = component[index]
            index += 1
            if byte == 0x25, component.endIndex - index >= 2, let high = ByteClass.hexValue(component[index]),
                let low = ByteClass.hexValue(component[index + 1])
            {
                output.append(high << 4 | low)
                index += 2
            } else {
                output.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
            }
        }
        return output
    }
}
