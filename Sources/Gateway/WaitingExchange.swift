import Authorizers
import EventLoop
import HTTP
import Routes
import Server
import Tokens

/// A request that cannot be decided yet: a key may be on its way, a slow signature is being checked, or the authorizer's
/// function must be asked. Its body stays with the client until it is decided; then it goes on as if nothing had been.
final class WaitingExchange: ExchangeHandler {
    private var exchange: Exchange
    private let handler: GatewayHandler
    private let began: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var number: UInt64?
    private var timer: TimerID?
    private var call: FunctionCall?
    /// Others may wait for what the function says.
    private var isAskedForOthers = false
    private var asked = MonotonicTime(nanoseconds: 0)
    /// How often the function was waited for in vain because somebody else's call failed.
    private var waits = 0
    private var keyWait: KeyWait?
    /// Keys were waited for, which is done once.
    private var hasWaitedForKeys = false
    /// The check of a slow signature that is waited for.
    private var ticket: VerificationDesk.Ticket?
    private var requestIsComplete = false
    /// What goes on after the wait.
    private var next: (any ExchangeHandler)?

    /// Somebody else's answer is waited for at most this often before the function is asked for this request alone.
    private static let waitLimit = 2

    private init(
        _ exchange: consuming Exchange, on stream: any ExchangeStream, by handler: GatewayHandler,
        _ began: MonotonicTime
    ) {
        self.exchange = exchange
        self.stream = stream
        self.handler = handler
        self.began = began
    }

    /// Starts the wait that the pipeline asks for; the answer may also be complete when this returns.
    static func begin(
        _ exchange: consuming Exchange, _ step: PipelineStep, on stream: any ExchangeStream,
        by handler: GatewayHandler, _ began: MonotonicTime
    ) -> WaitingExchange {
        let waiting = WaitingExchange(exchange, on: stream, by: handler, began)
        stream.pauseBody()
        waiting.follow(step)
        return waiting
    }

    private var seconds: Double { Double(MonotonicTime.now().nanoseconds) / 1e9 }

    private func follow(_ step: PipelineStep) {
        switch step {
        case .wait(let wait): waitForKeys(wait)
        case .ask(let question, let address): ask(question, address)
        case .verify(let verification): verify(verification)
        default: finish(step)
        }
    }

    // MARK: Keys

    private func waitForKeys(_ wait: KeyWait) {
        keyWait = wait
        let resume = park()
        guard wait.begin(at: seconds, then: resume) else { return resumed() }
        setTimer(milliseconds: wait.limitInMillis)
    }

    // MARK: Slow signatures

    private func verify(_ verification: SlowVerification) {
        guard let stream else { return }
        let number = handler.park(self)
        self.number = number
        ticket = handler.verify(
            verification, for: number, connection: stream.connectionNumber, client: exchange.client)
        if ticket != nil { return }
        // Nobody passes unchecked because too many ask.
        unpark()
        exchange.failure = .unauthorized(.internal)
        finish(.respond(.unauthorized(.internal)))
    }

    /// Goes on with the answer.
    private func verified(_ number: UInt64) {
        ticket = nil
        guard let answer = handler.verificationDesk?.take(number) else {
            exchange.failure = .unauthorized(.internal)
            return finish(.respond(.unauthorized(.internal)))
        }
        exchange.verifications?.append(answer)
        let step = handler.decideFinally(&exchange, isFinal: hasWaitedForKeys)
        noteKeyMissing(step)
        follow(step)
    }

    private func noteKeyMissing(_ step: PipelineStep) {
        if case .respond(.unauthorized(.keyNotFound)) = step { keyWait?.wasInVain(at: seconds) }
    }

    // MARK: Functions

    private func ask(_ question: FunctionQuestion, _ address: FunctionAddress) {
        guard let key = question.key, waits < Self.waitLimit else { return call(question, address, ticket: nil) }
        let resume = park()
        switch question.authorizer.cache.look(up: key, at: handler.uptime, waiting: resume) {
        case .hit(let result):
            unpark()
            exchange.functionResults[ObjectIdentifier(question.authorizer)] = result
            follow(handler.decideFinally(&exchange))
        case .ask(let ticket):
            unpark()
            call(question, address, ticket: ticket)
        case .wait:
            waits += 1
            setTimer(milliseconds: exchange.snapshot.authorizerTimeoutInMillis + 1000)
        case .full:
            unpark()
            call(question, address, ticket: nil)
        }
    }

    /// With a ticket the answer goes to all who wait; it must be given back whatever happens.
    private func call(
        _ question: FunctionQuestion, _ address: FunctionAddress, ticket: AuthorizerResultCache.Ticket?
    ) {
        asked = .now()
        isAskedForOthers = ticket != nil
        let event = FunctionEvents.authorizerEvent(exchange, question)
        call = FunctionCall(
            address, payload: event, traceID: exchange.traceID,
            timeoutInMillis: exchange.snapshot.authorizerTimeoutInMillis, invoker: handler.functions
        ) { [self] outcome in
            call = nil
            let result = FunctionEvents.result(outcome, exchange, question)
            if let ticket {
                question.authorizer.cache.finish(
                    ticket, result, ttl: Double(question.authorizer.definition.resultTtlInSeconds), at: handler.uptime)
            }
            // The client may have gone meanwhile; those who wait for the same answer have not.
            guard stream != nil else { return }
            exchange.authorizerNanoseconds = MonotonicTime.now().since(asked)
            exchange.functionResults[ObjectIdentifier(question.authorizer)] = result
            follow(handler.decideFinally(&exchange))
        }
    }

    // MARK: Going on

    /// What was waited for has come, or will not come.
    func resumed() {
        let number = number
        unpark()
        guard stream != nil else { return }
        if ticket != nil, let number { return verified(number) }
        if keyWait != nil, !hasWaitedForKeys {
            hasWaitedForKeys = true
            // What was said of the signature was said by other keys.
            if exchange.verifications != nil { exchange.verifications = [] }
            let step = handler.decideFinally(&exchange)
            noteKeyMissing(step)
            // A function may have to be asked as well, or a signature checked.
            switch step {
            case .ask, .verify: return follow(step)
            default: return finish(step)
            }
        }
        follow(handler.decideFinally(&exchange))
    }

    private func finish(_ step: PipelineStep) {
        guard let stream else { return }
        self.stream = nil
        next = handler.carryOut(step, &exchange, on: stream, began)
        guard let next else { return }
        if requestIsComplete { next.requestEnded() } else { stream.resumeBody() }
    }

    private func park() -> @Sendable () -> Void {
        let number = handler.park(self)
        self.number = number
        let resumer = handler.resumer
        return { resumer(number) }
    }

    private func unpark() {
        if let number { handler.unpark(number) }
        number = nil
        if let timer { handler.thread.removeTimer(timer) }
        timer = nil
    }

    private func setTimer(milliseconds: Int) {
        let timer = handler.thread.makeTimer(self)
        handler.thread.setTimer(timer, to: handler.thread.now.advanced(milliseconds: milliseconds))
        self.timer = timer
    }

    // MARK: From the client

    func received(body: Span<UInt8>) { next?.received(body: body) }

    func requestEnded() {
        requestIsComplete = true
        next?.requestEnded()
    }

    func becameWritable() { next?.becameWritable() }

    func cancelled(_ cause: ExchangeCancellation) {
        if let next { return next.cancelled(cause) }
        guard stream != nil else { return }
        stream = nil
        if let ticket, let number { handler.verificationDesk?.cancel(ticket, for: number) }
        ticket = nil
        unpark()
        // A call that others wait for goes on; its completion keeps this object alive until then.
        if !isAskedForOthers { call?.cancel() }
        call = nil
        exchange.cancelled(by: cause)
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        handler.record(&exchange)
    }
}

extension WaitingExchange: TimerTarget {
    func timerFired() { resumed() }
}
