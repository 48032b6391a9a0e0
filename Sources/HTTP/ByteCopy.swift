extension [UInt8] {
    /// The first `count` bytes of `bytes`; fewer when there are fewer.
    init(_ bytes: Span<UInt8>, first count: Int) {
        // Not the initializer with a capacity, which looks its storage's type up each time.
        self = []
        append(copying: bytes.extracting(first: Swift.min(Swift.max(count, 0), bytes.count)))
    }
}
