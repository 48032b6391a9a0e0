import CPlatform
import Glibc
import Synchronization

/// Gets a call at the end of a loop turn in which it asked for one; batches work such as writes.
package protocol TurnEnd: AnyObject {
    func turnEnded()
}

/// One thread with one epoll set: descriptors, deadlines, and jobs from elsewhere.
///
/// The thread is also an executor, so an actor can live on it. Apart from ``submit(_:)``, ``enqueue(_:)`` and
/// ``stop()`` every method must be called on the thread itself; debug builds check that.
///
/// Ownership: the thread keeps its watchers, timer targets and turn-end targets alive until they are given up.
// @unchecked: above the marker stand constants, atomics and a mutex. The variables below it are touched by the running
// thread alone: `run` and `runTurn` name their thread first, and every other method that reads or writes them asserts
// to be on it. `init` and `deinit` run when nobody else has the object.
package final class EventThread: SerialExecutor, TaskExecutor, @unchecked Sendable {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
    }

    private let epoll: Int32
    private let wake: Int32
    private let readClock: @Sendable () -> MonotonicTime
    private let inbox = Mutex(Inbox())
    /// Whether something is in the inbox: asked in every turn, and cheaper than its lock.
    private let hasWork = Atomic<Bool>(false)
    private let threadID = Atomic<UInt64>(0)
    private let stopping = Atomic<Bool>(false)

    // Owned by the thread:
    private let timers = TimerTable()
    // What is more than a number is swapped into a local variable while it changes: a change in
    // place spans calls, so the compiler would have every access in this file checked for exclusivity at run time.
    private var watchers = SlotTable<any Watcher>()
    private var turnEnds = TurnEndQueue()
    /// Room for those who ask while `turnEnds` is gone through.
    private var nextTurnEnds = TurnEndQueue()
    private var events = [gh_event](repeating: gh_event(), count: 256)
    /// Events that the kernel has told and that no turn has taken up: from `nextEvent` to `eventCount`.
    private var nextEvent = 0
    private var eventCount = 0
    private var budget: TurnBudget

    /// The monotonic time at which the current turn began; cheap to read, a few milliseconds old at most.
    package var now: MonotonicTime {
        assertCurrent()
        return turnBegan
    }
    private var turnBegan: MonotonicTime
    /// Nanoseconds the slowest turn has taken since ``takeLongestTurn()`` was called.
    private var longestTurn: UInt64 = 0
    /// How long turns took, without waiting for events.
    package var turnDurations: DurationCounts {
        assertCurrent()
        return durations
    }
    private var durations = DurationCounts(
        bounds: [100_000, 1_000_000, 5_000_000, 25_000_000, 100_000_000, 1_000_000_000])

    /// Throws the errno of the kernel when no epoll set or eventfd can be made. Deadlines follow `clock`.
    package convenience init(clock: @escaping @Sendable () -> MonotonicTime = { .now() }) throws(SystemError) {
        try self.init(clock: clock, budget: TurnBudget.Limits())
    }

    init(clock: @escaping @Sendable () -> MonotonicTime, budget limits: TurnBudget.Limits) throws(SystemError) {
        readClock = clock
        budget = TurnBudget(limits)
        turnBegan = clock()
        epoll = try SystemError.check(gh_epoll_create(), "epoll_create1")
        do throws(SystemError) {
            wake = try SystemError.check(gh_eventfd_create(), "eventfd")
        } catch {
            _ = gh_close(epoll)
            throw error
        }
        let code = gh_epoll_control(epoll, 0, wake, Readiness.readable.rawValue, Self.wakeName)
        if code != 0 { throw SystemError(code: code, call: "epoll_ctl") }
    }

    deinit {
        _ = gh_close(wake)
        _ = gh_close(epoll)
    }

    private static let wakeName = UInt64.max

    // MARK: Running

    /// Starts a thread that runs the loop until ``stop()``; `body` runs first, on it.
    package func start(name: String, _ body: @escaping @Sendable () -> Void) {
        submit(body)
        ThreadStart(name: name) { self.run() }.launch()
    }

    /// Runs the loop on the calling thread until ``stop()`` has been called and the inbox is empty.
    package func run() {
        threadID.store(gh_thread_id(), ordering: .releasing)
        var now = readClock()
        while true {
            let finished = stopping.load(ordering: .acquiring) && inbox.withLock { $0.isEmpty }
            if finished { break }
            now = turn(waiting: waitMilliseconds(from: now))
        }
        runLastTurnEnds()
        watchers = SlotTable()
        timers.removeAll()
        turnEnds = TurnEndQueue()
        nextEvent = eventCount
    }

    /// Ends the loop after the current turn. May be called from any thread, once or more.
    package func stop() {
        stopping.store(true, ordering: .releasing)
        gh_eventfd_signal(wake)
    }

    /// Runs one turn on the calling thread, which then counts as the loop's own; for those who drive a loop by hand.
    /// Waits for the first event at most `milliseconds`, whatever the timers say.
    package func runTurn(waitingAtMost milliseconds: Int32 = 0) {
        threadID.store(gh_thread_id(), ordering: .releasing)
        turn(waiting: turnEnds.isEmpty ? milliseconds : 0)
    }

    /// Runs one turn and returns the time of its end.
    @discardableResult private func turn(waiting milliseconds: Int32) -> MonotonicTime {
        // What the former turn has left is taken up first: were the kernel asked again, those who are always ready would
        // come first again, and the others never. Nobody is called who has gone meanwhile: names are used once.
        if nextEvent == eventCount { waitForEvents(milliseconds) }
        turnBegan = readClock()
        budget.begin(at: turnBegan)
        while nextEvent < eventCount, takesOn() {
            let event = events[nextEvent]
            nextEvent += 1
            if event.name == Self.wakeName {
                gh_eventfd_clear(wake)
                continue
            }
            let id = WatchID(name: event.name)
            watchers[id.slot, id.generation]?.ready(Readiness(rawValue: event.events))
        }
        runInbox()
        fireTimers()
        runTurnEnds()
        let end = readClock()
        let duration = end.since(turnBegan)
        durations.add(duration)
        longestTurn = max(longestTurn, duration)
        return end
    }

    private func waitForEvents(_ milliseconds: Int32) {
        var room: [gh_event] = []
        swap(&room, &events)
        let count = unsafe room.withUnsafeMutableBufferPointer { buffer in
            unsafe gh_epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), milliseconds)
        }
        swap(&room, &events)
        // EINTR and friends mean "no events"; the loop simply comes round again.
        eventCount = max(0, Int(count))
        nextEvent = 0
    }

    /// Whether the budget takes one more thing on; counts it when it does.
    private func takesOn() -> Bool { budget.takes(at: budget.asksForTime ? readClock() : turnBegan) }

    /// Those whose time has come; what goes beyond the budget is found again by the next look at the deadlines.
    private func fireTimers() {
        if turnBegan < timers.nextScan { return }
        let due = timers.expired(at: turnBegan)
        if due.isEmpty { return }
        budget.begin(at: readClock())
        for slot in due {
            guard takesOn() else { return timers.lookAgain() }
            timers.take(slot, at: turnBegan)?.timerFired()
        }
    }

    /// Whether the time of this turn is used up: whoever could go on for long leaves the rest for the next turn.
    package var isTurnSpent: Bool { budget.isSpent(at: readClock()) }

    /// Counts bytes that were read in this turn.
    package func spend(bytes: Int) { budget.spend(bytes: bytes) }

    private func waitMilliseconds(from now: MonotonicTime) -> Int32 {
        if stopping.load(ordering: .acquiring) || !turnEnds.isEmpty || nextEvent < eventCount { return 0 }
        let next = timers.nextScan
        if next == .distantFuture { return -1 }
        let nanoseconds = next.since(now)
        return Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
    }

    private func runInbox() {
        // Whoever is overlooked here signals after it, and so is found in the next turn.
        guard hasWork.load(ordering: .acquiring) else { return }
        let work = inbox.withLock { inbox in
            let work = inbox
            inbox = Inbox()
            hasWork.store(false, ordering: .relaxed)
            return work
        }
        for call in work.calls { call() }
        for job in work.jobs {
            unsafe job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }

    private func runTurnEnds() {
        if turnEnds.isEmpty { return }
        budget.begin(at: readClock())
        // A target may ask again from inside its call (a transfer that starts another); a few rounds and the budget keep
        // one turn bounded, the rest waits for the next turn.
        for _ in 0..<4 where !turnEnds.isEmpty {
            var due = TurnEndQueue()
            swap(&due, &nextTurnEnds)
            swap(&due, &turnEnds)
            while !due.isEmpty {
                guard takesOn() else { return putOff(due) }
                due.popFirst()?.turnEnded()
            }
            swap(&due, &nextTurnEnds)
        }
    }

    /// Puts those whose turn has not come before those who have asked since.
    private func putOff(_ left: consuming TurnEndQueue) {
        var ends = TurnEndQueue()
        swap(&ends, &turnEnds)
        left.append(ends)
        swap(&left, &turnEnds)
    }

    /// What the budget has put off to a turn that does not come, such as the last lines of a log.
    private func runLastTurnEnds() {
        for _ in 0..<4 where !turnEnds.isEmpty {
            var due = TurnEndQueue()
            swap(&due, &turnEnds)
            while let target = due.popFirst() { target.turnEnded() }
        }
    }

    /// The longest turn in nanoseconds since the last call: the loop's lag.
    package func takeLongestTurn() -> UInt64 {
        assertCurrent()
        defer { longestTurn = 0 }
        return longestTurn
    }

    // MARK: Work from other threads

    /// Runs a closure on the thread at its next turn. May be called from any thread.
    package func submit(_ call: @escaping @Sendable () -> Void) {
        signalIfFirst { $0.calls.append(call) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        signalIfFirst { $0.jobs.append(unowned) }
    }

    private func signalIfFirst(_ change: (inout sending Inbox) -> Void) {
        let wasEmpty = inbox.withLock { inbox in
            let wasEmpty = inbox.isEmpty
            change(&inbox)
            hasWork.store(true, ordering: .releasing)
            return wasEmpty
        }
        if wasEmpty { gh_eventfd_signal(wake) }
    }

    package var isCurrent: Bool { threadID.load(ordering: .acquiring) == gh_thread_id() }

    package func checkIsolated() {
        precondition(isCurrent, "this belongs to another event thread")
    }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private func assertCurrent() {
        assert(isCurrent || threadID.load(ordering: .acquiring) == 0, "called from outside the event thread")
    }

    // MARK: Descriptors

    /// Watches a descriptor that the caller owns and must keep open until ``unwatch(_:fd:)``.
    package func watch(_ fd: Int32, for readiness: Readiness, _ watcher: any Watcher) throws(SystemError) -> WatchID {
        assertCurrent()
        var table = SlotTable<any Watcher>()
        swap(&table, &watchers)
        defer { swap(&table, &watchers) }
        let (slot, generation) = table.insert(watcher)
        let id = WatchID(slot: slot, generation: generation)
        let code = gh_epoll_control(epoll, 0, fd, readiness.rawValue, id.name)
        if code != 0 {
            _ = table.remove(slot, generation)
            throw SystemError(code: code, call: "epoll_ctl")
        }
        return id
    }

    package func change(_ id: WatchID, fd: Int32, to readiness: Readiness) {
        assertCurrent()
        guard watchers.isTaken(id.slot, id.generation) else { return }
        _ = gh_epoll_control(epoll, 1, fd, readiness.rawValue, id.name)
    }

    /// Gives the watch up; must be called before the descriptor is closed.
    package func unwatch(_ id: WatchID, fd: Int32) {
        assertCurrent()
        var table = SlotTable<any Watcher>()
        swap(&table, &watchers)
        let watcher = table.remove(id.slot, id.generation)
        swap(&table, &watchers)
        if watcher != nil { _ = gh_epoll_control(epoll, 2, fd, 0, 0) }
    }

    // MARK: Timers

    /// Makes a timer without a deadline.
    package func makeTimer(_ target: any TimerTarget) -> TimerID {
        assertCurrent()
        return timers.make(target)
    }

    /// Moves the deadline; it fires once, at most ``DeadlineTable/resolution`` late.
    package func setTimer(_ id: TimerID, to deadline: MonotonicTime) {
        assertCurrent()
        timers.set(id, to: deadline)
    }

    package func clearTimer(_ id: TimerID) {
        assertCurrent()
        timers.clear(id)
    }

    package func removeTimer(_ id: TimerID) {
        assertCurrent()
        timers.remove(id)
    }

    // MARK: Turn ends

    /// Asks for one call at the end of this turn. The caller must not ask twice for the same turn.
    package func atTurnEnd(_ target: any TurnEnd) {
        assertCurrent()
        var ends = TurnEndQueue()
        swap(&ends, &turnEnds)
        ends.append(target)
        swap(&ends, &turnEnds)
    }
}
