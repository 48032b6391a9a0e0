import CPlatform
import Glibc

/// The socket calls that the gateway needs, on plain arrays; a descriptor is a number that the caller owns.
package enum Socket {
    /// What a call left the caller with.
    package enum Outcome: Sendable, Hashable {
        case bytes(Int)
        /// The peer has sent its end.
        case ended
        /// Nothing now; ask again when the descriptor is ready.
        case wouldBlock
        case failed
    }

    /// Reads into the front of `buffer`, as much as there is and fits, and at most `limit` bytes.
    package static func receive(_ fd: Int32, into buffer: inout [UInt8], atMost limit: Int = .max) -> Outcome {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe gh_receive(fd, $0.baseAddress, min(limit, $0.count))
        }
        if count > 0 { return .bytes(count) }
        return count == 0 ? .ended : refusal(-count)
    }

    /// Sends the bytes from `start` on, as much as the kernel takes.
    package static func send(_ fd: Int32, _ bytes: [UInt8], from start: Int) -> Outcome {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe gh_send(fd, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start, 0)
        }
        return count >= 0 ? .bytes(count) : refusal(-count)
    }

    /// Sends the bytes of one array from `start` on and those of another from `next` on behind them, as much as the kernel
    /// takes.
    package static func send(
        _ fd: Int32, _ bytes: [UInt8], from start: Int, _ more: [UInt8], from next: Int
    ) -> Outcome {
        let count = unsafe bytes.withUnsafeBytes { first in
            unsafe more.withUnsafeBytes { second in
                unsafe gh_send_two(
                    fd, first.baseAddress.map { unsafe $0 + start }, first.count - start,
                    second.baseAddress.map { unsafe $0 + next }, second.count - next)
            }
        }
        return count >= 0 ? .bytes(count) : refusal(-count)
    }

    /// Sends from memory that is valid during the call, as much as the kernel takes.
    package static func send(_ fd: Int32, _ bytes: Span<UInt8>) -> Outcome {
        let count = unsafe bytes.withUnsafeBytes { unsafe gh_send(fd, $0.baseAddress, $0.count, 0) }
        return count >= 0 ? .bytes(count) : refusal(-count)
    }

    /// Bytes that were sent and that the peer's system has not confirmed.
    package static func queuedBytes(_ fd: Int32) -> Int { Int(gh_queued_bytes(fd)) }

    /// Another descriptor for the same socket; nil when the process has none left.
    package static func duplicate(_ fd: Int32) -> Int32? {
        let copy = gh_duplicate(fd)
        return copy >= 0 ? copy : nil
    }

    private static func refusal(_ code: Int) -> Outcome {
        code == Int(EAGAIN) || code == Int(EINTR) ? .wouldBlock : .failed
    }

    package enum Acceptance: Sendable {
        case connection(Int32, SocketAddress)
        /// A connection died in the queue; ask again.
        case again
        case none
        /// The process or the system has no descriptor or memory left.
        case exhausted
    }

    package static func accept(_ listener: Int32) -> Acceptance {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let fd = unsafe gh_accept(listener, &storage, &length)
        if fd >= 0 { return .connection(fd, SocketAddress(storage)) }
        switch -fd {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        case ECONNABORTED, EINTR: return .again
        default: return .none
        }
    }

    /// Binds and listens, non-blocking.
    package static func listen(_ address: SocketAddress, backlog: Int32) throws(SystemError) -> Int32 {
        guard let result = unsafe address.withSystemForm({ unsafe gh_listen($0, $1, backlog) }) else {
            throw SystemError(code: ENAMETOOLONG, call: "bind")
        }
        return try SystemError.check(result, "bind")
    }

    /// The address that the kernel bound a socket to.
    package static func boundAddress(_ fd: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(fd, $0, &length) }
        }
        return code == 0 ? SocketAddress(storage) : nil
    }

    /// Removes a socket file that a former process left behind; other files stay.
    package static func removeSocketFile(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        unsafe unlink(path)
    }

    package static func setNoDelay(_ fd: Int32) { _ = gh_set_no_delay(fd) }

    /// Ends both directions and throws away what has come, so that whoever owns the descriptor reads its end.
    package static func end(_ fd: Int32) {
        _ = shutdown(fd, Int32(SHUT_RDWR))
        var rest = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<1024 { if case .bytes = receive(fd, into: &rest) { continue } else { break } }
    }

    package static func shutdownWrite(_ fd: Int32) { gh_shutdown_write(fd) }

    package static func close(_ fd: Int32) { _ = gh_close(fd) }

    /// Closes so that the peer is told of a failure (RST) and not of an end; what is not yet sent is dropped.
    package static func closeWithReset(_ fd: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        _ = gh_close(fd)
    }

    /// Ends listening: those who still wait are turned away, and so is everybody who comes.
    package static func stopListening(_ fd: Int32) { _ = shutdown(fd, Int32(SHUT_RDWR)) }

    /// A client must never end the process by going away.
    package static func ignoreBrokenPipes() { gh_ignore_sigpipe() }
}

extension [UInt8] {
    /// Appends the bytes of a span in one copy.
    package mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
