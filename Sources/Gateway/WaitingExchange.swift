import Authorizers
import EventLoop
import HTTP
import Server
import Tokens

/// A request that waits for a key which may be on its way. Its body stays with the client until it is decided; then it
/// goes on as if nothing had been.
final class WaitingExchange: ExchangeHandler {
    private var exchange: Exchange
    private let handler: GatewayHandler
    private let wait: KeyWait
    private let began: MonotonicTime
    private var stream: (any ExchangeStream)?
    private var number: UInt64 = 0
    private var timer: TimerID?
    private var requestIsComplete = false
    /// What goes on after the wait.
    private var next: ProxyExchange?

    private init(
        _ exchange: consuming Exchange, _ wait: KeyWait, on stream: any ExchangeStream, by handler: GatewayHandler,
        _ began: MonotonicTime
    ) {
        self.exchange = exchange
        self.wait = wait
        self.stream = stream
        self.handler = handler
        self.began = began
    }

    /// Starts the wait; the answer may also be complete when this returns.
    static func begin(
        _ exchange: consuming Exchange, _ wait: KeyWait, on stream: any ExchangeStream, by handler: GatewayHandler,
        _ began: MonotonicTime
    ) -> WaitingExchange {
        let waiting = WaitingExchange(exchange, wait, on: stream, by: handler, began)
        stream.pauseBody()
        waiting.start()
        return waiting
    }

    private func start() {
        let number = handler.park(self)
        self.number = number
        let resumer = handler.resumer
        guard wait.begin(at: seconds, then: { resumer(number) }) else {
            _ = handler.unpark(number)
            return goOn()
        }
        let timer = handler.thread.makeTimer(self)
        handler.thread.setTimer(timer, to: handler.thread.now.advanced(milliseconds: wait.limitInMillis))
        self.timer = timer
    }

    private var seconds: Double { Double(MonotonicTime.now().nanoseconds) / 1e9 }

    /// Decides for good with what is there now.
    func goOn() {
        if let timer { handler.thread.removeTimer(timer) }
        timer = nil
        guard let stream else { return }
        self.stream = nil
        let step = handler.decideFinally(&exchange)
        if case .respond(.unauthorized(.keyNotFound)) = step { wait.wasInVain(at: seconds) }
        next = handler.carryOut(step, &exchange, on: stream, began)
        guard let next else { return }
        if requestIsComplete { next.requestEnded() } else { stream.resumeBody() }
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
        if let timer { handler.thread.removeTimer(timer) }
        timer = nil
        _ = handler.unpark(number)
        exchange.failure = .cancelled
        exchange.totalNanoseconds = MonotonicTime.now().since(began)
        handler.record(exchange)
    }
}

extension WaitingExchange: TimerTarget {
    func timerFired() {
        _ = handler.unpark(number)
        goOn()
    }
}
