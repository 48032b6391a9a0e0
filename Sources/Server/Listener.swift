import EventLoop

/// Accepts connections from a shared listening socket on one worker.
final class Listener: Watcher, TimerTarget {
    private let socket: ListeningSocket
    private unowned let server: HTTPServer
    private var watch: WatchID?
    private var timer: TimerID?

    /// Connections taken per wake-up, so that the workers share a burst.
    private static let burst = 16
    /// Connections taken when accepting ends: more than any queue holds.
    private static let lastBurst = 8192
    /// How long accepting rests when the process has no descriptor left.
    private static let restInMillis = 100

    init(socket: ListeningSocket, server: HTTPServer) {
        self.socket = socket
        self.server = server
    }

    func open() throws(SystemError) {
        watch = try server.thread.watch(socket.fd, for: [.readable, .exclusive], self)
        timer = server.thread.makeTimer(self)
        socket.joined()
    }

    /// Takes whoever waits in the queue, up to a bound, and accepts no more.
    func close() {
        guard let timer else { return }
        _ = accept(atMost: Self.lastBurst)
        if let watch { server.thread.unwatch(watch, fd: socket.fd) }
        server.thread.removeTimer(timer)
        watch = nil
        self.timer = nil
        socket.left()
    }

    func ready(_ readiness: Readiness) {
        if accept(atMost: Self.burst) == .exhausted { rest() }
    }

    private enum Queue {
        case more, empty, exhausted
    }

    private func accept(atMost limit: Int) -> Queue {
        for _ in 0..<limit {
            switch server.accept(socket.fd) {
            case .connection(let fd, let peer): server.accepted(fd, from: peer)
            case .again: continue
            case .none: return .empty
            case .exhausted: return .exhausted
            }
        }
        return .more
    }

    /// Stops watching for a moment: the queue stays readable, and asking again at once would only burn the processor.
    private func rest() {
        if let watch { server.thread.unwatch(watch, fd: socket.fd) }
        watch = nil
        if let timer {
            server.thread.setTimer(timer, to: server.thread.now.advanced(milliseconds: Self.restInMillis))
        }
    }

    func timerFired() {
        guard watch == nil else { return }
        do throws(SystemError) {
            watch = try server.thread.watch(socket.fd, for: [.readable, .exclusive], self)
        } catch {
            rest()
        }
    }
}
