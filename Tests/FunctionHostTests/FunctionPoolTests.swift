import EventLoop
import Testing

@testable import FunctionHost

@Suite("The pool of a function's environments")
struct FunctionPoolTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private static func pool(concurrency: Int = 1, provisioned: Int = 0, timeout: Int = 3000) -> FunctionPool {
        var pool = FunctionPool(
            FunctionPlan(
                name: "f", command: ["run"], folder: "/", arn: "arn", timeoutInMillis: timeout,
                concurrency: concurrency,
                provisionedConcurrency: provisioned))
        let counter = Counter()
        pool.makeNumber = { counter.next() }
        return pool
    }

    private final class Counter {
        private var last: UInt64 = 0
        func next() -> UInt64 {
            last += 1
            return last
        }
    }

    private static func after(_ milliseconds: Int) -> MonotonicTime { start.advanced(milliseconds: milliseconds) }

    private static let answer = InvocationOutcome.payload(Array("1".utf8), isError: false)

    @Test("The first invocation starts a process, which gets it when it asks; the next one reuses the process")
    func reuse() {
        var pool = Self.pool()
        #expect(pool.invoke(7, requestID: "a", at: Self.start) == [.launch(1)])
        var (reception, actions) = pool.next(1, at: Self.after(50))
        #expect(reception == .accepted)
        #expect(actions == [.deliver(invocation: 7, to: 1)])
        (reception, actions) = pool.answer(1, requestID: "a", Self.answer, at: Self.after(60))
        #expect(reception == .accepted)
        #expect(actions == [.finish(invocation: 7, Self.answer)])
        #expect(pool.next(1, at: Self.after(61)).1.isEmpty)
        #expect(pool.invoke(8, requestID: "b", at: Self.after(70)) == [.deliver(invocation: 8, to: 1)])
    }

    @Test("As many processes as invocations wait, and never more than the concurrency allows")
    func concurrency() {
        var pool = Self.pool(concurrency: 2)
        #expect(pool.invoke(1, requestID: "a", at: Self.start) == [.launch(1)])
        #expect(pool.invoke(2, requestID: "b", at: Self.start) == [.launch(2)])
        #expect(pool.invoke(3, requestID: "c", at: Self.start).isEmpty)
        #expect(pool.next(2, at: Self.after(9)).1 == [.deliver(invocation: 1, to: 2)])
        #expect(pool.next(1, at: Self.after(9)).1 == [.deliver(invocation: 2, to: 1)])
        _ = pool.answer(2, requestID: "a", Self.answer, at: Self.after(10))
        #expect(pool.next(2, at: Self.after(11)).1 == [.deliver(invocation: 3, to: 2)])
    }

    @Test(
        "An answer to anything but the present invocation is refused",
        arguments: ["", "b", "A", "a ", "00000000-0000-0000-0000-000000000000"])
    func foreignAnswers(requestID: String) {
        var pool = Self.pool()
        _ = pool.invoke(7, requestID: "a", at: Self.start)
        #expect(pool.answer(1, requestID: "a", Self.answer, at: Self.start).0 == .unknownRequest, "before it was given")
        _ = pool.next(1, at: Self.start)
        let (reception, actions) = pool.answer(1, requestID: requestID, Self.answer, at: Self.start)
        #expect(reception == .unknownRequest)
        #expect(actions.isEmpty)
        _ = pool.answer(1, requestID: "a", Self.answer, at: Self.start)
        #expect(pool.answer(1, requestID: "a", Self.answer, at: Self.start).0 == .unknownRequest, "a second time")
    }

    @Test("Asking for work twice, or while there is work, is refused")
    func secondNext() {
        var pool = Self.pool()
        _ = pool.invoke(7, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.start)
        #expect(pool.next(1, at: Self.start).0 == .wrongState)
        _ = pool.answer(1, requestID: "a", Self.answer, at: Self.start)
        #expect(pool.next(1, at: Self.start).0 == .accepted)
        #expect(pool.next(1, at: Self.start).0 == .wrongState)
        #expect(pool.initFailed(1, Self.answer, at: Self.start).0 == .wrongState)
    }

    @Test("An invocation beyond its time ends the process at once, and its caller is told in Lambda's words")
    func timeout() {
        var pool = Self.pool(timeout: 1500)
        _ = pool.invoke(7, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.after(100))
        #expect(pool.nextDeadline == Self.after(1600))
        #expect(pool.timePassed(to: Self.after(1599)).isEmpty)
        let actions = pool.timePassed(to: Self.after(1600))
        #expect(
            actions == [
                .end(1, atOnce: true),
                .finish(
                    invocation: 7,
                    .error("Sandbox.Timedout", "RequestId: a Error: Task timed out after 1.50 seconds")),
            ])
        #expect(pool.answer(1, requestID: "a", Self.answer, at: Self.after(1601)).0 == .unknownRequest, "too late")
        #expect(pool.invoke(8, requestID: "b", at: Self.after(1602)) == [.launch(2)], "without waiting for the end")
        #expect(pool.ended(1, .signal(9), at: Self.after(1603)).isEmpty)
    }

    @Test("A process that ends while it works fails that invocation alone")
    func crash() {
        var pool = Self.pool()
        _ = pool.invoke(7, requestID: "a", at: Self.start)
        _ = pool.invoke(8, requestID: "b", at: Self.start)
        _ = pool.next(1, at: Self.start)
        let actions = pool.ended(1, .status(3), at: Self.after(5))
        let error = InvocationOutcome.error(
            "Runtime.ExitError", "RequestId: a Error: Runtime exited with error: exit status 3")
        #expect(actions == [.finish(invocation: 7, error), .launch(2)])
        #expect(pool.next(2, at: Self.after(9)).1 == [.deliver(invocation: 8, to: 2)])
    }

    @Test("Processes that crash again and again are started after growing pauses, which an answer ends")
    func backOff() {
        var pool = Self.pool()
        var now = Self.start
        var pauses: [Int] = []
        for number in UInt64(1)...8 {
            _ = pool.invoke(number, requestID: "r\(number)", at: now)
            let deadline = pool.nextDeadline
            if deadline > now, deadline.since(now) < 9_000_000_000 {
                pauses.append(Int(deadline.since(now) / 1_000_000))
                #expect(pool.timePassed(to: now).isEmpty)
                now = deadline
                #expect(pool.timePassed(to: now) == [.launch(number)])
            }
            _ = pool.next(number, at: now)
            _ = pool.ended(number, .signal(11), at: now)
        }
        #expect(pauses == [50, 100, 200, 400, 800, 1600])
        let later = now.advanced(milliseconds: FunctionPool.longestPause)
        #expect(pool.invoke(9, requestID: "r9", at: later) == [.launch(9)])
        _ = pool.next(9, at: later)
        _ = pool.answer(9, requestID: "r9", Self.answer, at: later)
        _ = pool.ended(9, .signal(11), at: later)
        #expect(pool.invoke(10, requestID: "r10", at: later) == [.launch(10)])
    }

    @Test("A function that cannot start answers everybody who waits, and for a while those who come, with the reason")
    func initError() {
        var pool = Self.pool(concurrency: 2)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.invoke(2, requestID: "b", at: Self.start)
        let reason = InvocationOutcome.payload(Array("no module".utf8), isError: true)
        let (reception, actions) = pool.initFailed(1, reason, at: Self.start)
        #expect(reception == .accepted)
        #expect(actions.contains(.finish(invocation: 1, reason)))
        #expect(actions.contains(.finish(invocation: 2, reason)))
        #expect(pool.invoke(3, requestID: "c", at: Self.after(1)) == [.finish(invocation: 3, reason)])
        _ = pool.ended(1, .status(1), at: Self.after(2))
        _ = pool.initFailed(2, reason, at: Self.after(3))
        _ = pool.ended(2, .status(1), at: Self.after(4))
        let later = Self.after(4 + FunctionPool.longestPause)
        #expect(pool.invoke(4, requestID: "d", at: later) == [.launch(3)], "another try")
        // New code is tried at once.
        _ = pool.initFailed(3, reason, at: later)
        _ = pool.retire(at: later)
        #expect(pool.invoke(5, requestID: "e", at: later) == [.launch(4)])
    }

    @Test("A process that never asks for work is ended after ten seconds")
    func initTimeout() {
        var pool = Self.pool()
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        #expect(pool.timePassed(to: Self.after(9_999)).isEmpty)
        let actions = pool.timePassed(to: Self.after(10_000))
        #expect(actions.first == .end(1, atOnce: true))
        guard case .finish(1, .payload(_, isError: true)) = actions.last else {
            Issue.record("the caller was not told: \(actions)")
            return
        }
    }

    @Test("New code: idle processes end, busy ones finish their work first")
    func retire() {
        var pool = Self.pool(concurrency: 2)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.invoke(2, requestID: "b", at: Self.start)
        _ = pool.next(1, at: Self.start)
        _ = pool.next(2, at: Self.start)
        _ = pool.answer(2, requestID: "b", Self.answer, at: Self.start)
        _ = pool.next(2, at: Self.start)
        #expect(pool.retire(at: Self.start) == [.end(2, atOnce: false)])
        #expect(pool.invoke(3, requestID: "c", at: Self.start) == [.launch(3)])
        #expect(pool.answer(1, requestID: "a", Self.answer, at: Self.start).1 == [.finish(invocation: 1, Self.answer)])
        #expect(pool.next(1, at: Self.start).1 == [.end(1, atOnce: false)])
    }

    @Test("Provisioned processes start before anybody asks, and again when they end")
    func provisioned() {
        var pool = Self.pool(concurrency: 3, provisioned: 2)
        #expect(pool.timePassed(to: Self.start) == [.launch(1), .launch(2)])
        _ = pool.next(1, at: Self.start)
        _ = pool.next(2, at: Self.start)
        #expect(pool.ended(1, .status(0), at: Self.start) == [.launch(3)])
    }

    @Test("After a stop nothing begins, and those who wait are told")
    func stop() {
        var pool = Self.pool(provisioned: 1)
        _ = pool.timePassed(to: Self.start)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        let removed = InvocationOutcome.failed("the function is not run any more")
        #expect(pool.stop(at: Self.start) == [.finish(invocation: 1, removed), .end(1, atOnce: false)])
        #expect(pool.ended(1, .signal(15), at: Self.start).isEmpty)
        #expect(pool.invoke(2, requestID: "b", at: Self.start) == [.finish(invocation: 2, removed)])
        #expect(pool.nextDeadline == .distantFuture)
    }

    @Test("No more than a thousand wait; who has gone no longer counts")
    func waitingLimit() {
        var pool = Self.pool()
        for number in 1...UInt64(FunctionPool.waitingLimit) {
            #expect(pool.invoke(number, requestID: "r\(number)", at: Self.start).count <= 1)
        }
        guard case .finish(5000, .failed)? = pool.invoke(5000, requestID: "x", at: Self.start).first else {
            Issue.record("one too many was taken")
            return
        }
        let (first, second) = (pool.abandon(17), pool.abandon(17))
        #expect(first && !second)
        #expect(pool.invoke(5001, requestID: "y", at: Self.start).isEmpty)
    }

    @Test("A process that has answered and never asks again is ended at its deadline, and replaced")
    func answeredForEver() {
        var pool = Self.pool(timeout: 1000)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.start)
        _ = pool.answer(1, requestID: "a", Self.answer, at: Self.after(10))
        #expect(pool.invoke(2, requestID: "b", at: Self.after(20)).isEmpty, "it may ask any moment")
        #expect(pool.nextDeadline == Self.after(1000))
        #expect(pool.timePassed(to: Self.after(1000)) == [.end(1, atOnce: true), .launch(2)])
        #expect(pool.next(2, at: Self.after(1001)).1 == [.deliver(invocation: 2, to: 2)])
    }

    @Test("A process that dropped its request for work must ask again in time")
    func droppedNext() {
        var pool = Self.pool()
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.start)
        _ = pool.answer(1, requestID: "a", Self.answer, at: Self.start)
        _ = pool.next(1, at: Self.start)
        pool.lostNext(1, at: Self.start)
        #expect(pool.timePassed(to: Self.after(FunctionPool.initMilliseconds)) == [.end(1, atOnce: true)])
    }

    @Test("A function that was taken out and put back finishes its work, and goes on with new processes")
    func reopened() {
        var pool = Self.pool(concurrency: 2)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.start)
        #expect(pool.close(at: Self.start).isEmpty)
        #expect(pool.reopen(pool.plan, at: Self.start).isEmpty)
        #expect(pool.invoke(2, requestID: "b", at: Self.start) == [.launch(2)])
        #expect(pool.answer(1, requestID: "a", Self.answer, at: Self.start).1 == [.finish(invocation: 1, Self.answer)])
        #expect(pool.next(1, at: Self.start).1 == [.end(1, atOnce: false)])
    }

    @Test("When the gateway ends, work for nobody is ended too")
    func stopBusy() {
        var pool = Self.pool(timeout: 900_000)
        _ = pool.invoke(1, requestID: "a", at: Self.start)
        _ = pool.next(1, at: Self.start)
        #expect(
            pool.stop(at: Self.start) == [
                .end(1, atOnce: false), .finish(invocation: 1, .failed("the gateway is stopping")),
            ])
        #expect(pool.ended(1, .signal(15), at: Self.start).isEmpty)
        #expect(pool.count == 0)
    }
}
