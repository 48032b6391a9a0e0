import EventLoop
import HTTP

/// One client connection: a socket, its parser, its pure state, and the handler of the exchange in progress.
///
/// This file holds the life of the connection; reading is in `HTTP1Connection+Reading`, answering in
/// `HTTP1Connection+Answering`. Everything runs on the worker's thread.
final class HTTP1Connection {
    let server: HTTPServer
    let fd: Int32
    let peer: SocketAddress
    let connectionNumber: UInt64
    let slot: (slot: UInt32, generation: UInt32)

    var state = HTTP1State()
    var parser: RequestParser

    // Input that could not be used yet: an incomplete head, or requests behind the one in progress.
    var inbound: [UInt8] = []
    var isProcessing = false
    var needsProcessing = false

    // The request in progress.
    var exchange: (any ExchangeHandler)?
    var framing = MessageFraming.none
    var method = Method.get
    var version = HTTPVersion.http11
    var bodyRemaining: UInt64 = 0
    var decoder = ChunkedDecoder()
    var bodyPaused = false
    var bodyReceived: UInt64 = 0
    var bodyBegan = MonotonicTime(nanoseconds: 0)
    var bodyPausedAt = MonotonicTime(nanoseconds: 0)
    var continueDue = false

    // The answer in progress.
    var output = OutputBuffer()
    var isBlocked = false
    var wasHeldBack = false
    var answerBody = AnswerBody.none
    var answerRemaining: UInt64 = 0
    var isChunked = false
    var bodySuppressed = false

    private var watch: WatchID?
    private var timer: TimerID?
    private var interest: Readiness = []
    private var isAtTurnEnd = false
    private var closesAfterFlush = false
    private var hasShutDown = false

    /// Bytes of input held back while an answer is awaited.
    static let inboundLimit = 65_536
    /// Unsent bytes at which the handler is asked to wait, and at which it is called again.
    static let highWater = 131_072
    static let lowWater = 32_768
    /// How long and how much is read from a client that was told to go.
    private static let lingerInMillis = 2000

    init(
        server: HTTPServer, fd: Int32, peer: SocketAddress, number: UInt64, slot: (slot: UInt32, generation: UInt32)
    ) {
        self.server = server
        self.fd = fd
        self.peer = peer
        connectionNumber = number
        self.slot = slot
        parser = RequestParser(limits: server.settings.headLimits)
    }

    /// Starts watching; false when the kernel refuses.
    func open() -> Bool {
        do throws(SystemError) {
            watch = try server.thread.watch(fd, for: .readable, self)
        } catch {
            return false
        }
        interest = .readable
        let timer = server.thread.makeTimer(self)
        self.timer = timer
        // A connection that never speaks is held to the deadline of a head.
        server.thread.setTimer(timer, to: now.advanced(milliseconds: server.settings.headerInMillis))
        return true
    }

    var now: MonotonicTime { server.thread.now }

    // MARK: Actions

    func perform(_ action: HTTP1State.Action) {
        switch action {
        case .nothing: break
        case .readNext:
            exchange = nil
            bodyPaused = false
            if !isProcessing { needsProcessing = true }
            askForTurnEnd()
        case .drain:
            exchange = nil
            bodyPaused = false
            bodyReceived = 0
            setDeadline(milliseconds: server.settings.bodyIdleInMillis)
            needsProcessing = true
            askForTurnEnd()
        case .linger:
            exchange = nil
            bodyPaused = false
            inbound = []
            closesAfterFlush = false
            askForTurnEnd()
        case .closeAfterFlush:
            exchange = nil
            closesAfterFlush = true
            askForTurnEnd()
        case .closeNow:
            let cancelled = exchange
            exchange = nil
            close()
            cancelled?.cancelled(.clientGone)
        case .close:
            exchange = nil
            close()
        }
    }

    /// Asks the server for one call when the turn ends, in which everything written is sent at once.
    func askForTurnEnd() {
        guard !isAtTurnEnd, watch != nil else { return }
        isAtTurnEnd = true
        server.thread.atTurnEnd(self)
    }

    /// Gives everything back. The handler, if any, has been told before or is told by the caller.
    func close() {
        guard let watch else { return }
        state.closed()
        self.watch = nil
        server.thread.unwatch(watch, fd: fd)
        if let timer { server.thread.removeTimer(timer) }
        timer = nil
        // What the kernel takes now may still reach the client; nothing else can be done for it.
        _ = output.flush(to: fd)
        output.discard()
        inbound = []
        Socket.close(fd)
        server.closed(self)
    }

    /// Ends the connection for the sake of a shutdown whose time is over.
    func shutDownNow() {
        let cancelled = exchange
        exchange = nil
        close()
        cancelled?.cancelled(.shutdown)
    }

    /// The server drains: idle connections end now, the others with their answer.
    func drain() { perform(state.stop()) }

    // MARK: Interest and deadlines

    func updateInterest() {
        guard let watch else { return }
        var wanted: Readiness = []
        let paused = bodyPaused && state.request == .body
        if !state.inputEnded, !paused, inbound.count < Self.inboundLimit { wanted.insert(.readable) }
        if isBlocked { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        server.thread.change(watch, fd: fd, to: wanted)
    }

    func setDeadline(milliseconds: Int) {
        if let timer { server.thread.setTimer(timer, to: now.advanced(milliseconds: milliseconds)) }
    }

    func setDeadline(_ deadline: MonotonicTime) {
        if let timer { server.thread.setTimer(timer, to: deadline) }
    }

    func clearDeadline() {
        if let timer { server.thread.clearTimer(timer) }
    }
}

extension HTTP1Connection: Watcher {
    func ready(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.writable, .failed]) { becameWritable() }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .failed]) { readInput() }
    }
}

extension HTTP1Connection: TimerTarget {
    func timerFired() {
        if isBlocked {
            let cancelled = exchange
            exchange = nil
            close()
            cancelled?.cancelled(.writeStalled)
            return
        }
        switch state.request {
        case .idle, .draining, .lingering: perform(.close)
        case .head: refuse(RequestRefusal(.headerTimeout))
        case .body: if !bodyPaused { refuse(RequestRefusal(.bodyTimeout)) }
        case .complete, .closed: break
        }
    }
}

extension HTTP1Connection: TurnEnd {
    func turnEnded() {
        isAtTurnEnd = false
        if needsProcessing {
            needsProcessing = false
            processInbound()
        }
        guard watch != nil else { return }
        flushOutput()
    }

    /// Sends what is there and does what was to follow.
    func flushOutput() {
        switch output.flush(to: fd) {
        case .failed:
            perform(state.inputEnded(failed: true))
        case .blocked:
            isBlocked = true
            setDeadline(milliseconds: server.settings.writeIdleInMillis)
            updateInterest()
        case .drained:
            isBlocked = false
            afterDraining()
        }
    }

    private func afterDraining() {
        if closesAfterFlush { return perform(.close) }
        switch state.request {
        case .lingering:
            if !hasShutDown {
                hasShutDown = true
                Socket.shutdownWrite(fd)
                setDeadline(milliseconds: Self.lingerInMillis)
            }
        case .idle:
            if state.requests > 0 { setDeadline(milliseconds: server.settings.keepAliveInMillis) }
        default: break
        }
        updateInterest()
    }

    private func becameWritable() {
        guard isBlocked else { return }
        flushOutput()
        guard watch != nil, wasHeldBack, output.count <= Self.lowWater else { return }
        wasHeldBack = false
        if !isBlocked { clearDeadline() }
        exchange?.becameWritable()
    }
}
