import EventLoop
import HTTP
import Synchronization
package import Tokens
import Upstream

/// Ends a replay from another thread: what was sent is waited for a moment, nothing else is sent.
package final class SendingStop: Sendable {
    private let isSet = Atomic<Bool>(false)

    package init() {}
    package func stop() { isSet.store(true, ordering: .releasing) }
    package var isStopping: Bool { isSet.load(ordering: .acquiring) }
}

/// Sends a plan: a thin runner around ``SendScheduler`` and libcurl. Runs on the calling thread until it is through.
package final class ReplaySender {
    package struct Settings: Sendable {
        /// Requests at once.
        package var concurrency: Int
        /// Requests of one principal stay in order and never overlap.
        package var keepsOrder: Bool
        package var pace: ReplayPace
        /// Sends some requests twice before the beginning, and compares the answers.
        package var learnsNoise: Bool

        package init(concurrency: Int, keepsOrder: Bool, pace: ReplayPace, learnsNoise: Bool = false) {
            self.concurrency = concurrency
            self.keepsOrder = keepsOrder
            self.pace = pace
            self.learnsNoise = learnsNoise
        }
    }

    package struct Outcome: Sendable {
        package var result: SendingResult
        package var progress: SendingProgress
        package var isStopped: Bool
        /// Nobody could be reached: why. The replay was given up then.
        package var unreachable: String?
        /// Requests that were sent twice to learn what differs by itself.
        package var learning: Int
    }

    private let plan: SendingPlan
    private let fetch: EntryFetch
    private let composer: RequestComposer
    private let settings: Settings
    private let stop: SendingStop
    private let wall: () -> WallTime
    private let report: (SendingProgress) -> Void
    private let redaction: AnswerRedaction
    private var tokens: TokenMaker
    private var comparison: AnswerComparison

    private let thread: EventThread
    private let driver: TransferDriver
    private var scheduler: SendScheduler
    private var result = SendingResult()
    private var began = MonotonicTime.now()
    private var unreached = 0
    private var unreachable: String?
    private var learning = 0
    /// Answers to requests that are sent to learn from.
    private var lessons: [ReplayedAnswer?] = []
    private var isLearning = false
    /// Requests whose answers have not ended.
    private var open: [TransferID: AnswerSink] = [:]
    private var nextLook = MonotonicTime.now()

    private static let lookInMillis = 20
    private static let givingUpAfter = 20
    private static let graceInMillis = 2000
    private static let longestTurn: UInt64 = 10_000_000
    private static let reportEvery: UInt64 = 200_000_000

    /// Throws GH6205 when the system gives no event loop or libcurl no memory. `report` is called about five times a
    /// second.
    package init(
        _ plan: SendingPlan, from fetch: EntryFetch, composer: RequestComposer, tokens: TokenMaker,
        noise: AnswerNoise, redaction: AnswerRedaction, settings: Settings, stop: SendingStop,
        wall: @escaping () -> WallTime, report: @escaping (SendingProgress) -> Void = { _ in }
    ) throws(RecordingProblem) {
        self.plan = plan
        self.fetch = fetch
        self.composer = composer
        self.tokens = tokens
        self.settings = settings
        self.stop = stop
        self.wall = wall
        self.report = report
        self.redaction = redaction
        comparison = AnswerComparison(noise: noise, redaction: redaction)
        scheduler = SendScheduler(
            plan.schedule, concurrency: settings.concurrency, keepsOrder: settings.keepsOrder)
        Socket.ignoreBrokenPipes()
        TransferDriver.prepareLibrary()
        do throws(SystemError) { thread = try EventThread() } catch {
            throw RecordingProblem("GH6205", "nothing can be sent: \(error.reason)")
        }
        thread.runTurn()
        guard let driver = TransferDriver(thread: thread) else {
            throw RecordingProblem("GH6205", "libcurl has no memory")
        }
        self.driver = driver
    }

    private var address: BackendAddress {
        RequestComposer.address(of: composer.target.origin, connections: settings.concurrency)
    }

    // MARK: The loop

    /// Sends everything, or until it is stopped.
    package func run() -> Outcome {
        if settings.learnsNoise { learnNoise() }
        began = .now()
        var reported: UInt64 = 0
        loop: while true {
            let now = elapsed
            if stop.isStopping || unreachable != nil { break }
            switch scheduler.next(at: now) {
            case .send(let index): send(index)
            case .wait(let until): turn(until > now ? min(until - now, Self.longestTurn) : 0)
            case .waitForEnd: turn(Self.longestTurn)
            case .finished: break loop
            }
            if now >= reported + Self.reportEvery {
                reported = now
                report(progress)
            }
        }
        let isStopped = scheduler.sent < plan.items.count || scheduler.inFlight > 0
        scheduler.stop()
        let deadline = MonotonicTime.now().advanced(milliseconds: Self.graceInMillis)
        while scheduler.inFlight > 0, unreachable == nil, MonotonicTime.now() < deadline { turn(Self.longestTurn) }
        let last = progress
        report(last)
        driver.shutDown()
        thread.runTurn()
        return Outcome(
            result: result, progress: last, isStopped: isStopped, unreachable: unreachable, learning: learning)
    }

    private var elapsed: UInt64 { MonotonicTime.now().since(began) }

    private func turn(_ nanoseconds: UInt64) {
        // Rounded up: a loop that comes round too early would only turn once more.
        thread.runTurn(waitingAtMost: Int32((nanoseconds + 999_999) / 1_000_000))
        endLate()
    }

    /// Gives up answers that go on and on: the patience is for the whole of one.
    private func endLate() {
        let now = MonotonicTime.now()
        guard now >= nextLook else { return }
        nextLook = now.advanced(milliseconds: Self.lookInMillis)
        for (id, sink) in open where now >= sink.began.advanced(milliseconds: composer.patienceInMillis) {
            driver.cancel(id)
            ended(sink, UpstreamError(.idleTimeout), isLate: true)
        }
    }

    private var progress: SendingProgress {
        SendingProgress(
            pace: settings.pace, total: plan.items.count, sent: scheduler.sent,
            ended: scheduler.sent - scheduler.inFlight, inFlight: scheduler.inFlight, different: result.different,
            elapsed: Double(elapsed) / 1e9, planned: plan.times.planned, lateness: scheduler.lateness,
            first: scheduler.first, last: scheduler.last)
    }

    // MARK: Requests

    private func send(_ index: Int) {
        guard let entry = fetch.entry(of: plan.items[index]) else {
            return give(up: index, "the recording was changed meanwhile")
        }
        let credential = tokens.credential(for: entry, at: wall())
        do throws(RequestComposer.Obstacle) {
            let composed = try composer.compose(entry, credential)
            result.addSent(isAltered: composed.isAltered)
            start(composed, for: AnswerSink(index: index, entry: entry, sent: composed.request.fields, owner: self))
        } catch {
            give(up: index, error.reason)
        }
    }

    private func give(up index: Int, _ reason: String) {
        result.addNotSent(reason)
        scheduler.ended(index)
    }

    private func start(_ composed: RequestComposer.Composed, for sink: AnswerSink) {
        guard let id = driver.start(composed.request, to: address, for: sink) else {
            return sink.transferEnded(UpstreamError(.overloaded))
        }
        open[id] = sink
        sink.id = id
        if !composed.body.isEmpty {
            _ = driver.send(composed.body.span, to: id)
            driver.endBody(of: id)
        }
    }

    /// An answer has come, or will not come.
    fileprivate func ended(_ sink: AnswerSink, _ error: UpstreamError?, isLate: Bool = false) {
        if let id = sink.id { open[id] = nil }
        let nanoseconds = MonotonicTime.now().since(sink.began)
        if isLearning {
            lessons.append(error == nil ? answer(of: sink) : nil)
            return
        }
        scheduler.ended(sink.index)
        if let error {
            if error.kind == .shutdown { return result.addAbandoned() }
            result.addUnanswered(sink.entry, isLate ? "no whole answer in time" : Self.words(error))
            // Who began to answer was reached.
            if isLate, sink.status > 0 { unreached = 0 } else { noteUnreached(error) }
            return
        }
        unreached = 0
        let was = ReplayedAnswer(recorded: sink.entry)
        let now = answer(of: sink)
        let outcome = comparison.compare(
            was, now, decision: sink.entry.decision, reason: sink.entry.reason,
            route: SendingResult.route(of: sink.entry))
        result.add(sink.entry, (was.status, now.status), outcome, nanoseconds: nanoseconds)
    }

    private func answer(of sink: AnswerSink) -> ReplayedAnswer {
        redaction.clean(status: sink.status, fields: sink.fields, body: sink.wholeBody, sent: sink.sent)
    }

    /// Where nobody has ever answered, nobody will: the rest of the recording is not thrown after the beginning.
    private func noteUnreached(_ error: UpstreamError) {
        unreached += 1
        if result.answered == 0, unreached >= min(Self.givingUpAfter, plan.items.count) {
            unreachable = Self.words(error)
        }
    }

    private static func words(_ error: UpstreamError) -> String {
        switch error.kind {
        case .resolve: "its name does not resolve"
        case .connect: "nobody accepts connections"
        case .tls: "TLS failed"
        case .reset: "the connection ended before an answer"
        case .headTimeout: "no answer in time"
        case .idleTimeout: "the answer stood still"
        case .badAnswer: "the answer is no HTTP"
        case .truncated: "the answer ended early"
        case .unavailable, .overloaded, .shutdown, .other: "it could not be sent"
        }
    }

    // MARK: Learning

    /// Sends some requests twice, one after the other; where the answers differ, nothing can be told later.
    private func learnNoise() {
        isLearning = true
        for index in plan.samples where !stop.isStopping {
            guard let entry = fetch.entry(of: plan.items[index]) else { continue }
            lessons = []
            for _ in 0..<2 where !stop.isStopping {
                guard let composed = try? composer.compose(entry, tokens.credential(for: entry, at: wall())) else {
                    break
                }
                let wanted = lessons.count + 1
                learning += 1
                start(composed, for: AnswerSink(index: index, entry: entry, sent: composed.request.fields, owner: self))
                while lessons.count < wanted, !stop.isStopping { turn(Self.longestTurn) }
            }
            guard lessons.count == 2, let first = lessons[0], let second = lessons[1], first.status == second.status
            else { continue }
            for place in comparison.places(first, second) {
                comparison.noise.learn(place, route: SendingResult.route(of: entry))
            }
        }
        isLearning = false
    }
}

/// Collects one answer.
private final class AnswerSink: TransferSink {
    let index: Int
    let entry: RecordedEntry
    /// The field lines of the request.
    let sent: [UInt8]
    let began = MonotonicTime.now()
    /// Nil before it was sent.
    var id: TransferID?
    private(set) var status = 0
    private(set) var fields: [([UInt8], [UInt8])] = []
    private var body: [UInt8] = []
    private var isWhole = true
    private unowned let owner: ReplaySender

    /// Recordings hold bodies of 64 KiB unless told otherwise; more than this is not compared.
    private static let largestBody = 1 << 20

    init(index: Int, entry: RecordedEntry, sent: [UInt8], owner: ReplaySender) {
        self.index = index
        self.entry = entry
        self.sent = sent
        self.owner = owner
    }

    /// Nil when it was too large.
    var wholeBody: [UInt8]? { isWhole ? body : nil }

    func transferInformed(_ head: ResponseHead) {}

    func transferAnswered(_ head: consuming ResponseHead) {
        status = Int(head.status)
        fields = head.fields.map { (Array(head.fields.name(of: $0)), Array(head.fields.value(of: $0))) }
    }

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        if body.count + bytes.count > Self.largestBody { isWhole = false }
        if isWhole { body.append(bytes) }
        return true
    }

    func transferWantsBody() {}

    func transferEnded(_ error: UpstreamError?) { owner.ended(self, error) }
}
