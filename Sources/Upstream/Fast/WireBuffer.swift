import EventLoop

/// Bytes on their way to a connection, sent from the front.
struct WireBuffer {
    private(set) var bytes: [UInt8] = []
    private(set) var sent = 0

    init() {}

    init(_ bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    var count: Int { bytes.count - sent }
    var isEmpty: Bool { sent == bytes.count }

    mutating func append(_ body: (inout [UInt8]) -> Void) {
        compact()
        body(&bytes)
    }

    mutating func append(_ more: Span<UInt8>) {
        compact()
        bytes.append(more)
    }

    /// Bytes have been sent and will not be wanted again.
    mutating func consume(_ count: Int) {
        sent += count
        if sent == bytes.count { clear() }
    }

    /// Bytes have been sent; they stay for ``rewind()``.
    mutating func advance(_ count: Int) { sent += count }

    /// All of it is to be sent again.
    mutating func rewind() { sent = 0 }

    mutating func clear() {
        sent = 0
        if isLarge { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    /// What one large request needed is not kept for the small ones.
    var isLarge: Bool { bytes.capacity > 65_536 }

    private mutating func compact() {
        guard sent > 65_536, sent > bytes.count / 2 else { return }
        bytes.removeFirst(sent)
        sent = 0
    }
}
