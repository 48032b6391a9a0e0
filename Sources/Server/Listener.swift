import EventLoop

/// Accepts connections from a shared listening socket on one worker.
final class Listener: Watcher, TimerTarget {
    private let socket: ListeningSocket
    private unowned let server: HTTPServer
    private var watch: WatchID?
    private var timer: TimerID?

    /// Connections taken per wake-up, so that the workers share a burst.
    private static let burst = 16
    /// How long accepting rests when the process has no descriptor left.
    private static let restInMillis = 100

    init(socket: ListeningSocket, server: HTTPServer) {
        self.socket = socket
        self.server = server
    }

    func open() throws(SystemError) {
        watch = try server.thread.watch(socket.fd, for: [.readable, .exclusive], self)
        timer = server.thread.makeTimer(self)
    }

    func close() {
        if let watch { server.thread.unwatch(watch, fd: socket.fd) }
        if let timer { server.thread.removeTimer(timer) }
        watch = nil
        timer = nil
    }

    func ready(_ readiness: Readiness) {
        for _ in 0..<Self.burst {
            switch Socket.accept(socket.fd) {
            case .connection(let fd, let peer): server.accepted(fd, from: peer)
            case .again: continue
            case .none: return
            case .exhausted: return rest()
            }
        }
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
