/// A half-open range of byte offsets inside one message head.
///
/// Offsets are 32 bits wide: a head never exceeds `HeadLimits.headerBytes`, which is capped far below that.
package struct ByteRange: Sendable, Hashable {
    /// Offset of the first byte.
    package var start: UInt32
    /// Offset after the last byte; never below `start`.
    package var end: UInt32

    /// The range from `start` up to `end`; an `end` before `start` gives an empty range.
    package init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = max(start, end)
    }

    /// The same from native integers; callers pass offsets into a bounded head.
    package init(_ start: Int, _ end: Int) {
        self.init(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
    }

    /// An empty range at offset 0.
    package static let empty = ByteRange(start: 0, end: 0)

    /// Number of bytes.
    package var count: Int { Int(end) - Int(start) }

    /// Whether the range holds no byte.
    package var isEmpty: Bool { start == end }

    /// The range as array indices.
    package var indices: Range<Int> { Int(start)..<Int(end) }
}
