import EventLoop
import Glibc

/// The driver's own ends of its connections to a test's backend.
///
/// They are found by where they lead to, since no other loop's socket leads there (``Backend`` sees to that), and only
/// the thread that asks closes
/// them: their numbers stand until it does.
enum DriverSockets {
    /// Those whose connection the backend has accepted come first, in that order.
    static func leading(to backend: Backend) -> [Int32] {
        let order = Dictionary(
            backend.connections.filter(\.isOpen).compactMap { connection in
                peerPort(of: connection.fd).map { ($0, connection.number) }
            }, uniquingKeysWith: { $1 })
        return (0..<limit).filter { peerPort(of: $0) == backend.port }
            .map { fd in (fd, Socket.boundAddress(fd).flatMap { order[$0.port] } ?? Int.max) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }

    /// Numbers from here on are not looked at.
    private static let limit = Int32(clamping: min(sysconf(Int32(_SC_OPEN_MAX)), 1024))

    private static func peerPort(of fd: Int32) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getpeername(fd, $0, &length) }
        }
        guard code == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }
}
