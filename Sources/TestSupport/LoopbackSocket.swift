package import EventLoop
import Glibc

/// A connected loopback socket with deadlines on every call. Blocks its caller's thread, never longer than told.
package final class LoopbackSocket {
    package let fd: Int32

    package init(fd: Int32) {
        self.fd = fd
    }

    deinit { Socket.close(fd) }

    /// Connects to a port of this machine from a loopback address, which servers then see as the peer.
    package static func connect(to port: UInt16, from source: [UInt8]? = nil) throws(SystemError) -> LoopbackSocket {
        let fd = try SystemError.check(
            Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0), "socket")
        let socket = LoopbackSocket(fd: fd)
        if let source, unsafe call(fd, source, 0, Glibc.bind) != 0 { throw SystemError(code: errno, call: "bind") }
        if unsafe call(fd, [127, 0, 0, 1], port, Glibc.connect) != 0 {
            throw SystemError(code: errno, call: "connect")
        }
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK)
        Socket.setNoDelay(fd)
        return socket
    }

    private static func call(
        _ fd: Int32, _ octets: [UInt8], _ port: UInt16,
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: octets) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe function(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Makes the receive window small, so that a peer's sends block soon.
    package func shrinkReceiveBuffer() {
        var size: Int32 = 4096
        unsafe _ = setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Makes the next close a reset instead of an orderly end.
    package func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe _ = setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// False when the deadline passes first.
    package static func wait(_ fd: Int32, readable: Bool, until deadline: MonotonicTime) -> Bool {
        while true {
            let now = MonotonicTime.now()
            guard now < deadline else { return false }
            var entry = pollfd(fd: fd, events: Int16(readable ? POLLIN : POLLOUT), revents: 0)
            let milliseconds = Int32(clamping: deadline.since(now) / 1_000_000 + 1)
            let count = unsafe poll(&entry, 1, milliseconds)
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// How many of the bytes went out before the peer closed or the deadline passed.
    @discardableResult
    package func send(_ bytes: [UInt8], until deadline: MonotonicTime) -> Int {
        var sent = 0
        while sent < bytes.count {
            switch Socket.send(fd, bytes, from: sent) {
            case .bytes(let count): sent += count
            case .wouldBlock: if !Self.wait(fd, readable: false, until: deadline) { return sent }
            case .ended, .failed: return sent
            }
        }
        return sent
    }

    package enum Reception {
        case bytes([UInt8])
        case ended
        case reset
        case late
    }

    package func receive(until deadline: MonotonicTime) -> Reception {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            switch Socket.receive(fd, into: &buffer) {
            case .bytes(let count): return .bytes(Array(buffer.prefix(count)))
            case .ended: return .ended
            case .failed: return .reset
            case .wouldBlock: if !Self.wait(fd, readable: true, until: deadline) { return .late }
            }
        }
    }

    package func endWriting() { Socket.shutdownWrite(fd) }
}
