import EventLoop

/// Request body bytes between the client and libcurl.
struct UploadBuffer {
    enum Taken {
        case bytes(Int)
        /// Nothing there, and the body goes on.
        case wait
        case end
    }

    /// Bytes at which the client is asked to wait.
    static let highWater = 262_144

    private var bytes: [UInt8] = []
    private var taken = 0
    private(set) var isEnded = false

    var count: Int { bytes.count - taken }

    mutating func append(_ more: Span<UInt8>) {
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            taken = 0
        }
        bytes.append(more)
    }

    /// What is left.
    var left: [UInt8] { Array(bytes[taken...]) }

    mutating func end() { isEnded = true }

    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Taken {
        let amount = min(count, buffer.count)
        if amount == 0 { return isEnded ? .end : .wait }
        unsafe bytes.withUnsafeBytes { source in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[taken..<taken + amount]))
        }
        taken += amount
        if taken == bytes.count {
            if bytes.capacity > 1 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            taken = 0
        } else if taken > 1 << 16, taken > bytes.count / 2 {
            bytes.removeFirst(taken)
            taken = 0
        }
        return .bytes(amount)
    }

    mutating func reset() {
        bytes = []
        taken = 0
        isEnded = false
    }
}
