import EventLoop
import HTTP

/// Bytes on their way to a socket that takes them when it can.
final class OutputBuffer {
    private var bytes: [UInt8] = []
    private var sent = 0

    var count: Int { bytes.count - sent }
    var isEmpty: Bool { sent == bytes.count }

    /// Appends what `write` puts into the room, of which about `count` bytes are expected.
    @inline(__always)
    func append(expecting count: Int, _ write: (inout ByteRoom) -> Void) {
        var bytes = take()
        bytes.append(expecting: count, write)
        put(bytes)
    }

    func append(_ more: Span<UInt8>) {
        var bytes = take()
        bytes.append(more)
        put(bytes)
    }

    // Bytes are changed in a local variable, for the reason that HTTP1Connection.advance gives.
    @inline(__always)
    private func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    @inline(__always)
    private func put(_ changed: consuming [UInt8]) { bytes = changed }

    enum Outcome {
        /// Everything is with the kernel.
        case drained
        /// The kernel's buffer is full.
        case blocked
        /// The connection is gone.
        case failed
    }

    /// Hands as much to the kernel as it takes now.
    func flush(to fd: Int32) -> Outcome {
        var bytes = take()
        var sent = sent
        var outcome = Outcome.drained
        sending: while sent < bytes.count {
            switch Socket.send(fd, bytes, from: sent) {
            case .bytes(let count): sent += count
            case .wouldBlock:
                outcome = .blocked
                break sending
            case .ended, .failed:
                outcome = .failed
                break sending
            }
        }
        if outcome == .drained {
            sent = 0
            bytes.removeAll(keepingCapacity: true)
        } else if outcome == .blocked, sent > 32_768, sent > bytes.count / 2 {
            bytes.removeFirst(sent)
            sent = 0
        }
        self.sent = sent
        put(bytes)
        return outcome
    }

    /// Gives memory back when nothing is in it and it could hold more than `limit`.
    func shrink(to limit: Int) { if isEmpty, bytes.capacity > limit { discard() } }

    func discard() {
        bytes = []
        sent = 0
    }
}
