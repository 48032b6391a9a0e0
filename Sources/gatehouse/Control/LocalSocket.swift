import Glibc

/// A socket in the file system between processes of one user; closed with its last reference.
final class LocalSocket {
    let number: Int32
    /// Behind the last line that was read.
    private var rest: [UInt8] = []
    private static let longestLine = 8192

    private init(_ number: Int32) {
        self.number = number
    }

    deinit { close(number) }

    /// Nil when the path is too long, or nobody may make a socket there.
    static func listening(_ path: String) -> LocalSocket? {
        guard let socket = make() else { return nil }
        unsafe _ = unlink(path)
        guard unsafe withAddress(path, { unsafe bind(socket.number, $0, $1) }) == 0 else { return nil }
        guard unsafe chmod(path, 0o600) == 0, listen(socket.number, 8) == 0 else { return nil }
        return socket
    }

    /// Nil when nobody listens there.
    static func connected(_ path: String) -> LocalSocket? {
        guard let socket = make() else { return nil }
        return unsafe withAddress(path, { unsafe connect(socket.number, $0, $1) }) == 0 ? socket : nil
    }

    private static func make() -> LocalSocket? {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        return number < 0 ? nil : LocalSocket(number)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        let bytes = Array(path.utf8)
        guard bytes.count < capacity else { return -1 }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Who asks; nil unless it is a process of this user, or of the administrator.
    func accepted() -> LocalSocket? {
        let number = accept(self.number, nil, nil)
        guard number >= 0 else { return nil }
        let peer = LocalSocket(number)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        // struct ucred: process, user, group.
        var credentials: (Int32, UInt32, UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard unsafe getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0,
            credentials.1 == geteuid() || credentials.1 == 0
        else { return nil }
        return peer
    }

    /// Reading gives up after so long.
    func limitReading(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        unsafe _ = setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Without its end; nil when there is none, or none that ends.
    func line() -> String? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                defer { rest.removeFirst(end + 1) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            guard rest.count < Self.longestLine, let more = receive() else { return nil }
            rest += more
        }
    }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
            if count > 0 { return Array(buffer[..<count]) }
            if count < 0, errno == EINTR { continue }
            return nil
        }
    }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    number, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            done += count
        }
    }

    /// Nothing more is said from this side.
    func endWriting() { _ = shutdown(number, Int32(SHUT_WR)) }

    /// Whether something can be read, or the other side has ended.
    static func isReadable(_ number: Int32) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// The sockets, of those given, at which something can be read. Waits at most so long; -1 waits for ever.
    static func readable(_ sockets: [LocalSocket], milliseconds: Int32 = -1) -> [Bool] {
        var entries = sockets.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        return entries.map { count > 0 && $0.revents != 0 }
    }
}
