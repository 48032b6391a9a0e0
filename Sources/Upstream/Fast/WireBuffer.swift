import EventLoop

/// Bytes on their way to a connection, sent from the front.
struct WireBuffer {
    private(set) var bytes: [UInt8] = []
    private(set) var sent = 0

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

    /// Takes what is left of another buffer.
    mutating func append(_ other: borrowing WireBuffer) {
        compact()
        bytes.append(other.bytes.span.extracting(other.sent..<other.bytes.count))
    }

    mutating func consume(_ count: Int) {
        sent += count
        if sent == bytes.count { clear() }
    }

    mutating func clear() {
        sent = 0
        // What one large request needed is not kept for the small ones.
        if bytes.capacity > 65_536 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    private mutating func compact() {
        guard sent > 65_536, sent > bytes.count / 2 else { return }
        bytes.removeFirst(sent)
        sent = 0
    }
}
