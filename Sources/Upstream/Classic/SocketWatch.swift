import EventLoop

/// One of libcurl's sockets in the epoll set, from its first use until it is closed.
final class SocketWatch: Watcher {
    let fd: Int32
    /// It belongs to a kept connection that no transfer uses.
    var isIdle = false
    /// Its connection was completed and kept, so libcurl asks us to close it. A socket that is still connecting it closes
    /// itself, without a word.
    var isEstablished = false
    private var id: WatchID?
    private var readiness: Readiness = []
    private unowned let lane: ClassicLane

    init(fd: Int32, lane: ClassicLane) {
        self.fd = fd
        self.lane = lane
    }

    func watch(for wanted: Readiness, on thread: EventThread) {
        if let id {
            if wanted != readiness { thread.change(id, fd: fd, to: wanted) }
        } else {
            do throws(SystemError) {
                id = try thread.watch(fd, for: wanted, self)
            } catch {
                // Without a watch the deadlines end the transfer.
            }
        }
        readiness = wanted
    }

    /// It is watched for nothing, as long as its transfer is held back.
    var isUnwatched: Bool { readiness.isEmpty && !isIdle }

    func end(on thread: EventThread) {
        if let id { thread.unwatch(id, fd: fd) }
        id = nil
    }

    func ready(_ readiness: Readiness) {
        if isIdle { lane.spoil(self) } else { lane.socketReady(fd, readiness) }
    }
}
