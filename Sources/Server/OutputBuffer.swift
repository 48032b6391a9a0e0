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
        bytes.removeAll(keepingCapacity: true)
        return .drained
    }

    /// Gives memory back when nothing is in it and it could hold more than `limit`.
    mutating func shrink(to limit: Int) { if isEmpty, bytes.capacity > limit { discard() } }

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
