import CPlatform
import Glibc
import Synchronization
import Testing

@testable import EventLoop

/// A clock that only the test moves.
final class ManualClock: Sendable {
    private let nanoseconds = Atomic<UInt64>(1_000_000_000)

    func advance(milliseconds: UInt64) { nanoseconds.add(milliseconds * 1_000_000, ordering: .relaxed) }

    func loop(_ limits: TurnBudget.Limits) throws -> EventThread {
        try EventThread(
            clock: { MonotonicTime(nanoseconds: self.nanoseconds.load(ordering: .relaxed)) }, budget: limits)
    }

    func loop() throws -> EventThread {
        try EventThread(clock: { MonotonicTime(nanoseconds: self.nanoseconds.load(ordering: .relaxed)) })
    }
}

private final class Target: TimerTarget, TurnEnd, Watcher {
    var fired = 0
    var ends = 0
    var readiness: [Readiness] = []
    var onTimer: () -> Void = {}
    var onEnd: () -> Void = {}
    var onReady: () -> Void = {}

    func timerFired() {
        fired += 1
        onTimer()
    }

    func turnEnded() {
        ends += 1
        onEnd()
    }

    func ready(_ readiness: Readiness) {
        self.readiness.append(readiness)
        onReady()
    }
}

@Suite("Event loop driven by hand")
struct EventLoopTests {
    @Test("A timer fires once, at its time and not before")
    func timer() throws {
        let clock = ManualClock()
        let loop = try clock.loop()
        let target = Target()
        let timer = loop.makeTimer(target)
        loop.runTurn()
        loop.setTimer(timer, to: loop.now.advanced(milliseconds: 50))
        clock.advance(milliseconds: 49)
        loop.runTurn()
        #expect(target.fired == 0)
        clock.advance(milliseconds: 1)
        loop.runTurn()
        loop.runTurn()
        #expect(target.fired == 1)
        loop.setTimer(timer, to: loop.now)
        loop.clearTimer(timer)
        clock.advance(milliseconds: 100)
        loop.runTurn()
        #expect(target.fired == 1)
    }

    @Test("A timer that another one moves, clears or replaces in the same turn does not fire")
    func timersMeet() throws {
        let clock = ManualClock()
        let loop = try clock.loop()
        let first = Target()
        let moved = Target()
        let cleared = Target()
        let removed = Target()
        let successor = Target()
        let timers = [first, moved, cleared, removed].map { loop.makeTimer($0) }
        for timer in timers { loop.setTimer(timer, to: loop.now.advanced(milliseconds: 5)) }
        var newTimer: TimerID?
        first.onTimer = {
            loop.setTimer(timers[1], to: loop.now.advanced(milliseconds: 1000))
            loop.clearTimer(timers[2])
            loop.removeTimer(timers[3])
            newTimer = loop.makeTimer(successor)
        }
        clock.advance(milliseconds: 20)
        loop.runTurn()
        #expect(first.fired == 1)
        #expect(moved.fired == 0)
        #expect(cleared.fired == 0)
        #expect(removed.fired == 0)
        #expect(successor.fired == 0)
        #expect(newTimer?.slot == timers[3].slot)
        // The name that was given up does not move its successor's deadline.
        loop.setTimer(timers[3], to: loop.now)
        clock.advance(milliseconds: 1000)
        loop.runTurn()
        #expect(successor.fired == 0)
        #expect(moved.fired == 1)
    }

    @Test("A turn's end is called once for each asking, and a few rounds of asking again stay in the turn")
    func turnEnds() throws {
        let loop = try ManualClock().loop()
        let target = Target()
        target.onEnd = { if target.ends < 10 { loop.atTurnEnd(target) } }
        loop.atTurnEnd(target)
        loop.runTurn()
        #expect(target.ends == 4)
        loop.runTurn()
        loop.runTurn()
        loop.runTurn()
        #expect(target.ends == 10)
    }

    @Test("What a turn could not take up comes first in the next, so that nobody is passed over")
    func leftovers() throws {
        let loop = try ManualClock().loop(TurnBudget.Limits(events: 2, atLeast: 1))
        let pairs = try (0..<5).map { _ in try SocketPair() }
        let targets = pairs.map { _ in Target() }
        for (pair, target) in zip(pairs, targets) {
            _ = try loop.watch(pair.ours, for: .readable, target)
            // Nobody reads, so all of them are ready for ever.
            pair.theirsSend("a")
        }
        var heard: [Int] = []
        for turn in 1...5 {
            loop.runTurn()
            heard = targets.map(\.readiness.count)
            #expect(heard.reduce(0, +) == min(2 * turn, 5) + max(0, min(2 * (turn - 3), 5)))
        }
        // Two rounds over all of them are nearly through: nobody has been called twice before all were called once.
        #expect(heard.allSatisfy { $0 >= 1 && $0 <= 2 })
    }

    @Test("A late turn leaves the ends that were asked for, and due timers, to the next ones")
    func lateEnds() throws {
        let clock = ManualClock()
        let loop = try clock.loop(TurnBudget.Limits(nanoseconds: 1_000_000, atLeast: 1))
        let targets = (0..<4).map { _ in Target() }
        for target in targets {
            target.onEnd = { clock.advance(milliseconds: 2) }
            target.onTimer = { clock.advance(milliseconds: 2) }
            loop.atTurnEnd(target)
        }
        for done in 1...4 {
            loop.runTurn()
            #expect(targets.map(\.ends) == (0..<4).map { $0 < done ? 1 : 0 })
        }
        for target in targets { loop.setTimer(loop.makeTimer(target), to: loop.now) }
        for _ in 0..<8 {
            clock.advance(milliseconds: 20)
            loop.runTurn()
        }
        #expect(targets.map(\.fired) == [1, 1, 1, 1])
        clock.advance(milliseconds: 20)
        loop.runTurn()
        #expect(targets.map(\.fired) == [1, 1, 1, 1])
    }

    @Test("A watcher hears of its descriptor until it gives the watch up, also from inside its own call")
    func watchers() throws {
        let loop = try ManualClock().loop()
        let pair = try SocketPair()
        let target = Target()
        let id = try loop.watch(pair.ours, for: .readable, target)
        loop.runTurn()
        #expect(target.readiness == [])
        pair.theirsSend("a")
        loop.runTurn()
        loop.runTurn()
        #expect(target.readiness == [.readable, .readable])
        loop.change(id, fd: pair.ours, to: .writable)
        loop.runTurn()
        #expect(target.readiness.last == .writable)
        target.onReady = { loop.unwatch(id, fd: pair.ours) }
        loop.runTurn()
        let heard = target.readiness.count
        loop.runTurn()
        #expect(target.readiness.count == heard)
        // A stale name changes nothing.
        loop.change(id, fd: pair.ours, to: .readable)
        loop.unwatch(id, fd: pair.ours)
        loop.runTurn()
        #expect(target.readiness.count == heard)
    }

    @Test("An event of a watch that another watcher gave up in the same turn reaches nobody")
    func staleEvent() throws {
        let loop = try ManualClock().loop()
        let first = try SocketPair()
        let second = try SocketPair()
        let targets = [Target(), Target()]
        let ids = [
            try loop.watch(first.ours, for: .readable, targets[0]),
            try loop.watch(second.ours, for: .readable, targets[1]),
        ]
        targets[0].onReady = { loop.unwatch(ids[1], fd: second.ours) }
        targets[1].onReady = { loop.unwatch(ids[0], fd: first.ours) }
        first.theirsSend("a")
        second.theirsSend("a")
        loop.runTurn()
        #expect(targets[0].readiness.count + targets[1].readiness.count == 1)
    }

    @Test("A descriptor that cannot be watched is an error with the kernel's code")
    func refusedWatch() throws {
        let loop = try ManualClock().loop()
        #expect(throws: SystemError(code: EBADF, call: "epoll_ctl")) { try loop.watch(-1, for: .readable, Target()) }
    }

    @Test("Calls from elsewhere run in order, those that a call submits in a later turn")
    func submits() throws {
        let loop = try ManualClock().loop()
        let seen = Mutex<[Int]>([])
        loop.submit {
            seen.withLock { $0.append(1) }
            loop.submit { seen.withLock { $0.append(3) } }
        }
        loop.submit { seen.withLock { $0.append(2) } }
        loop.runTurn()
        #expect(seen.withLock { $0 } == [1, 2])
        loop.runTurn()
        #expect(seen.withLock { $0 } == [1, 2, 3])
    }
}

@Suite("Event thread")
struct EventThreadTests {
    private actor Counter: ThreadActor {
        nonisolated let thread: EventThread
        private var value = 0

        init(on thread: EventThread) { self.thread = thread }

        func increment() -> (Int, Bool) {
            value += 1
            return (value, thread.isCurrent)
        }
    }

    @Test("An actor's calls run on its thread, one after the other")
    func actorOnThread() async throws {
        let thread = try EventThread()
        thread.start(name: "test") {}
        let counter = Counter(on: thread)
        await withTaskGroup { group in
            for _ in 0..<200 { group.addTask { await #expect(counter.increment().1) } }
        }
        #expect(await counter.increment().0 == 201)
        #expect(!thread.isCurrent)
        thread.stop()
    }

    @Test("What was submitted before the stop still runs, and the thread ends")
    func stop() async throws {
        let thread = try EventThread()
        let ran = Atomic<Int>(0)
        await withCheckedContinuation { continuation in
            for _ in 0..<100 { thread.submit { ran.add(1, ordering: .relaxed) } }
            thread.submit { continuation.resume() }
            thread.stop()
            thread.start(name: "test") { ran.add(1, ordering: .relaxed) }
        }
        #expect(ran.load(ordering: .relaxed) >= 100)
    }
}

/// Two connected non-blocking sockets; closed with the value's end.
final class SocketPair {
    let ours: Int32
    let theirs: Int32

    init() throws {
        var fds: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let code = unsafe fds.withUnsafeMutableBufferPointer { unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress) }
        _ = try SystemError.check(code, "socketpair")
        (ours, theirs) = (fds[0], fds[1])
    }

    deinit {
        Socket.close(ours)
        Socket.close(theirs)
    }

    func theirsSend(_ text: String) { _ = Socket.send(theirs, Array(text.utf8), from: 0) }
}
