import CPlatform
import EventLoop
import HTTP
import Server

/// One process of a function with everything that belongs to it: its port of the Runtime API, the lifeline that ends it,
/// and what it prints. Lives on the host's thread.
final class ExecutionEnvironment {
    /// Who is told what happens.
    protocol Owner: AnyObject {
        func asksForWork(_ environment: ExecutionEnvironment) -> FunctionPool.Reception
        func lostNext(_ environment: ExecutionEnvironment)
        func answers(
            _ environment: ExecutionEnvironment, _ requestID: String, _ outcome: InvocationOutcome
        ) -> FunctionPool.Reception
        func cannotStart(_ environment: ExecutionEnvironment, _ outcome: InvocationOutcome) -> FunctionPool.Reception
        func ended(_ environment: ExecutionEnvironment, _ end: ProcessEnd)
        func failedToStart(_ environment: ExecutionEnvironment, code: Int32)
        func printed(_ environment: ExecutionEnvironment, _ line: [UInt8])
        func noted(_ environment: ExecutionEnvironment, _ sentence: String)
    }

    let number: UInt64
    let function: String
    /// The invocation that its lines belong to.
    var requestID: String?
    private let thread: EventThread
    private weak var owner: (any Owner)?
    private let server: HTTPServer
    private let endpoint: RuntimeEndpoint
    private let socket: ListeningSocket
    private var next: (any ExchangeStream)?
    private var lifeline: Int32 = -1
    private var output: Int32 = -1
    private var lifelineWatch = WatchID.none
    private var outputWatch = WatchID.none
    private var grace: TimerID?
    private var lines = LineSplitter()
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var isOver = false

    /// After the process was asked to end, as in Lambda.
    private static let graceMilliseconds = 500

    /// Opens a port for it; nothing runs before ``launch(_:through:)``.
    init(
        number: UInt64, function: String, thread: EventThread, owner: any Owner,
        wallSeconds: @escaping @Sendable () -> Int64
    ) throws(SystemError) {
        self.number = number
        self.function = function
        self.thread = thread
        self.owner = owner
        endpoint = RuntimeEndpoint()
        // A runtime waits for work as long as there is none; its limits are those of the invocation.
        let forever = 365 * 86_400_000
        let settings = ServerSettings(
            headLimits: HeadLimits(headerBytes: 2 << 20, headerCount: 200), bodyBytes: 0, connections: 64,
            headerInMillis: forever, bodyIdleInMillis: forever, bodyMinimumBytesPerSecond: 0,
            keepAliveInMillis: forever, writeIdleInMillis: forever, drainInMillis: 0)
        server = HTTPServer(
            thread: thread, settings: settings, handler: endpoint, announcesKeepAlive: false, wallSeconds: wallSeconds)
        guard let loopback = SocketAddress(host: "127.0.0.1", port: 0) else {
            throw SystemError(code: 99, call: "bind")
        }
        socket = try ListeningSocket(loopback, backlog: 64)
        try server.listen(on: socket)
        endpoint.serve(self)
    }

    /// What the process finds in `AWS_LAMBDA_RUNTIME_API`.
    var address: String { "127.0.0.1:\(port)" }
    var port: UInt16 { socket.address.port }

    func launch(_ request: [UInt8], through supervisor: Int32) throws(SystemError) {
        var life: Int32 = -1
        var out: Int32 = -1
        let code = unsafe request.withUnsafeBytes { bytes in
            unsafe gh_supervisor_launch(supervisor, bytes.baseAddress, bytes.count, &life, &out)
        }
        if code != 0 { throw SystemError(code: code, call: "sendmsg") }
        lifeline = life
        output = out
        lifelineWatch = try thread.watch(life, for: .readable, LifelineWatcher(self))
        outputWatch = try thread.watch(out, for: .readable, OutputWatcher(self))
    }

    // MARK: Work

    /// Answers the waiting `next`.
    func deliver(requestID: String, fields: [UInt8], event: [UInt8]) {
        self.requestID = requestID
        guard let stream = next else { return }
        next = nil
        RuntimeEndpoint.answer(200, fields: fields, event, on: stream)
    }

    func asksForWork(on stream: any ExchangeStream) -> (any ExchangeHandler)? {
        // The work may come while the owner is asked.
        let former = next
        next = stream
        switch owner?.asksForWork(self) ?? .wrongState {
        case .accepted: return NextWatcher(self, stream)
        case .unknownRequest, .wrongState:
            next = former
            RuntimeEndpoint.refuse(
                403, "InvalidStateTransition", "work is asked for already, or not yet done", on: stream)
            return nil
        }
    }

    fileprivate func lost(_ stream: any ExchangeStream) {
        guard next === stream else { return }
        next = nil
        owner?.lostNext(self)
    }

    func answers(_ requestID: String, _ outcome: InvocationOutcome) -> FunctionPool.Reception {
        owner?.answers(self, requestID, outcome) ?? .unknownRequest
    }

    func cannotStart(_ outcome: InvocationOutcome) -> FunctionPool.Reception {
        owner?.cannotStart(self, outcome) ?? .wrongState
    }

    func note(_ sentence: String) { owner?.noted(self, sentence) }

    // MARK: The end

    /// Asks the process to end and kills it after a while, or kills it now. Its end is reported later.
    func end(atOnce: Bool) {
        guard lifeline >= 0, !isOver else { return }
        if atOnce { return kill() }
        gh_lifeline_terminate(lifeline)
        guard grace == nil else { return }
        let timer = thread.makeTimer(GraceTimer(self))
        thread.setTimer(timer, to: thread.now.advanced(milliseconds: Self.graceMilliseconds))
        grace = timer
    }

    /// The keeper tells when nothing is left; so the end is seen also of a process that has closed its output.
    fileprivate func kill() { if lifeline >= 0 { gh_lifeline_kill(lifeline) } }

    private func closeLifeline() {
        guard lifeline >= 0 else { return }
        thread.unwatch(lifelineWatch, fd: lifeline)
        Socket.close(lifeline)
        lifeline = -1
    }

    fileprivate func lifelineIsReady() {
        var event = gh_life_event()
        while lifeline >= 0 {
            switch unsafe gh_lifeline_read(lifeline, &event) {
            case Int32(GH_LIFE_EVENT): received(event)
            case Int32(GH_LIFE_ENDED): return over(.unseen)
            default: return
            }
        }
    }

    private func received(_ event: gh_life_event) {
        switch Int(event.kind) {
        case GH_LIFE_STARTED: break
        case GH_LIFE_FAILED:
            guard !isOver else { return }
            release()
            owner?.failedToStart(self, code: event.value)
        default: over(ProcessEnd(waitStatus: event.value))
        }
    }

    fileprivate func outputIsReady() {
        // One buffer a turn: a process that prints without end must not hold up the others.
        let count = read()
        if count > 0 { return }
        if count == 0 || count != -11 {
            // A process may live on without output.
            closeOutput()
        }
    }

    private func read() -> Int {
        guard output >= 0 else { return -11 }
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe gh_read(output, $0.baseAddress, $0.count) }
        if count > 0 { lines.append(buffer[..<count]) { owner?.printed(self, $0) } }
        return count
    }

    private func over(_ end: ProcessEnd) {
        guard !isOver else { return }
        // What it printed last is often the reason.
        for _ in 0..<64 where output >= 0 { if read() <= 0 { break } }
        release()
        owner?.ended(self, end)
    }

    private func release() {
        isOver = true
        closeLifeline()
        closeOutput()
        if let grace { thread.removeTimer(grace) }
        grace = nil
        next = nil
        server.drain {}
    }

    private func closeOutput() {
        guard output >= 0 else { return }
        lines.finish { owner?.printed(self, $0) }
        thread.unwatch(outputWatch, fd: output)
        Socket.close(output)
        output = -1
    }
}

/// Notices that a runtime no longer waits for work.
private final class NextWatcher: ExchangeHandler {
    private let environment: ExecutionEnvironment
    private let stream: any ExchangeStream

    init(_ environment: ExecutionEnvironment, _ stream: any ExchangeStream) {
        self.environment = environment
        self.stream = stream
    }

    func received(body: Span<UInt8>) {}
    func requestEnded() {}
    func becameWritable() {}
    func cancelled(_ cause: ExchangeCancellation) { environment.lost(stream) }
}

private final class LifelineWatcher: Watcher {
    private weak var environment: ExecutionEnvironment?
    init(_ environment: ExecutionEnvironment) { self.environment = environment }
    func ready(_ readiness: Readiness) { environment?.lifelineIsReady() }
}

private final class OutputWatcher: Watcher {
    private weak var environment: ExecutionEnvironment?
    init(_ environment: ExecutionEnvironment) { self.environment = environment }
    func ready(_ readiness: Readiness) { environment?.outputIsReady() }
}

private final class GraceTimer: TimerTarget {
    private weak var environment: ExecutionEnvironment?
    init(_ environment: ExecutionEnvironment) { self.environment = environment }
    func timerFired() { environment?.kill() }
}
