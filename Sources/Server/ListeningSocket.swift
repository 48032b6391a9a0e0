package import EventLoop

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
        if case .unix(let path) = wanted { Socket.removeSocketFile(path) }
        fd = try Socket.listen(wanted, backlog: backlog)
        if case .unix = wanted { address = wanted } else { address = Socket.boundAddress(fd) ?? wanted }
    }

    deinit {
        Socket.close(fd)
        if case .unix(let path) = address { Socket.removeSocketFile(path) }
    }
}
