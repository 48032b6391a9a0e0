import EventLoop

/// Bytes on their way to a socket that takes them when it can.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    private var sent = 0

    var count: Int { bytes.count - sent }
    var isEmpty: Bool { sent == bytes.count }

    /// Appends with `body`; the array's earlier content must stay as it is.
    mutating func append(_ body: (inout [UInt8]) -> Void) { body(&bytes) }

    mutating func append(_ more: Span<UInt8>) { bytes.append(more) }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    enum Outcome {
        /// Everything is with the kernel.
        case drained
        /// The kernel's buffer is full.
        case blocked
        /// The connection is gone.
        case failed
    }

    /// Hands as much to the kernel as it takes now.
    mutating func flush(to fd: Int32) -> Outcome {
        while sent < bytes.count {
            switch Socket.send(fd, bytes, from: sent) {
            case .bytes(let count): sent += count
            case .wouldBlock:
                compact()
                return .blocked
            case .ended, .failed: return .failed
            }
        }
        sent = 0
        // A large body must not keep its high-water mark for the connection's life.
        if bytes.capacity > 262_144 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        return .drained
    }

    /// Gives memory back when the connection falls idle.
    mutating func release() { if isEmpty { discard() } }

    mutating func discard() {
        bytes = []
        sent = 0
    }

    private mutating func compact() {
        guard sent > 32_768, sent > bytes.count / 2 else { return }
        bytes.removeFirst(sent)
        sent = 0
    }
}
