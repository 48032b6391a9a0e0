import EventLoop
import Functions
import HTTP
import Routes
import Server
import Upstream

/// One admitted request whose backend is a function: the body is collected, the event goes out, the answer is
/// translated. Exactly one answer.
final class FunctionExchange: ExchangeHandler {
    private var exchange: Exchange
    private let handler: GatewayHandler
    private let plan: AWSProxyPlan
    private let began: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var body: [UInt8] = []
    private var call: FunctionCall?
    private var called = MonotonicTime(nanoseconds: 0)

    /// API Gateway's limit for payloads. The body is kept whole, so it holds where the server's own limit is higher.
    static let bodyLimit: UInt64 = 10_485_760

    init(
        _ exchange: consuming Exchange, _ plan: AWSProxyPlan, on stream: any ExchangeStream,
        by handler: GatewayHandler, _ began: MonotonicTime
    ) {
        self.exchange = exchange
        self.plan = plan
        self.stream = stream
        self.handler = handler
        self.began = began
    }

    func received(body piece: Span<UInt8>) {
        exchange.bytesIn += UInt64(piece.count)
        exchange.capture?.appendRequest(piece)
        guard stream != nil else { return }
        var length = UInt64(body.count + piece.count)
        if case .length(let announced) = exchange.head.framing { length = max(length, announced) }
        if length > Self.bodyLimit { return fail(.refused(RequestRefusal(.bodyTooLarge))) }
        body.append(piece)
    }

    func requestEnded() {
        guard stream != nil, call == nil else { return }
        // Mappings that API Gateway refuses for functions, and any verb but POST, make it answer 500.
        if plan.isRefusedByAWS(exchange.snapshot.apiType) { return fail(.mappingFailed) }
        let event = FunctionEvents.proxyEvent(exchange, plan, body: body)
        body = []
        called = .now()
        call = FunctionCall(
            plan.address, payload: event, traceID: exchange.traceID, timeoutInMillis: plan.timeoutInMillis,
            invoker: handler.functions
        ) { [weak self] outcome in
            self?.finished(outcome)
        }
    }

    func becameWritable() {}

    func cancelled(_ cause: ExchangeCancellation) {
        guard stream != nil else { return }
        stream = nil
        call?.cancel()
        call = nil
        exchange.cancelled(by: cause)
        exchange.capture?.requestBodyIsIncomplete()
        end()
    }

    private func finished(_ outcome: FunctionCall.Outcome) {
        call = nil
        guard let stream else { return }
        exchange.upstreamNanoseconds = MonotonicTime.now().since(called)
        switch outcome {
        case .timedOut: fail(.upstream(UpstreamError(.headTimeout)))
        case .tooLarge: fail(.functionFailed(reason: "answer_too_large", detail: FunctionCall.tooLargeText))
        case .refused(let status): fail(.functionNotPermitted(status))
        case .failed(let problem): fail(.functionFailed(reason: "function_unreachable", detail: problem))
        case .answered(let payload, let isFunctionError):
            switch FunctionEvents.proxyAnswer(payload, isFunctionError: isFunctionError, exchange, plan) {
            case .malformed(let problem):
                fail(
                    problem.code == .undecodableBody
                        ? .answerNotDecodable : .functionFailed(reason: problem.code.rawValue, detail: problem.sentence)
                )
            case .response(let response): answer(response, on: stream)
            }
        }
    }

    private func answer(_ response: FunctionResponse, on stream: any ExchangeStream) {
        self.stream = nil
        exchange.upstreamStatus = UInt16(clamping: response.status)
        let answer = ResponseTransform.answer(of: response, exchange, plan)
        exchange.status = answer.status
        let fields = answer.fields
        // A mapping may have made the status one that has no body.
        let isHead = exchange.head.method == .head || answer.status == 204 || answer.status == 304
        let length = UInt64(response.body.count)
        stream.respond(
            status: exchange.status, reason: [], fields: fields, body: .length(isHead ? 0 : length))
        exchange.capture?.responseFields = fields
        if !isHead {
            exchange.capture?.appendResponse(response.body.span)
            stream.write(response.body.span)
        }
        stream.finish()
        exchange.bytesOut = isHead ? 0 : length
        end()
    }

    private func fail(_ failure: GatewayFailure) {
        guard let stream else { return }
        self.stream = nil
        exchange.failure = failure
        handler.answer(failure, &exchange, on: stream)
        end()
    }

    private func end() {
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        handler.record(&exchange)
    }
}

extension AWSProxyPlan {
    /// Configurations that API Gateway accepts and then answers with 500.
    func isRefusedByAWS(_ apiType: ApiType) -> Bool {
        guard apiType == .rest else { return false }
        if let method = proxy.httpMethod, method != "POST" { return true }
        return proxy.requestParameters.contains { mapping in
            guard case .header(let name) = mapping.destination else { return false }
            return HeaderRules.refusedForFunctions.contains(FieldSyntax.id(of: name))
        }
    }
}
