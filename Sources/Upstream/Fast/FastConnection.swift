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
    // Apart from the lane's, as the clock is read at every step.
    let thread: EventThread
    let pool: TargetPool
    /// Nil while libcurl connects, and after the end.
    var channel: ByteChannel?
    /// The attempt to connect that is under way.
    private var dial: DialID?
    private var watch: WatchID?
    private var watchesReads = false
    private var watchesWrites = false
    private var timer: TimerID?
    /// Nanoseconds of the clock at which the request is late, and at which the timer fires: then or before.
    private var deadline = UInt64.max
    private var alarm = UInt64.max

    var exchange: FastExchange?
    /// The object of the last request, for the next one, while the connection serves nothing.
    var kept: FastExchange?
    var state = ExchangeState(isKept: false)
    let reader = AnswerReader(method: .get, upgradeAsked: false)
    /// Grows with every request, so that what calls a sink notices that the request has become another one.
    var epoch: UInt64 = 0
    var isDue = false
    /// It was kept, and nothing of its request may leave before the kernel was asked whether it still stands.
    var isUnproven = false
    /// A failure that the sink has to be told of at the end of the turn.
    var dueError: UpstreamError?
    /// Bytes may wait inside the channel, where the kernel does not see them.
    var readsAgain = false
    /// Of the answer, whose client may be another each time.
    var readSize = ReadSize()
    /// The tunnel's client has ended; so does our side when all is out.
    var endsAfterFlush = false
    /// The tunnel's client has ended, which the backend does not know.
    var isFarewell = false

    private let born: MonotonicTime
    private(set) var idleSince: MonotonicTime
    private var served = 0

    init(lane: FastLane, pool: TargetPool) {
        self.lane = lane
        thread = lane.thread
        self.pool = pool
        born = thread.now
        idleSince = born
    }

    // MARK: Life

    func connect() {
        timer = thread.makeTimer(self)
        dial = lane.dialer.dial(self)
    }

    /// libcurl has made the connection.
    func connected(_ channel: ByteChannel) {
        dial = nil
        self.channel = channel
        do throws(SystemError) {
            watch = try thread.watch(channel.fd, for: .readable, self)
        } catch {
            return fail(UpstreamError(.other))
        }
        watchesReads = true
        guard let exchange else { return close() }
        writeRequest(exchange)
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

    /// Whether the kernel is to be asked before the request goes out. One that has failed never will.
    var isInDoubt: Bool { isUnproven && channel != nil && dueError == nil }

    /// Gives everything back. The exchange, if any, has been taken out before.
    func close() {
        epoch += 1
        if let dial { lane.dialer.cancel(dial) }
        dial = nil
        if let watch, let channel { thread.unwatch(watch, fd: channel.fd) }
        watch = nil
        if let timer { thread.removeTimer(timer) }
        timer = nil
        channel?.close()
        channel = nil
        isUnproven = false
        if let kept = takeKept() { lane.drop(kept) }
        lane.closed()
    }

    /// The object for the next request, if the connection has one.
    func takeKept() -> FastExchange? { kept.take() }

    func updateInterest() {
        let reads = exchange?.isHeldBack != true
        if watch != nil, reads == watchesReads, isBlocked == watchesWrites { return }
        guard let channel else { return }
        let wanted = Readiness.watching(reads: reads, writes: isBlocked)
        if let watch {
            thread.change(watch, fd: channel.fd, to: wanted)
        } else {
            guard reads, watchAgain(channel, for: wanted) else { return }
        }
        watchesReads = reads
        watchesWrites = isBlocked
    }

    /// The kernel takes no more for now.
    var isBlocked = false

    // MARK: Requests

    /// Takes a request; its sink is not called before the call has returned.
    func begin(_ new: FastExchange) {
        epoch += 1
        isBlocked = false
        readsAgain = false
        readSize = ReadSize()
        endsAfterFlush = false
        isFarewell = false
        if new.connection !== self { new.connection = self }
        exchange = new
        new.head.rewind()
        state = ExchangeState(isKept: served > 0)
        reader.begin(method: new.method, upgradeAsked: new.asksUpgrade)
        // The head's time begins when the body is out; until then the body must move.
        setDeadline(new.body == .none ? new.headInMillis : new.idleInMillis)
        if channel != nil { writeRequest(new) }
    }

    /// The sink takes bytes again.
    func resume() {
        guard let exchange, exchange.isHeldBack else { return }
        exchange.isHeldBack = false
        if !exchange.isTunnel { setDeadline(exchange.idleInMillis) }
        if channel?.hidesBytes == true {
            readsAgain = true
            askForTurnEnd()
        }
        updateInterest()
    }

    /// The end of the connection, or bytes that nobody asked for, came before anything of the request was sent: it goes
    /// on over a new connection.
    func giveWay() {
        guard let old = takeExchange() else { return close() }
        close()
        lane.repeatRequest(old, in: pool)
    }

    /// Gives the request up without a word to its sink.
    func cancel() {
        guard let old = takeExchange() else { return }
        close()
        _ = lane.ended(old, in: pool)
    }

    /// Ends the request with this error.
    func expire(_ error: UpstreamError) {
        guard let old = takeExchange() else { return }
        close()
        lane.ended(old, in: pool)?.transferEnded(error)
    }

    /// The request failed: it goes on over another connection where that is allowed, or ends.
    func fail(_ error: UpstreamError) {
        guard let old = takeExchange() else { return close() }
        let repeats =
            error.kind == .reset && !state.hasHead && !reader.hasBytes && old.repeats < FastLane.repeatLimit
            && state.mayRepeat(isSafe: old.isSafe)
        close()
        if repeats {
            old.repeats += 1
            return lane.retry(old, in: pool)
        }
        if lane.mayRetry(old, after: error, hasSentBody: state.hasSentBody, hasHead: state.hasHead, in: pool) {
            return lane.retry(old, in: pool)
        }
        lane.ended(old, in: pool)?.transferEnded(error)
    }

    /// The answer is complete.
    func complete(surplus: Bool) {
        guard let old = takeExchange() else { return }
        served += 1
        let sink: (any TransferSink)?
        if state.mayKeep(answerAllows: reader.keepAlive, surplus: surplus), old.upload.isEmpty, old.head.isEmpty,
            channel?.isHolding == false
        {
            clearDeadline()
            idleSince = thread.now
            updateInterest()
            sink = lane.ended(old, in: pool, keeping: self)
        } else {
            close()
            sink = lane.ended(old, in: pool)
        }
        sink?.transferEnded(nil)
    }

    private func takeExchange() -> FastExchange? {
        epoch += 1
        dueError = nil
        return exchange.take()
    }

    func askForTurnEnd() {
        guard !isDue else { return }
        isDue = true
        if isUnproven { lane.doubts(self) } else { thread.atTurnEnd(self) }
    }

    func turnEnded() {
        isDue = false
        if let error = dueError {
            dueError = nil
            return expire(error)
        }
        // The last request had asked for this end of the turn; the next one is in doubt since.
        if isInDoubt { return askForTurnEnd() }
        guard let exchange, channel != nil else { return }
        flush(exchange)
        guard readsAgain else { return }
        readsAgain = false
        if let exchange = self.exchange, !exchange.isHeldBack { read(exchange) }
    }

    // MARK: Time

    // The deadline moves several times with each request, nearly always further away: the timer is left alone then, and
    // set again when it fires too early.

    func setDeadline(_ milliseconds: Int) {
        deadline = thread.now.advanced(milliseconds: milliseconds).nanoseconds
        if deadline < alarm { setAlarm() }
    }

    /// A tunnel has no deadline here, but at its very end: whoever opened it knows how long it may be silent.
    func clearDeadline() { deadline = .max }

    private func setAlarm() {
        guard let timer else { return }
        alarm = deadline
        thread.setTimer(timer, to: MonotonicTime(nanoseconds: deadline))
    }
}

extension FastConnection: TurnEnd, TimerTarget {
    func timerFired() {
        alarm = .max
        guard deadline <= thread.now.nanoseconds else {
            if deadline != .max { setAlarm() }
            return
        }
        deadline = .max
        guard let exchange else { return }
        if exchange.isTunnel {
            if exchange.isHeldBack { return setDeadline(FastLane.farewellInMillis) }
            return isFarewell ? connectionEnded(orderly: true) : ()
        }
        // While the client does not take the answer, or does not send its body, the backend is not to blame.
        let waitsForClient = !state.hasHead && channel != nil && !exchange.isBodyComplete && exchange.upload.isEmpty
        if exchange.isHeldBack || waitsForClient { return setDeadline(exchange.idleInMillis) }
        let waitsForHead = !state.hasHead && exchange.isBodyComplete && exchange.upload.isEmpty
        expire(UpstreamError(waitsForHead ? .headTimeout : .idleTimeout))
    }
}

extension FastConnection: Watcher {
    func ready(_ readiness: Readiness) {
        guard let exchange else { return lane.spoil(self) }
        if isUnproven { return isInDoubt ? giveWay() : () }
        if exchange.isHeldBack, readiness.saysFailure { return pauseWatch() }
        if isBlocked, readiness.saysWrite {
            let before = epoch
            isBlocked = false
            flush(exchange)
            updateInterest()
            // What can be read now is reported again.
            guard before == epoch else { return }
        }
        if readiness.saysRead, !exchange.isHeldBack { read(exchange) }
    }

    /// A failure is reported again and again, and is not to be read before the sink takes bytes.
    private func pauseWatch() {
        guard let watch, let channel else { return }
        thread.unwatch(watch, fd: channel.fd)
        self.watch = nil
    }

    /// False when the system refuses: the request's deadline ends it then.
    private func watchAgain(_ channel: ByteChannel, for wanted: Readiness) -> Bool {
        do throws(SystemError) {
            watch = try thread.watch(channel.fd, for: wanted, self)
            return true
        } catch {
            return false
        }
    }
}
