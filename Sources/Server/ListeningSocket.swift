package import EventLoop
import Synchronization

/// One listening socket, made once and watched by every worker.
///
/// Workers share the socket instead of opening one each: closing one of several SO_REUSEPORT sockets resets the
/// connections that wait in its queue, so workers could not come and go.
package final class ListeningSocket: Sendable {
    package let fd: Int32
    private let listeners = Atomic<Int>(0)
    /// The address as bound: port 0 in the configuration becomes the port that the kernel chose.
    package let address: SocketAddress

    /// Binds and listens. A stale Unix socket file at the path is removed first.
    package init(_ wanted: SocketAddress, backlog: Int32 = 4096) throws(SystemError) {
        if case .unix(let path) = wanted { Socket.removeSocketFile(path) }
        fd = try Socket.listen(wanted, backlog: backlog)
        if case .unix = wanted { address = wanted } else { address = Socket.boundAddress(fd) ?? wanted }
    }

    /// A worker begins to accept from the socket.
    func joined() { listeners.add(1, ordering: .relaxed) }

    /// A worker has taken what waited and accepts no more. When the last one leaves, nobody would ever serve those who
    /// still come: they are refused at once.
    func left() {
        if listeners.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { Socket.stopListening(fd) }
    }

    deinit {
        Socket.close(fd)
        if case .unix(let path) = address { Socket.removeSocketFile(path) }
    }
}
