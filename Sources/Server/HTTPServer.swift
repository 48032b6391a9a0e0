package import EventLoop
import HTTP

/// The listeners and connections of one worker. All of it lives on the worker's event thread.
package final class HTTPServer {
    package let thread: EventThread
    package let settings: ServerSettings
    let handler: any RequestHandler
    /// Whether every answer on a lasting connection says so, as REST APIs do; HTTP/1.1 does not need it.
    let announcesKeepAlive: Bool
    let scratch = ReadScratch()
    /// How a connection is taken from a listening socket; tests put a system without descriptors here.
    var accept: (Int32) -> Socket.Acceptance = { Socket.accept($0) }

    private let wallSeconds: @Sendable () -> Int64
    /// The date's field line and the second that it was made for.
    private var dateText: [UInt8] = []
    private var dateSecond = Int64.min
    private var listeners: [Listener] = []
    private var connections = SlotTable<HTTP1Connection>()
    private var perAddress: [[UInt8]: Int] = [:]
    private var nextNumber: UInt64 = 0
    private(set) var isDraining = false
    private var drained: [@Sendable () -> Void] = []
    private var drainTimer: DrainTimer?

    /// `wallSeconds` gives seconds since 1970 for the Date field.
    package init(
        thread: EventThread, settings: ServerSettings, handler: any RequestHandler, announcesKeepAlive: Bool,
        wallSeconds: @escaping @Sendable () -> Int64
    ) {
        self.thread = thread
        self.settings = settings
        self.handler = handler
        self.announcesKeepAlive = announcesKeepAlive
        self.wallSeconds = wallSeconds
    }

    /// Open connections of this worker.
    package var connectionCount: Int { connections.count }

    /// Connections that this worker has ever served.
    package var acceptedConnections: UInt64 { nextNumber }

    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` with its line end, made once a second.
    func dateLine() -> [UInt8] {
        let second = wallSeconds()
        if second != dateSecond {
            dateSecond = second
            dateText = HTTP1Writer.dateLine(second)
        }
        return dateText
    }

    /// Starts accepting from a socket that other workers may share.
    package func listen(on socket: ListeningSocket) throws(SystemError) {
        let listener = Listener(socket: socket, server: self)
        try listener.open()
        listeners.append(listener)
    }

    /// Takes over a connected socket; closes it when a limit is reached.
    func accepted(_ fd: Int32, from peer: SocketAddress) {
        guard connections.count < settings.connections, admits(peer) else {
            Socket.close(fd)
            return
        }
        if case .unix = peer {} else { Socket.setNoDelay(fd) }
        nextNumber += 1
        let number = nextNumber
        let slot = connections.reserve()
        let connection = HTTP1Connection(server: self, fd: fd, peer: peer, number: number, slot: slot)
        connections.fill(slot, with: connection)
        guard connection.open() else {
            _ = connections.remove(slot.slot, slot.generation)
            Socket.close(fd)
            return
        }
        count(peer, by: 1)
    }

    func closed(_ connection: HTTP1Connection) {
        guard connections.remove(connection.slot.slot, connection.slot.generation) != nil else { return }
        count(connection.peer, by: -1)
        if isDraining, connections.count == 0 { finishDraining() }
    }

    // MARK: Limits per address

    private func admits(_ peer: SocketAddress) -> Bool {
        guard settings.connectionsPerAddress > 0, let octets = peer.octets else { return true }
        return perAddress[octets, default: 0] < settings.connectionsPerAddress
    }

    private func count(_ peer: SocketAddress, by change: Int) {
        guard settings.connectionsPerAddress > 0, let octets = peer.octets else { return }
        let count = perAddress[octets, default: 0] + change
        perAddress[octets] = count > 0 ? count : nil
    }

    // MARK: Stopping

    /// Stops accepting, lets open exchanges end, and calls `completion` when no connection is left or the time for
    /// draining is over.
    package func drain(_ completion: @escaping @Sendable () -> Void) {
        drained.append(completion)
        if isDraining {
            if connections.count == 0 { finishDraining() }
            return
        }
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for connection in connections.all { connection.drain() }
        if connections.count == 0 { return finishDraining() }
        let timer = DrainTimer(server: self)
        timer.start(milliseconds: settings.drainInMillis)
        drainTimer = timer
    }

    fileprivate func drainTimeIsOver() {
        for connection in connections.all { connection.shutDownNow() }
    }

    private func finishDraining() {
        drainTimer?.stop()
        drainTimer = nil
        let completions = drained
        drained = []
        for completion in completions { completion() }
    }
}

/// The deadline of a graceful stop.
private final class DrainTimer: TimerTarget {
    private let server: HTTPServer
    private var timer: TimerID?

    init(server: HTTPServer) {
        self.server = server
    }

    func start(milliseconds: Int) {
        let timer = server.thread.makeTimer(self)
        server.thread.setTimer(timer, to: server.thread.now.advanced(milliseconds: milliseconds))
        self.timer = timer
    }

    func stop() {
        if let timer { server.thread.removeTimer(timer) }
        timer = nil
    }

    func timerFired() { server.drainTimeIsOver() }
}

/// The buffer into which every connection of a worker reads; what a connection cannot use yet it copies out.
final class ReadScratch {
    private(set) var bytes = [UInt8](repeating: 0, count: 65_536)

    func receive(from fd: Int32) -> Socket.Outcome {
        // Received into a local variable, for the reason that HTTP1Connection.advance gives.
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        let outcome = Socket.receive(fd, into: &taken)
        swap(&taken, &bytes)
        return outcome
    }
}
