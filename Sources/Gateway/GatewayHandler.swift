package import Authorizers
package import EventLoop
package import HTTP
import Routes
package import Server
import Tokens
import Upstream

/// The gate on one worker: takes requests from the server, decides them, and sends the admitted ones to their backend.
package final class GatewayHandler: RequestHandler {
    let thread: EventThread
    let functions: FunctionInvoker
    var driver: TransferDriver { functions.driver }
    private let box: SnapshotBox
    private let workspace: AuthorizerWorkspace
    private let log: AccessLog
    private let clock: any WallClock
    private let localPort: UInt16
    private var random: FastRandom
    private var snapshot: GatewaySnapshot
    private var generation: UInt64
    private var logIsDue = false
    private(set) var metrics = WorkerMetrics()
    private var parked = SlotTable<WaitingExchange>()
    /// Calls ``resume(_:)`` on this worker's thread, from any thread.
    let resumer: @Sendable (UInt64) -> Void
    private let observer: (any ExchangeObserver)?
    let hasObserver: Bool
    /// Checks slow signatures; made when the first one comes, nil when the system has no thread for it.
    private(set) lazy var verificationDesk = VerificationDesk.make(resumer)
    private var hasDesk = false
    private let forwarding = ForwardingLines()
    /// Text of the last peer's address: one client sends many requests.
    private var lastPeer: (address: SocketAddress, text: [UInt8], isTrusted: Bool)?

    package init(
        thread: EventThread, functions: FunctionInvoker, box: SnapshotBox, workspace: AuthorizerWorkspace,
        log: AccessLog,
        clock: any WallClock, localPort: UInt16, random: FastRandom, resumer: @escaping @Sendable (UInt64) -> Void,
        observer: (any ExchangeObserver)? = nil
    ) {
        self.thread = thread
        self.functions = functions
        self.box = box
        self.workspace = workspace
        self.log = log
        self.clock = clock
        self.localPort = localPort
        self.random = random
        self.resumer = resumer
        self.observer = observer
        hasObserver = observer != nil
        (snapshot, generation) = box.current()
    }

    package func received(
        _ head: consuming RequestHead, on stream: any ExchangeStream
    ) -> (any ExchangeHandler)? {
        adoptSnapshot()
        metrics.began()
        let (peer, isTrusted) = describe(stream.peer)
        let id = RequestID(using: &random)
        let began = MonotonicTime.now()
        let client = isTrusted ? clientAddress(head, peer) : peer
        return decide(
            Exchange(
                id: id, snapshot: snapshot, head: head, client: client, peer: peer, isSecure: stream.isSecure,
                isPeerTrusted: isTrusted, localPort: localPort, receivedAt: clock.now(),
                uptime: snapshot.asksUptime ? clock.uptime : 0),
            on: stream, began)
    }

    /// The first decision. The exchange is given on and not copied.
    private func decide(
        _ exchange: consuming Exchange, on stream: any ExchangeStream, _ began: MonotonicTime
    ) -> (any ExchangeHandler)? {
        // Slow signatures are not checked on this thread.
        exchange.verifications = []
        if let limit = observer?.capturedBodyBytes { exchange.capture = ExchangeCapture(limit: limit) }
        let step = RequestPipeline.run(&exchange, in: workspace, isFinal: false, counts: true)
        // Where nearly every request goes. A body that is looked into must be there first.
        if case .forward(let plan) = step, exchange.route?.readsBody != true {
            return forward(consume exchange, plan, body: [], on: stream, began)
        }
        switch step {
        case .wait, .ask, .verify: return WaitingExchange.begin(exchange, step, on: stream, by: self, began)
        default: break
        }
        return carryOut(step, &exchange, on: stream, began)
    }

    /// Does what the pipeline says; nil when the client has been answered.
    func carryOut(
        _ step: PipelineStep, _ exchange: inout Exchange, on stream: any ExchangeStream, _ began: MonotonicTime
    ) -> (any ExchangeHandler)? {
        switch step {
        case .respond(let failure): answer(failure, &exchange, on: stream)
        case .preflight(let preflight): answer(preflight, &exchange, on: stream)
        case .mock, .forward, .invoke:
            // A body that is looked into must be there first.
            if exchange.route?.readsBody == true {
                return CollectingExchange(exchange, step, on: stream, by: self, began)
            }
            return begin(step, &exchange, body: [], on: stream, began)
        case .wait, .ask, .verify:
            // Asked for a final word, the pipeline does not wait; if it did, nothing may pass.
            exchange.failure = .unauthorized(.internal)
            answer(.unauthorized(.internal), &exchange, on: stream)
        }
        conclude(&exchange, began)
        return nil
    }

    /// Asks the integration; nil when the client has been answered. `body` is the whole body where it was collected.
    func begin(
        _ step: PipelineStep, _ exchange: inout Exchange, body: [UInt8], on stream: any ExchangeStream,
        _ began: MonotonicTime
    ) -> (any ExchangeHandler)? {
        switch step {
        case .mock(let response, let fields): answer(response, fields, &exchange, on: stream)
        case .forward(let plan): return forward(exchange, plan, body: body, on: stream, began)
        case .invoke(let plan): return FunctionExchange(exchange, plan, on: stream, by: self, began)
        case .respond, .preflight, .wait, .ask, .verify:
            exchange.failure = .unauthorized(.internal)
            answer(.unauthorized(.internal), &exchange, on: stream)
        }
        conclude(&exchange, began)
        return nil
    }

    private func forward(
        _ exchange: consuming Exchange, _ plan: HTTPProxyPlan, body: [UInt8], on stream: any ExchangeStream,
        _ began: MonotonicTime
    ) -> (any ExchangeHandler)? {
        guard let request = request(for: &exchange, plan, body: body, on: stream, began) else { return nil }
        return ProxyExchange.begin(consume exchange, request, plan, on: stream, by: self, began)
    }

    /// What the backend is asked; nil when it cannot be made and the client has been answered. By itself, so that the
    /// exchange has one way through ``forward(_:_:body:on:_:)`` and is not copied there.
    private func request(
        for exchange: inout Exchange, _ plan: HTTPProxyPlan, body: [UInt8], on stream: any ExchangeStream,
        _ began: MonotonicTime
    ) -> UpstreamRequest? {
        do throws(MappingProblem) {
            return try RequestTransform.make(exchange, plan, body: body, forwarding: forwarding)
        } catch {
            exchange.failure = error.failure
            answer(error.failure, &exchange, on: stream)
            conclude(&exchange, began)
            return nil
        }
    }

    /// What was answered here is over.
    private func conclude(_ exchange: inout Exchange, _ began: MonotonicTime) {
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        if exchange.head.framing != .none { exchange.capture?.requestBodyIsIncomplete() }
        record(&exchange)
    }

    /// The pipeline's last word on an exchange that has waited, or the next one when not `isFinal`.
    func decideFinally(_ exchange: inout Exchange, isFinal: Bool = true) -> PipelineStep {
        exchange.uptime = clock.uptime
        return RequestPipeline.run(&exchange, in: workspace, isFinal: isFinal, counts: true)
    }

    /// When a tunnel must end because the token that opened it holds no longer; nil where no token was verified.
    func tunnelEnd(of identity: AuthorizedIdentity?) -> MonotonicTime? {
        guard let token = identity?.token, token.validUntil.isFinite else { return nil }
        let now = clock.now()
        let rest = token.validUntil - Double(now.seconds) - Double(now.nanoseconds) / 1e9
        return thread.now.advanced(milliseconds: Int(min(max(rest, 0) * 1000, 1e15)))
    }

    var cachedTokens: Int { workspace.cachedTokens }

    /// Seconds by which results are kept.
    var uptime: Double { clock.uptime }

    // MARK: Waiting

    /// Remembers an exchange that waits; the number finds it again.
    func park(_ exchange: WaitingExchange) -> UInt64 {
        let (slot, generation) = parked.insert(exchange)
        return UInt64(generation) << 32 | UInt64(slot)
    }

    @discardableResult
    func unpark(_ number: UInt64) -> WaitingExchange? {
        parked.remove(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32))
    }

    /// Has a slow signature checked for a parked exchange; nil when that cannot be had, and when too many wait.
    func verify(
        _ question: SlowVerification, for number: UInt64, connection: UInt64, client: [UInt8]
    ) -> VerificationDesk.Ticket? {
        hasDesk = true
        return verificationDesk?.ask(question, for: number, connection: connection, client: client)
    }

    /// Gives the thread for signatures back.
    package func shutDown() { if hasDesk { verificationDesk?.stop() } }

    /// What an exchange waited for has come, or will not come. Unknown numbers are exchanges that have ended.
    package func resume(_ number: UInt64) { unpark(number)?.resumed() }

    // MARK: Answers

    /// Writes the gateway's own answer for a failure.
    func answer(_ failure: GatewayFailure, _ exchange: inout Exchange, on stream: any ExchangeStream) {
        let answer = GatewayAnswer.make(failure, exchange)
        send(answer.status, answer.fields, answer.body, &exchange, on: stream)
    }

    private func answer(_ preflight: PreflightAnswer, _ exchange: inout Exchange, on stream: any ExchangeStream) {
        var fields = preflight.fields
        ResponseTransform.appendIdentifiers(exchange.id, exchange.snapshot, to: &fields)
        send(preflight.status, fields, [], &exchange, on: stream)
    }

    private func answer(
        _ mock: MockResponse, _ fields: [UInt8], _ exchange: inout Exchange, on stream: any ExchangeStream
    ) {
        let all = ResponseTransform.fields(ofMock: fields, hasContentType: mock.hasContentType, exchange)
        send(UInt16(clamping: mock.statusCode), all, mock.body, &exchange, on: stream)
    }

    private func send(
        _ status: UInt16, _ fields: [UInt8], _ body: [UInt8], _ exchange: inout Exchange, on stream: any ExchangeStream
    ) {
        exchange.status = status
        var fields = fields
        ResponseTransform.appendDebug(exchange, to: &fields)
        // REST answers HEAD without a length of the body it leaves out.
        let length = exchange.head.method == .head ? 0 : UInt64(body.count)
        exchange.capture?.responseFields = fields
        stream.respond(status: status, reason: [], fields: fields, body: .length(length))
        if length > 0 {
            exchange.capture?.appendResponse(body.span)
            stream.write(body.span)
        }
        stream.finish()
        exchange.bytesOut = length
    }

    package func refused(_ refusal: RequestRefusal, by peer: SocketAddress) {
        metrics.refused(status: refusal.status)
        log.recordRefusal(refusal, from: describe(peer).0, at: clock.now())
        askForFlush()
    }

    package func answer(to refusal: RequestRefusal) -> RefusalAnswer {
        adoptSnapshot()
        let response = FailureMapping.response(to: .refused(refusal), apiType: snapshot.apiType)
        var fields = response.fields
        if refusal.status == 405 { fields += Array("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n".utf8) }
        if refusal.status == 426 { fields += Array("Sec-WebSocket-Version: 13\r\n".utf8) }
        ResponseTransform.appendIdentifiers(RequestID(using: &random), snapshot, to: &fields)
        return RefusalAnswer(fields: fields, body: response.body)
    }

    // MARK: Record

    /// Lent as `inout`, because a property that is read would be copied for the call.
    func record(_ exchange: inout Exchange) {
        metrics.ended(exchange)
        log.record(exchange)
        if exchange.capture != nil { observer?.observed(exchange) }
        askForFlush()
    }

    private func askForFlush() {
        guard !logIsDue else { return }
        logIsDue = true
        thread.atTurnEnd(self)
    }

    // MARK: Context

    /// Takes the newest configuration; one atomic read when nothing has changed.
    private func adoptSnapshot() {
        guard box.generation != generation else { return }
        (snapshot, generation) = box.current()
        lastPeer = nil
        log.adopt(snapshot)
    }

    private func describe(_ address: SocketAddress) -> ([UInt8], Bool) {
        if let lastPeer, lastPeer.address.isSameHost(as: address) { return (lastPeer.text, lastPeer.isTrusted) }
        let text = Array(address.host.utf8)
        let octets = address.octets ?? []
        let isTrusted = snapshot.document.server.trustedProxies.contains { $0.contains(octets) }
        lastPeer = (address, text, isTrusted)
        return (text, isTrusted)
    }

    private func clientAddress(_ head: borrowing RequestHead, _ peer: [UInt8]) -> [UInt8] {
        let blocks = snapshot.document.server.trustedProxies
        return Array(
            ForwardedFor.clientAddress(head.fields, peer: peer[...]) { text in
                guard let octets = SocketAddress.octets(of: String(decoding: text, as: UTF8.self)) else { return false }
                return blocks.contains { $0.contains(octets) }
            })
    }
}

extension GatewayHandler: TurnEnd {
    package func turnEnded() {
        logIsDue = false
        log.flush()
    }
}
