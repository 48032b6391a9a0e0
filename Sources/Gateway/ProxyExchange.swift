import EventLoop
import HTTP
import Server
import Upstream

/// One admitted request between its client and its backend: bodies both ways, back-pressure, exactly one answer.
final class ProxyExchange: ExchangeHandler, TransferSink {
    private var exchange: Exchange
    private let handler: GatewayHandler
    private let began: MonotonicTime
    private let forwarded: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var transfer: TransferID?
    private var hasAnswered = false
    private var requestIsComplete = false
    private var isOver = false

    private init(
        _ exchange: consuming Exchange, on stream: any ExchangeStream, by handler: GatewayHandler,
        _ began: MonotonicTime
    ) {
        self.exchange = exchange
        self.stream = stream
        self.handler = handler
        self.began = began
        forwarded = .now()
    }

    /// Starts the transfer; nil when it could not be started and the client has been answered.
    static func begin(
        _ exchange: consuming Exchange, _ request: UpstreamRequest, _ plan: HTTPProxyPlan,
        on stream: any ExchangeStream, by handler: GatewayHandler, _ began: MonotonicTime
    ) -> ProxyExchange? {
        let proxy = ProxyExchange(exchange, on: stream, by: handler, began)
        proxy.transfer = handler.driver.start(request, to: plan.address, for: proxy)
        if proxy.transfer == nil {
            proxy.fail(UpstreamError(.overloaded))
            return nil
        }
        return proxy
    }

    // MARK: From the client

    func received(body: Span<UInt8>) {
        exchange.bytesIn += UInt64(body.count)
        exchange.capture?.appendRequest(body)
        guard let transfer, !isOver else { return }
        if !handler.driver.send(body, to: transfer) { stream?.pauseBody() }
    }

    func requestEnded() {
        requestIsComplete = true
        guard let transfer, !isOver, exchange.head.framing != .none else { return }
        handler.driver.endBody(of: transfer)
    }

    func becameWritable() {
        if let transfer, !isOver { handler.driver.resume(transfer) }
    }

    func cancelled(_ cause: ExchangeCancellation) {
        guard !isOver else { return }
        if let transfer { handler.driver.cancel(transfer) }
        transfer = nil
        exchange.cancelled(by: cause, hasAnswered: hasAnswered)
        end()
    }

    // MARK: From the backend

    func transferInformed(_ head: ResponseHead) {
        guard head.status == 103 else { return }
        stream?.inform(status: 103, fields: ResponseTransform.fields(of: head, exchange))
    }

    func transferAnswered(_ head: consuming ResponseHead) {
        guard let stream, !isOver else { return }
        hasAnswered = true
        exchange.status = head.status
        exchange.upstreamStatus = head.status
        exchange.upstreamNanoseconds = MonotonicTime.now().since(forwarded)
        let body: AnswerBody
        switch head.framing {
        case .none: body = head.declaredLength.map { .lengthOnly($0) } ?? (head.status == 204 ? .none : .length(0))
        case .length(let length): body = .length(length)
        case .chunked, .untilClose: body = .stream
        }
        let fields = ResponseTransform.fields(of: head, exchange)
        exchange.capture?.responseFields = fields
        stream.respond(status: head.status, reason: Array(head.reasonBytes), fields: fields, body: body)
    }

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        exchange.bytesOut += UInt64(bytes.count)
        exchange.capture?.appendResponse(bytes)
        return stream?.write(bytes) ?? true
    }

    func transferWantsBody() { stream?.resumeBody() }

    func transferEnded(_ error: UpstreamError?) {
        guard !isOver else { return }
        transfer = nil
        if let error { return fail(error) }
        stream?.finish()
        end()
    }

    // MARK: Ends

    private func fail(_ error: UpstreamError) {
        exchange.failure = .upstream(error)
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
        if !requestIsComplete { exchange.capture?.requestBodyIsIncomplete() }
        if hasAnswered, exchange.failure != nil { exchange.capture?.responseBodyIsIncomplete() }
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        handler.record(exchange)
    }
}
