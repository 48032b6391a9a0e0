import EventLoop
import HTTP
import Server

/// One admitted request whose body must be there before its integration can be asked: a model checks it, or a mapping
/// looks into it. Then it goes on as if nothing had been.
final class CollectingExchange: ExchangeHandler {
    private var exchange: Exchange
    private let step: PipelineStep
    private let handler: GatewayHandler
    private let began: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var body: [UInt8] = []
    private var next: (any ExchangeHandler)?

    /// API Gateway's limit for payloads, where the server's own is higher.
    private static let bodyLimit: UInt64 = 10_485_760

    init(
        _ exchange: consuming Exchange, _ step: PipelineStep, on stream: any ExchangeStream,
        by handler: GatewayHandler, _ began: MonotonicTime
    ) {
        self.exchange = exchange
        self.step = step
        self.stream = stream
        self.handler = handler
        self.began = began
    }

    func received(body piece: Span<UInt8>) {
        if let next { return next.received(body: piece) }
        guard stream != nil else { return }
        var length = UInt64(body.count + piece.count)
        if case .length(let announced) = exchange.head.framing { length = max(length, announced) }
        if length > Self.bodyLimit { return fail(.refused(RequestRefusal(.bodyTooLarge))) }
        body.append(piece)
    }

    func requestEnded() {
        if let next { return next.requestEnded() }
        guard let stream else { return }
        if let failure = exchange.route?.validator.checkBody(body, exchange) { return fail(failure) }
        self.stream = nil
        let collected = body
        body = []
        next = handler.begin(step, &exchange, body: collected, on: stream, began)
        if !collected.isEmpty { next?.received(body: collected.span) }
        next?.requestEnded()
    }

    func becameWritable() { next?.becameWritable() }

    func cancelled(_ cause: ExchangeCancellation) {
        if let next { return next.cancelled(cause) }
        guard stream != nil else { return }
        stream = nil
        exchange.cancelled(by: cause)
        exchange.capture?.requestBodyIsIncomplete()
        end()
    }

    private func fail(_ failure: GatewayFailure) {
        guard let stream else { return }
        self.stream = nil
        exchange.failure = failure
        exchange.bytesIn = UInt64(body.count)
        exchange.capture?.appendRequest(body.span)
        body = []
        handler.answer(failure, &exchange, on: stream)
        end()
    }

    private func end() {
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        handler.record(&exchange)
    }
}
