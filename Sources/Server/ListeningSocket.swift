import CPlatform
package import EventLoop
import Glibc

/// One listening socket, made once and watched by every worker.
///
/// Workers share the socket instead of opening one each: closing one of several SO_REUSEPORT sockets resets the
/// connections that wait in its queue, so workers could not come and go.
package final class ListeningSocket: Sendable {
    package let fd: Int32
    /// The address as bound: port 0 in the configuration becomes the port that the kernel chose.
    package let address: SocketAddress

    /// Binds and listens. A stale Unix socket file at the path is removed first.
    package init(_ wanted: SocketAddress, backlog: Int32 = 4096) throws(SystemError) {
        if case .unix(let path) = wanted { Self.removeStaleSocket(path) }
        guard let result = unsafe wanted.withSystemForm({ unsafe gh_listen($0, $1, backlog) }) else {
            throw SystemError(code: ENAMETOOLONG, call: "bind")
        }
        fd = try SystemError.check(result, "bind")
        if case .unix = wanted { address = wanted } else { address = Self.bound(fd) ?? wanted }
    }

    deinit {
        _ = gh_close(fd)
        if case .unix(let path) = address { unsafe unlink(path) }
    }

    private static func bound(_ fd: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(fd, $0, &length)
            }
        }
        return code == 0 ? SocketAddress(storage) : nil
    }

    private static func removeStaleSocket(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        unsafe unlink(path)
    }
}
