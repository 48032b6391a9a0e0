import EventLoop
import HTTP

/// One connection of the fast lane: libcurl makes it, and it serves one request after the other.
///
/// This file holds its life and the request's; reading is in `FastConnection+Reading`, sending in
/// `FastConnection+Sending`. A connection that serves nothing is watched, so that its end, or anything that nobody asked
/// for, is noticed at once.
final class FastConnection {
    // Strong, because it is asked for at every step; the lane lets go of all connections when it shuts down.
    let lane: FastLane
    let pool: TargetPool
    /// Nil while libcurl connects, and after the end.
    var channel: ByteChannel?
    /// The attempt to connect that is under way.
    private var dial: DialID?
    private var watch: WatchID?
    private var interest: Readiness = []
    private var timer: TimerID?

    var exchange: FastExchange?
    var state = ExchangeState(isKept: false)
    var reader = AnswerReader(method: .get, upgradeAsked: false)
    /// Heads on their way out, and bodies that are small enough to travel with them.
    var output = WireBuffer()
    /// Grows with every request, so that what calls a sink notices that the request has become another one.
    var epoch: UInt64 = 0
    var isDue = false
    /// A failure that the sink has to be told of at the end of the turn.
    var dueError: UpstreamError?
    /// Bytes may wait inside the channel, where the kernel does not see them.
    var readsAgain = false
    /// The tunnel's client has ended; so does our side when all is out.
    var endsAfterFlush = false

    private let born: MonotonicTime
    private(set) var idleSince: MonotonicTime
    private var served = 0

    init(lane: FastLane, pool: TargetPool) {
        self.lane = lane
        self.pool = pool
        born = lane.thread.now
        idleSince = born
    }

    // MARK: Life

    func connect() {
        timer = lane.thread.makeTimer(self)
        dial = lane.dialer.dial(self)
    }

    /// libcurl has made the connection.
    func connected(_ channel: ByteChannel) {
        dial = nil
        self.channel = channel
        do throws(SystemError) {
            watch = try lane.thread.watch(channel.fd, for: .readable, self)
        } catch {
            return fail(UpstreamError(.other))
        }
        interest = .readable
        guard exchange != nil else { return close() }
        writeRequest()
    }

    func dialFailed(_ error: UpstreamError) {
        dial = nil
        fail(error)
    }

    /// Whether the connection stands and is young enough.
    func isUsable(at now: MonotonicTime) -> Bool {
        guard channel != nil, now.since(born) < FastLane.lifetime, now.since(idleSince) < FastLane.idleLife else {
            return false
        }
        return true
    }

    /// Asks the kernel whether the end of the connection, or a stray byte, has come.
    var isAlive: Bool { channel?.isQuiet ?? false }

    /// Gives everything back. The exchange, if any, has been taken out before.
    func close() {
        epoch += 1
        if let dial { lane.dialer.cancel(dial) }
        dial = nil
        if let watch, let channel { lane.thread.unwatch(watch, fd: channel.fd) }
        watch = nil
        if let timer { lane.thread.removeTimer(timer) }
        timer = nil
        channel?.close()
        channel = nil
        output.clear()
        lane.closed()
    }

    func updateInterest() {
        guard let channel else { return }
        let wanted = Readiness.watching(reads: exchange?.isHeldBack != true, writes: isBlocked)
        guard let watch else { return watchAgain(channel, for: wanted) }
        guard !wanted.isSame(as: interest) else { return }
        interest = wanted
        lane.thread.change(watch, fd: channel.fd, to: wanted)
    }

    /// The kernel takes no more for now.
    var isBlocked = false

    // MARK: Requests

    /// Takes a request; its sink is not called before the call has returned.
    func begin(_ new: FastExchange) {
        epoch += 1
        isBlocked = false
        readsAgain = false
        endsAfterFlush = false
        exchange = new
        state = ExchangeState(isKept: served > 0)
        reader = AnswerReader(method: new.request.method, upgradeAsked: new.request.asksUpgrade)
        // The head's time begins when the body is out; until then the body must move.
        setDeadline(new.request.body == .none ? new.request.headInMillis : new.request.idleInMillis)
        if channel != nil { writeRequest() }
    }

    /// The sink takes bytes again.
    func resume() {
        guard exchange?.isHeldBack == true else { return }
        exchange?.isHeldBack = false
        if let exchange, !exchange.isTunnel { setDeadline(exchange.request.idleInMillis) }
        if channel?.hidesBytes == true {
            readsAgain = true
            askForTurnEnd()
        }
        updateInterest()
    }

    /// Gives the request up without a word to its sink.
    func cancel() {
        guard let old = takeExchange() else { return }
        close()
        lane.ended(old, in: pool)
    }

    /// Ends the request with this error.
    func expire(_ error: UpstreamError) {
        guard let old = takeExchange() else { return }
        close()
        lane.ended(old, in: pool)
        old.sink.transferEnded(error)
    }

    /// The request failed: it goes on over another connection where that is allowed, or ends.
    func fail(_ error: UpstreamError) {
        guard let old = takeExchange() else { return close() }
        let repeats =
            error.kind == .reset && !state.hasHead && !reader.hasBytes && old.repeats < FastLane.repeatLimit
            && state.mayRepeat(isSafe: old.request.isSafe)
        close()
        if repeats {
            old.repeats += 1
            return lane.repeatRequest(old, in: pool)
        }
        if lane.mayRetry(old, after: error, hasSentBody: state.hasSentBody, hasHead: state.hasHead, in: pool) {
            return lane.repeatRequest(old, in: pool)
        }
        lane.ended(old, in: pool)
        old.sink.transferEnded(error)
    }

    /// The answer is complete.
    func complete(surplus: Bool) {
        guard let old = takeExchange() else { return }
        served += 1
        if state.mayKeep(answerAllows: reader.keepAlive, surplus: surplus), old.upload.isEmpty, output.isEmpty,
            channel?.isHolding == false
        {
            if let timer { lane.thread.clearTimer(timer) }
            idleSince = lane.thread.now
            updateInterest()
            lane.keep(self)
        } else {
            close()
        }
        lane.ended(old, in: pool)
        old.sink.transferEnded(nil)
    }

    private func takeExchange() -> FastExchange? {
        epoch += 1
        dueError = nil
        return exchange.take()
    }

    func askForTurnEnd() {
        guard !isDue else { return }
        isDue = true
        lane.askForTurnEnd(self)
    }

    func turnEnded() {
        isDue = false
        if let error = dueError {
            dueError = nil
            return expire(error)
        }
        guard exchange != nil, channel != nil else { return }
        flush()
        guard readsAgain else { return }
        readsAgain = false
        if exchange?.isHeldBack == false { read() }
    }

    // MARK: Time

    func setDeadline(_ milliseconds: Int) {
        guard let timer else { return }
        lane.thread.setTimer(timer, to: lane.thread.now.advanced(milliseconds: milliseconds))
    }

    /// A tunnel has no deadline here: whoever opened it knows how long it may be silent.
    func clearDeadline() {
        if let timer { lane.thread.clearTimer(timer) }
    }
}

extension FastConnection: TimerTarget {
    func timerFired() {
        guard let exchange, !exchange.isTunnel else { return }
        // While the client does not take the answer, or does not send its body, the backend is not to blame.
        let waitsForClient = !state.hasHead && channel != nil && !exchange.isBodyComplete && exchange.upload.isEmpty
        if exchange.isHeldBack || waitsForClient { return setDeadline(exchange.request.idleInMillis) }
        let waitsForHead = !state.hasHead && exchange.isBodyComplete && exchange.upload.isEmpty
        expire(UpstreamError(waitsForHead ? .headTimeout : .idleTimeout))
    }
}

extension FastConnection: Watcher {
    func ready(_ readiness: Readiness) {
        guard let exchange else { return lane.spoil(self) }
        if exchange.isHeldBack, readiness.saysFailure { return pauseWatch() }
        if isBlocked, readiness.saysWrite {
            isBlocked = false
            flush()
            updateInterest()
        }
        if readiness.saysRead, self.exchange?.isHeldBack == false { read() }
    }

    /// A failure is reported again and again, and is not to be read before the sink takes bytes.
    private func pauseWatch() {
        guard let watch, let channel else { return }
        lane.thread.unwatch(watch, fd: channel.fd)
        self.watch = nil
    }

    private func watchAgain(_ channel: ByteChannel, for wanted: Readiness) {
        guard wanted.contains(.readable) else { return }
        do throws(SystemError) {
            watch = try lane.thread.watch(channel.fd, for: wanted, self)
            interest = wanted
        } catch {
            // The request's deadline ends it.
        }
    }
}
