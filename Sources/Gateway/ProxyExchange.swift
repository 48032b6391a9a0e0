import EventLoop
import HTTP
import Routes
import Server
import Tokens
import Upstream

/// One admitted request between its client and its backend: bodies both ways, back-pressure, exactly one answer.
final class ProxyExchange: ExchangeHandler, TransferSink {
    private var exchange: Exchange
    // Beside the exchange, which is lent to others: what changes with each piece of a body is changed without asking
    // who else holds it.
    private var bytesIn: UInt64 = 0
    private var bytesOut: UInt64 = 0
    /// Perhaps captured, at least.
    private let isCaptured: Bool
    private let hasBody: Bool
    private let handler: GatewayHandler
    private let plan: HTTPProxyPlan
    /// The backend's answer while a mapping waits for its body.
    private var waiting: (head: ResponseHead, body: [UInt8])?
    /// The answer's status has no body, whatever the backend sends.
    private var dropsBody = false
    private let began: MonotonicTime
    private let forwarded: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var transfer: TransferID?
    private var hasAnswered = false
    private var requestIsComplete = false
    private var isOver = false
    /// The client's offer of a WebSocket has been handed on.
    private let asksUpgrade: Bool
    private var isTunnel = false

    private init(
        _ exchange: consuming Exchange, _ plan: HTTPProxyPlan, asksUpgrade: Bool, hasBody: Bool,
        on stream: any ExchangeStream,
        by handler: GatewayHandler, _ began: MonotonicTime
    ) {
        self.asksUpgrade = asksUpgrade
        // Asked of others than the exchange, which would be copied for it.
        isCaptured = handler.hasObserver
        self.hasBody = hasBody
        self.exchange = exchange
        self.exchange.lane = plan.address.lane
        self.plan = plan
        self.stream = stream
        self.handler = handler
        self.began = began
        forwarded = .now()
    }

    /// Starts the transfer; nil when it could not be started and the client has been answered.
    static func begin(
        _ exchange: consuming Exchange, _ request: consuming UpstreamRequest, _ plan: HTTPProxyPlan,
        on stream: any ExchangeStream, by handler: GatewayHandler, _ began: MonotonicTime
    ) -> ProxyExchange? {
        let proxy = ProxyExchange(
            exchange, plan, asksUpgrade: request.asksUpgrade, hasBody: request.body != .none, on: stream, by: handler,
            began)
        // What the client sends before it knows the answer is for a tunnel, and must not be read as a request.
        if request.asksUpgrade { stream.closeAfterAnswer() }
        proxy.transfer = handler.driver.start(request, to: plan.address, for: proxy)
        if proxy.transfer == nil {
            proxy.fail(UpstreamError(.overloaded))
            return nil
        }
        return proxy
    }

    // MARK: From the client

    func received(body: Span<UInt8>) {
        bytesIn += UInt64(body.count)
        if isCaptured, !isTunnel { exchange.capture?.appendRequest(body) }
        guard let transfer, !isOver else { return }
        if !handler.driver.send(body, to: transfer) { stream?.pauseBody() }
    }

    func requestEnded() {
        requestIsComplete = true
        guard let transfer, !isOver, hasBody else { return }
        handler.driver.endBody(of: transfer)
    }

    func tunnelInputEnded() {
        if let transfer, !isOver { handler.driver.endBody(of: transfer) }
    }

    func becameWritable() {
        if let transfer, !isOver { handler.driver.resume(transfer) }
    }

    func cancelled(_ cause: ExchangeCancellation) {
        guard !isOver else { return }
        if let transfer { handler.driver.cancel(transfer) }
        transfer = nil
        if isTunnel {
            exchange.tunnelEnd = TunnelEnd(cause)
        } else {
            exchange.cancelled(by: cause, hasAnswered: hasAnswered)
        }
        end()
    }

    // MARK: From the backend

    func transferInformed(_ head: ResponseHead) {
        // HTTP hands on what is mapped, and nothing before it.
        guard head.status == 103, plan.responses == nil else { return }
        stream?.inform(status: 103, fields: ResponseTransform.fields(of: head, exchange))
    }

    func transferAnswered(_ head: consuming ResponseHead) {
        guard stream != nil, !isOver else { return }
        exchange.upstreamStatus = head.status
        exchange.upstreamNanoseconds = MonotonicTime.now().since(forwarded)
        if head.status == 101 { return beginTunnel(head) }
        if plan.readsResponseBody, head.framing != .none {
            waiting = (head, [])
        } else {
            answer(head, body: nil)
        }
    }

    /// A 101 that proves nothing is no answer: the client would take what follows for a WebSocket.
    private func beginTunnel(_ head: ResponseHead) {
        guard let stream, asksUpgrade, let line = exchange.head.fields.first(.secWebSocketKey),
            WebSocketAnswer.isValid(
                head, accept: WebSocketAccept.value(forKey: exchange.head.fields.value(of: line)))
        else {
            if let transfer { handler.driver.cancel(transfer) }
            transfer = nil
            return fail(UpstreamError(.badAnswer, refusal: .webSocketInvalid))
        }
        isTunnel = true
        hasAnswered = true
        exchange.status = 101
        let fields = ResponseTransform.fields(ofTunnel: head, exchange)
        exchange.capture?.responseFields = fields
        stream.respond(
            status: 101, reason: [], fields: fields, body: .tunnel(until: handler.tunnelEnd(of: exchange.identity)))
    }

    /// Begins the answer to the client; `mapped` is the body where mappings look into it.
    private func answer(_ head: ResponseHead, body mapped: [UInt8]?) {
        guard let stream, !isOver else { return }
        let made: (status: UInt16, fields: [UInt8])
        do throws(MappingProblem) {
            made = try Self.make(head, mapped, &exchange, plan)
        } catch {
            if let transfer { handler.driver.cancel(transfer) }
            transfer = nil
            return refuse(error.failure)
        }
        hasAnswered = true
        exchange.status = made.status
        let hasNoBody = made.status == 204 || made.status == 304
        dropsBody = hasNoBody && head.framing != .none
        let body: AnswerBody
        switch head.framing {
        case _ where dropsBody: body = .none
        case .none where made.status == head.status || exchange.head.method == .head:
            // Without a word from the backend nobody knows what length a GET would tell (RFC 9110 §8.6).
            let isUnknown = hasNoBody || exchange.head.method == .head
            body = head.declaredLength.map { .lengthOnly($0) } ?? (isUnknown ? .none : .length(0))
        case .none: body = hasNoBody ? .none : .length(0)
        case .length(let length): body = .length(length)
        case .chunked, .untilClose: body = .stream
        }
        let fields = made.fields
        exchange.capture?.responseFields = fields
        // The usual phrase needs no copy: the server writes it by itself.
        let says = made.status == head.status && plan.responses == nil && !head.hasUsualReason
        let reason = says ? Array(head.reasonBytes) : []
        stream.respond(status: made.status, reason: reason, fields: fields, body: body)
    }

    /// Lends the exchange, because a property that is read would be copied for the call.
    private static func make(
        _ head: ResponseHead, _ body: [UInt8]?, _ exchange: inout Exchange, _ plan: HTTPProxyPlan
    ) throws(MappingProblem) -> (status: UInt16, fields: [UInt8]) {
        try ResponseTransform.answer(of: head, body: body, exchange, plan)
    }

    /// A body that mappings look into is kept; one that is longer goes on unread.
    private func keep(_ bytes: Span<UInt8>) -> Bool {
        waiting?.body.append(bytes)
        let limit = exchange.snapshot.apiType == .http ? MappedBody.limitHTTP : Self.bodyLimit
        guard let (head, body) = waiting, body.count > limit else { return true }
        waiting = nil
        answer(head, body: nil)
        return pass(body.span)
    }

    /// API Gateway's limit for payloads.
    private static let bodyLimit = 10_485_760

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        waiting == nil ? pass(bytes) : keep(bytes)
    }

    private func pass(_ bytes: Span<UInt8>) -> Bool {
        guard !isOver, !dropsBody else { return true }
        bytesOut += UInt64(bytes.count)
        if isCaptured, !isTunnel { exchange.capture?.appendResponse(bytes) }
        return stream?.write(bytes) ?? true
    }

    func transferWantsBody() { stream?.resumeBody() }

    func transferEnded(_ error: UpstreamError?) {
        guard !isOver else { return }
        transfer = nil
        if let error { return fail(error) }
        if let (head, body) = waiting {
            waiting = nil
            answer(head, body: body)
            guard !isOver else { return }
            _ = pass(body.span)
        }
        if isTunnel { exchange.tunnelEnd = .closed }
        stream?.finish()
        end()
    }

    // MARK: Ends

    private func refuse(_ failure: GatewayFailure) {
        exchange.failure = failure
        if let stream { handler.answer(failure, &exchange, on: stream) }
        end()
    }

    private func fail(_ error: UpstreamError) {
        exchange.failure = .upstream(error)
        if isTunnel { exchange.tunnelEnd = .broken }
        if hasAnswered {
            // Part of the answer is out: the client must be able to tell that the rest is missing.
            stream?.abort()
        } else if let stream {
            handler.answer(.upstream(error), &exchange, on: stream)
        }
        end()
    }

    private func end() {
        isOver = true
        stream = nil
        if isCaptured {
            if !requestIsComplete || isTunnel { exchange.capture?.requestBodyIsIncomplete() }
            if hasAnswered, exchange.failure != nil || isTunnel { exchange.capture?.responseBodyIsIncomplete() }
        }
        Self.close(&exchange, (bytesIn, bytesOut), MonotonicTime.now().since(began), by: handler)
    }

    /// Static, so that the exchange is asked for once.
    private static func close(
        _ exchange: inout Exchange, _ bytes: (in: UInt64, out: UInt64), _ nanoseconds: UInt64,
        by handler: GatewayHandler
    ) {
        exchange.bytesIn += bytes.in
        exchange.bytesOut += bytes.out
        exchange.totalNanoseconds = nanoseconds
        handler.record(&exchange)
    }
}

extension TunnelEnd {
    init(_ cause: ExchangeCancellation) {
        self =
            switch cause {
            case .clientGone, .writeStalled, .refused: .clientGone
            case .shutdown: .shutdown
            case .tunnelIdle: .idle
            case .tunnelExpired: .expired
            }
    }
}
