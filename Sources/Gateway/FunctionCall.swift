import EventLoop
import FunctionHost
import HTTP
import Upstream

/// One call of a function, through the Lambda Invoke API or of one that runs here: an event goes out, an answer comes back, within one deadline.
final class FunctionCall: TransferSink, TimerTarget {
    enum Outcome: Sendable {
        /// The payload, and whether the function says that it is an error (`X-Amz-Function-Error`).
        case answered([UInt8], isFunctionError: Bool)
        case timedOut
        /// More than Lambda lets a function answer; nothing beyond was read.
        case tooLarge
        /// The Invoke API knows no such function, or does not let the gateway call it.
        case refused(UInt16)
        /// The function could not be reached, or the other side does not speak the Invoke API.
        case failed(String)
    }

    private let invoker: FunctionInvoker
    private var completion: ((Outcome) -> Void)?
    private var transfer: TransferID?
    private var invocation: UInt64?
    private var timer: TimerID?
    private var status: UInt16 = 0
    private var isFunctionError = false
    private var answer: [UInt8] = []

    /// Lambda's limit for the payload of a synchronous answer, and a little for the protocol around it.
    private static let answerLimit = 6_291_556
    static let tooLargeText = "the answer has more than \(answerLimit) bytes, Lambda's limit"
    private static let errorHeader = Array("x-amz-function-error".utf8)

    /// The completion is called once, on this thread, from a later turn or before this returns.
    @discardableResult
    init(
        _ address: FunctionAddress, payload: [UInt8], traceID: [UInt8] = [], timeoutInMillis: Int,
        invoker: FunctionInvoker, completion: @escaping (Outcome) -> Void
    ) {
        self.invoker = invoker
        self.completion = completion
        let thread = invoker.thread
        let timer = thread.makeTimer(self)
        thread.setTimer(timer, to: thread.now.advanced(milliseconds: timeoutInMillis))
        self.timer = timer
        switch address.place {
        case .server(let backend, let target): send(payload, to: backend, target, timeoutInMillis)
        case .hosted(let plan): invoke(plan, payload, traceID)
        }
    }

    private func send(_ payload: [UInt8], to backend: BackendAddress, _ target: [UInt8], _ timeoutInMillis: Int) {
        let fields =
            "Host: \(backend.authority)\r\nContent-Type: application/json\r\nX-Amz-Invocation-Type: RequestResponse\r\n"
        let request = UpstreamRequest(
            method: .post, methodBytes: Array("POST".utf8), target: target, fields: Array(fields.utf8),
            body: .length(UInt64(payload.count)), headInMillis: timeoutInMillis, idleInMillis: timeoutInMillis)
        guard let transfer = invoker.driver.start(request, to: backend, for: self) else {
            return end(.failed("too many requests wait for the function"))
        }
        self.transfer = transfer
        // The driver keeps what it cannot send yet; an event is never larger than a request body may be.
        _ = invoker.driver.send(payload.span, to: transfer)
        invoker.driver.endBody(of: transfer)
    }

    private func invoke(_ plan: FunctionPlan, _ payload: [UInt8], _ traceID: [UInt8]) {
        invocation = invoker.invoke(plan, payload, traceID: traceID) { [self] outcome in
            invocation = nil
            switch outcome {
            case .payload(let bytes, _) where bytes.count > Self.answerLimit: end(.tooLarge)
            case .payload(let bytes, let isError): end(.answered(bytes, isFunctionError: isError))
            case .failed(let problem): end(.failed(problem))
            }
        }
        if invocation == nil { end(.failed("functions are not run here")) }
    }

    /// Gives the call up; the completion is not called.
    func cancel() {
        completion = nil
        end(.timedOut)
    }

    func transferInformed(_ head: ResponseHead) {}

    func transferAnswered(_ head: consuming ResponseHead) {
        status = head.status
        isFunctionError = head.fields.first(lowercasedName: Self.errorHeader) != nil
    }

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        if answer.count + bytes.count > Self.answerLimit {
            end(.tooLarge)
        } else {
            answer.append(bytes)
        }
        return true
    }

    func transferWantsBody() {}

    func transferEnded(_ error: UpstreamError?) {
        transfer = nil
        if let error {
            let isLate = error.kind == .headTimeout || error.kind == .idleTimeout
            return end(isLate ? .timedOut : .failed("the function cannot be reached: \(error.kind.rawValue)"))
        }
        if [401, 403, 404].contains(status) { return end(.refused(status)) }
        guard status == 200 else { return end(.failed("the Invoke API answered with status \(status)")) }
        end(.answered(answer, isFunctionError: isFunctionError))
    }

    func timerFired() { end(.timedOut) }

    private func end(_ outcome: Outcome) {
        if let transfer { invoker.driver.cancel(transfer) }
        transfer = nil
        if let invocation { invoker.giveUp(invocation) }
        invocation = nil
        if let timer { invoker.thread.removeTimer(timer) }
        timer = nil
        let completion = completion
        self.completion = nil
        completion?(outcome)
    }
}
