import EventLoop
import HTTP

/// One client connection: a socket, its parser, its pure state, and the handler of the exchange in progress.
///
/// This file holds the life of the connection; reading is in `HTTP1Connection+Reading`, answering in
/// `HTTP1Connection+Answering`. Everything runs on the worker's thread.
final class HTTP1Connection {
    let server: HTTPServer
    // The server's own, at hand here: what is reached through two objects is counted for each call.
    let thread: EventThread
    let scratch: ReadScratch
    let handler: any RequestHandler
    let fd: Int32
    let peer: SocketAddress
    let connectionNumber: UInt64
    let slot: (slot: UInt32, generation: UInt32)

    var state = HTTP1State()
    var partialHead: PartialHead?

    // Input that could not be used yet: an incomplete head, or requests behind the one in progress.
    var inbound: [UInt8] = []
    /// Bytes at the front of `inbound` that have been used.
    var inboundStart = 0
    var isProcessing = false
    var needsProcessing = false
    /// While bytes are processed: how many follow those that were used.
    var bytesBehind = 0

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
    let output = OutputBuffer()
    var isBlocked = false
    var wasHeldBack = false
    /// Requests wait in `inbound` for the client to take earlier answers.
    var isHoldingRequests = false
    var answerBody = AnswerBody.none
    var answerRemaining: UInt64 = 0
    var isChunked = false
    var bodySuppressed = false
    var endsByClosing = false
    /// When a tunnel ends at the latest.
    var tunnelEnd = MonotonicTime.distantFuture
    private var hasToldTunnelEnd = false

    private var watch: WatchID?
    /// Bytes in the kernel that the client had not taken when it was last looked.
    private var queuedOutput = 0
    private var timer: TimerID?
    private var interest: Readiness = []
    private var isAtTurnEnd = false
    private var closesAfterFlush = false
    private var hasShutDown = false

    // Deadlines in nanoseconds of the monotonic clock, `never` for none: plain numbers, compared with every request.
    private var inputDeadline = UInt64.max
    private var outputDeadline = UInt64.max
    /// What the timer stands at: the nearer of both, or a time before. A deadline that moves away leaves it where it is,
    /// because nearly all do with every request; the timer finds out when it fires.
    private var armed = UInt64.max
    private static let never = UInt64.max

    /// Bytes of input held back while an answer is awaited.
    static let inboundLimit = 65_536
    /// Unsent bytes at which the handler is asked to wait, and at which it is called again.
    static let highWater = 131_072
    static let lowWater = 32_768
    /// How long and how much is read from a client that was told to go.
    private static let lingerInMillis = 2000
    /// How long a stopping server waits for a request that an idle client may just be sending.
    private static let lastRequestInMillis = 200

    init(
        server: HTTPServer, fd: Int32, peer: SocketAddress, number: UInt64, slot: (slot: UInt32, generation: UInt32)
    ) {
        self.server = server
        thread = server.thread
        scratch = server.scratch
        handler = server.handler
        self.fd = fd
        self.peer = peer
        connectionNumber = number
        self.slot = slot
    }

    /// Starts watching; false when the kernel refuses.
    func open() -> Bool {
        do throws(SystemError) {
            watch = try thread.watch(fd, for: .readable, self)
        } catch {
            return false
        }
        interest = .readable
        timer = thread.makeTimer(self)
        // A connection that never speaks is held to the deadline of a head.
        setDeadline(milliseconds: server.settings.headerInMillis)
        return true
    }

    var now: MonotonicTime { thread.now }

    /// Tells the state what has happened. It is changed in a local variable: handed to other functions in its place, every
    /// look at it would be guarded against simultaneous access at run time.
    @inline(__always)
    func advance<Result>(_ event: (inout HTTP1State) -> Result) -> Result {
        var next = state
        let result = event(&next)
        state = next
        return result
    }

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
            dropInput()
            closesAfterFlush = false
            askForTurnEnd()
        case .closeAfterFlush:
            exchange = nil
            dropInput()
            closesAfterFlush = true
            clearDeadline()
            askForTurnEnd()
        case .cancelAndClose:
            let cancelled = exchange
            perform(.closeAfterFlush)
            cancelled?.cancelled(.clientGone)
        case .closeNow:
            let cancelled = exchange
            exchange = nil
            close()
            cancelled?.cancelled(.clientGone)
        case .endTunnelInput: tellTunnelEnd()
        case .closeSoon: setDeadline(milliseconds: Self.lastRequestInMillis)
        case .close:
            exchange = nil
            close()
        case .closeBroken:
            exchange = nil
            // The end of the connection would otherwise be the regular end of such an answer.
            close(withReset: isDelimitedByClose)
        }
    }

    /// Tells the handler that the client's side of a tunnel has ended, when everything before it has been delivered.
    func tellTunnelEnd() {
        guard state.request == .tunnel, state.inputEnded, inbound.isEmpty, !hasToldTunnelEnd else { return }
        hasToldTunnelEnd = true
        exchange?.tunnelInputEnded()
    }

    /// Puts the end of a tunnel off; every byte that passes is a reason.
    func renewTunnel() {
        setDeadline(min(tunnelEnd, now.advanced(milliseconds: server.settings.tunnelIdleInMillis)))
    }

    /// Asks the server for one call when the turn ends, in which everything written is sent at once.
    func askForTurnEnd() {
        guard !isAtTurnEnd, watch != nil else { return }
        isAtTurnEnd = true
        thread.atTurnEnd(self)
    }

    /// Gives everything back. The handler, if any, has been told before or is told by the caller.
    func close(withReset: Bool = false) {
        guard let watch else { return }
        advance { $0.closed() }
        self.watch = nil
        thread.unwatch(watch, fd: fd)
        if let timer { thread.removeTimer(timer) }
        timer = nil
        // What the kernel takes now may still reach the client; nothing else can be done for it.
        if !withReset { _ = output.flush(to: fd) }
        output.discard()
        dropInput()
        if withReset { Socket.closeWithReset(fd) } else { Socket.close(fd) }
        server.closed(self)
    }

    /// Ends the connection for the sake of a shutdown whose time is over.
    func shutDownNow() {
        let cancelled = exchange
        exchange = nil
        close(withReset: isDelimitedByClose)
        cancelled?.cancelled(.shutdown)
    }

    /// The server drains: idle connections end in a moment, the others with their answer.
    func drain() { perform(advance { $0.stop() }) }

    private func dropInput() {
        inbound = []
        inboundStart = 0
    }

    /// Whether further requests must wait until the client takes more of the answers to the former ones.
    var isHeldUp: Bool { output.count >= Self.highWater }

    // MARK: Interest and deadlines

    func updateInterest() {
        guard let watch else { return }
        let paused = bodyPaused && (state.request == .body || state.request == .tunnel)
        let wanted = Readiness.watching(
            reads: !state.inputEnded && !paused && inbound.count - inboundStart < Self.inboundLimit, writes: isBlocked)
        guard !wanted.isSame(as: interest) else { return }
        interest = wanted
        thread.change(watch, fd: fd, to: wanted)
    }

    func setDeadline(milliseconds: Int) { setDeadline(now.advanced(milliseconds: milliseconds)) }

    /// The time by which the client must have sent what is awaited.
    func setDeadline(_ deadline: MonotonicTime) {
        inputDeadline = deadline.nanoseconds
        armTimer()
    }

    func clearDeadline() {
        inputDeadline = Self.never
    }

    /// The time by which the client must have taken some of the answer.
    private func setOutputDeadline(_ deadline: MonotonicTime) {
        outputDeadline = deadline.nanoseconds
        armTimer()
    }

    private func armTimer() {
        let next = min(inputDeadline, outputDeadline)
        guard next < armed, let timer else { return }
        armed = next
        thread.setTimer(timer, to: MonotonicTime(nanoseconds: next))
    }
}

extension HTTP1Connection: Watcher {
    func ready(_ readiness: Readiness) {
        if readiness.saysWrite { becameWritable() }
        if readiness.saysRead { readInput() }
        // Nothing is read behind the client's end, so the failure of such a connection would be reported for ever.
        if readiness.saysHangUp, state.inputEnded { perform(advance { $0.inputEnded(failed: true) }) }
    }
}

extension HTTP1Connection: TimerTarget {
    func timerFired() {
        armed = Self.never
        if outputDeadline <= now.nanoseconds {
            // What the client took may have been in the kernel's hands before, which can hold megabytes.
            let queued = Socket.queuedBytes(fd)
            if queued < queuedOutput {
                queuedOutput = queued
                return setOutputDeadline(now.advanced(milliseconds: server.settings.writeIdleInMillis))
            }
            let cancelled = exchange
            exchange = nil
            close(withReset: true)
            cancelled?.cancelled(.writeStalled)
            return
        }
        guard inputDeadline <= now.nanoseconds else { return armTimer() }
        inputDeadline = Self.never
        armTimer()
        switch state.request {
        case .idle, .draining: perform(advance { $0.waitedLongEnough() })
        case .lingering: perform(.close)
        // Stray line ends between two requests are no request that could be answered.
        case .head:
            if partialHead?.parser.hasStarted == true {
                refuse(RequestRefusal(.headerTimeout))
            } else {
                perform(advance { $0.waitedLongEnough() })
            }
        case .body: if !bodyPaused { refuse(RequestRefusal(.bodyTimeout)) }
        case .tunnel:
            let cancelled = exchange
            exchange = nil
            let cause: ExchangeCancellation = tunnelEnd <= now ? .tunnelExpired : .tunnelIdle
            perform(advance { $0.waitedLongEnough() })
            cancelled?.cancelled(cause)
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
        goOn()
    }

    /// Sends what is there and does what was to follow.
    func flushOutput() {
        let before = output.count
        switch output.flush(to: fd) {
        case .failed:
            perform(advance { $0.inputEnded(failed: true) })
        case .blocked:
            // Only bytes that the client took buy it more time.
            if !isBlocked || output.count < before {
                queuedOutput = Socket.queuedBytes(fd)
                setOutputDeadline(now.advanced(milliseconds: server.settings.writeIdleInMillis))
            }
            isBlocked = true
            updateInterest()
        case .drained:
            isBlocked = false
            outputDeadline = Self.never
            afterDraining()
        }
    }

    private func afterDraining() {
        if closesAfterFlush { return perform(.close) }
        output.shrink(to: state.request == .idle ? 4_096 : 262_144)
        switch state.request {
        case .lingering:
            if !hasShutDown {
                hasShutDown = true
                Socket.shutdownWrite(fd)
                setDeadline(milliseconds: Self.lingerInMillis)
            }
        case .idle:
            if state.requests > 0, !server.isDraining { setDeadline(milliseconds: server.settings.keepAliveInMillis) }
        default: break
        }
        updateInterest()
    }

    private func becameWritable() {
        guard isBlocked else { return }
        flushOutput()
        goOn()
    }

    /// Lets those continue who waited for the client to take its answer. Whoever flushes must come by here.
    private func goOn() {
        guard watch != nil, output.count <= Self.lowWater else { return }
        if wasHeldBack {
            wasHeldBack = false
            exchange?.becameWritable()
        }
        if isHoldingRequests {
            isHoldingRequests = false
            processInbound()
        }
    }
}
