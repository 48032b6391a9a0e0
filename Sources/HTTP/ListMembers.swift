/// Walks the members of a comma-separated list of plain tokens (RFC 9110 §5.6.1); empty members are skipped.
///
/// Commas inside quoted strings are not honoured: the lists read here (`Connection`, `Upgrade`, `X-Forwarded-For`) have
/// none.
package struct ListMembers: Sendable {
    private var position: Int
    private let end: Int

    /// Members of the list at `range`.
    package init(_ range: ByteRange) {
        position = Int(range.start)
        end = Int(range.end)
    }

    /// The next member without the blanks around it, or nil after the last.
    package mutating func next(in bytes: Span<UInt8>) -> ByteRange? {
        while position < end {
            var first = position
            while position < end, bytes[position] != 0x2C { position += 1 }
            var last = position
            if position < end { position += 1 }
            while first < last, ByteClass.isBlank(bytes[first]) { first += 1 }
            while last > first, ByteClass.isBlank(bytes[last - 1]) { last -= 1 }
            if first < last { return ByteRange(first, last) }
        }
        return nil
    }
}
