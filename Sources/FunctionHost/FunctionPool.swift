package import EventLoop

/// The life of one function: its execution environments (processes), and the invocations that wait for them. A pure
/// state machine: it is told what happened and returns what must be done.
///
/// | state of an environment | `next` | answer | process ends | time is over | retired |
/// |---|---|---|---|---|---|
/// | starting | idle | refused | initialisation failed | initialisation failed, ending | ending |
/// | idle | refused | refused | gone | - | ending |
/// | busy | refused | finished, answered | invocation failed, gone | invocation failed, ending | goes on, then ending |
/// | answered | idle | refused | gone | ending | ending |
/// | ending | waits for its end | refused | gone | - | - |
package struct FunctionPool {
    package enum Action: Hashable {
        /// Start a process for this environment.
        case launch(UInt64)
        /// Answer the environment's `next` with this invocation.
        case deliver(invocation: UInt64, to: UInt64)
        /// Tell whoever invoked.
        case finish(invocation: UInt64, InvocationOutcome)
        /// End the process and all below it: at once, or after it was asked to.
        case end(UInt64, atOnce: Bool)
    }

    /// How a call of the Runtime API is answered.
    package enum Reception: Hashable {
        case accepted
        /// 400 `InvalidRequestID`: nothing of that name is being worked on.
        case unknownRequest
        /// 403 `InvalidStateTransition`: not now.
        case wrongState
    }

    private enum State: Hashable {
        case starting(until: MonotonicTime)
        case idle
        case busy(UInt64, until: MonotonicTime)
        /// It has answered, and may do so much more until it asks again: until its deadline.
        case answered(until: MonotonicTime)
        case ending
    }

    private struct Environment {
        var number: UInt64
        var state: State
        /// Its code or its configuration is not the present one.
        var isRetired = false
    }

    private struct Waiting {
        var number: UInt64
        var requestID: String
    }

    package private(set) var plan: FunctionPlan
    private var environments: [Environment] = []
    private var queue: [Waiting] = []
    /// The request ids of what is being worked on, by invocation.
    private var running: [UInt64: String] = [:]
    private var failuresInARow = 0
    /// No process is started before this.
    private var notBefore = MonotonicTime(nanoseconds: 0)
    /// Why no process can be started, while nobody has tried again.
    private var initError: InvocationOutcome?
    package private(set) var isStopped = false

    /// As in Lambda.
    package static let initMilliseconds = 10_000
    /// More than this many invocations never wait for one function.
    package static let waitingLimit = 1000
    /// Pauses between failed starts grow up to this.
    static let longestPause = 5000

    package init(_ plan: FunctionPlan) {
        self.plan = plan
    }

    // MARK: What happens

    /// Somebody wants the function to run.
    package mutating func invoke(_ number: UInt64, requestID: String, at now: MonotonicTime) -> [Action] {
        if isStopped { return [.finish(invocation: number, .failed("the function is not run any more"))] }
        if let initError, now < notBefore, !hasHealthyEnvironment { return [.finish(invocation: number, initError)] }
        guard queue.count < Self.waitingLimit else {
            return [.finish(invocation: number, .failed("\(queue.count) invocations of the function wait already"))]
        }
        queue.append(Waiting(number: number, requestID: requestID))
        return schedule(at: now)
    }

    /// Whoever invoked is gone. What is being worked on goes on, as in Lambda; its outcome is of no interest. True when it
    /// had not begun, and never will.
    package mutating func abandon(_ number: UInt64) -> Bool {
        guard let index = queue.firstIndex(where: { $0.number == number }) else { return false }
        queue.remove(at: index)
        return true
    }

    /// The environment's runtime asks for work.
    package mutating func next(_ number: UInt64, at now: MonotonicTime) -> (Reception, [Action]) {
        guard let index = index(of: number) else { return (.wrongState, []) }
        switch environments[index].state {
        case .starting:
            // It can start, whatever becomes of its work.
            initError = nil
        case .answered: break
        // It is about to be told to end; a refusal would only make it complain.
        case .ending: return (.accepted, [])
        case .idle, .busy: return (.wrongState, [])
        }
        if environments[index].isRetired {
            environments[index].state = .ending
            return (.accepted, [.end(number, atOnce: false)])
        }
        environments[index].state = .idle
        return (.accepted, schedule(at: now))
    }

    /// The connection on which the environment waited for work is gone.
    package mutating func lostNext(_ number: UInt64, at now: MonotonicTime) {
        guard let index = index(of: number), environments[index].state == .idle else { return }
        // Another `next` may follow, or the end of the process.
        environments[index].state = .answered(until: now.advanced(milliseconds: Self.initMilliseconds))
    }

    /// The environment has an answer, or an error, for an invocation.
    package mutating func answer(
        _ number: UInt64, requestID: String, _ outcome: InvocationOutcome, at now: MonotonicTime
    ) -> (Reception, [Action]) {
        guard let invocation = invocation(of: number), running[invocation] == requestID else {
            return (.unknownRequest, [])
        }
        if let index = index(of: number), case .busy(_, let until) = environments[index].state {
            environments[index].state = .answered(until: until)
        }
        running[invocation] = nil
        failuresInARow = 0
        return (.accepted, [.finish(invocation: invocation, outcome)])
    }

    /// Whether the environment works on this request now.
    package func isWorking(_ number: UInt64, on requestID: String) -> Bool {
        guard let invocation = invocation(of: number) else { return false }
        return running[invocation] == requestID
    }

    /// The runtime says that it cannot start.
    package mutating func initFailed(
        _ number: UInt64, _ outcome: InvocationOutcome, at now: MonotonicTime
    ) -> (Reception, [Action]) {
        guard let index = index(of: number), case .starting = environments[index].state else {
            return (.wrongState, [])
        }
        environments[index].state = .ending
        return (.accepted, [.end(number, atOnce: false)] + startFailed(outcome, at: now))
    }

    /// The process has ended, or could not be started.
    package mutating func ended(_ number: UInt64, _ end: ProcessEnd, at now: MonotonicTime) -> [Action] {
        guard let index = index(of: number) else { return [] }
        let former = environments.remove(at: index)
        switch former.state {
        case .starting:
            return startFailed(.exited(queue.first?.requestID ?? "-", end), at: now)
        case .busy(let invocation, _):
            let requestID = running.removeValue(forKey: invocation) ?? "-"
            failed(at: now)
            return [.finish(invocation: invocation, .exited(requestID, end))] + schedule(at: now)
        case .idle, .answered:
            if !former.isRetired { failed(at: now) }
            return schedule(at: now)
        case .ending: return schedule(at: now)
        }
    }

    /// No process can be had, for a reason that the owner must mend.
    package mutating func launchFailed(_ number: UInt64, _ reason: String, at now: MonotonicTime) -> [Action] {
        guard let index = index(of: number) else { return [] }
        environments.remove(at: index)
        return startFailed(.failed(reason), at: now)
    }

    /// A deadline may have passed.
    package mutating func timePassed(to now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for environment in environments {
            switch environment.state {
            case .starting(let until) where until <= now:
                set(environment.number, .ending)
                actions.append(.end(environment.number, atOnce: true))
                let sentence = "the function did not ask for work within \(Self.initMilliseconds / 1000) seconds"
                actions += startFailed(.error("Sandbox.Timedout", "Init timed out: \(sentence)"), at: now)
            case .busy(let invocation, let until) where until <= now:
                set(environment.number, .ending)
                let requestID = running.removeValue(forKey: invocation) ?? "-"
                actions.append(.end(environment.number, atOnce: true))
                actions.append(
                    .finish(
                        invocation: invocation, .timedOut(requestID, milliseconds: plan.timeoutInMillis)))
            case .answered(let until) where until <= now:
                set(environment.number, .ending)
                actions.append(.end(environment.number, atOnce: true))
            default: break
            }
        }
        return actions + schedule(at: now)
    }

    /// When ``timePassed(to:)`` must be called at the latest.
    package var nextDeadline: MonotonicTime {
        var next = MonotonicTime.distantFuture
        for environment in environments {
            switch environment.state {
            case .starting(let until), .busy(_, let until), .answered(let until): next = min(next, until)
            default: break
            }
        }
        if wantsProcess { next = min(next, notBefore) }
        return next
    }

    /// The code has changed: every further invocation is done by new processes.
    package mutating func retire(replacing plan: FunctionPlan? = nil, at now: MonotonicTime) -> [Action] {
        if let plan { self.plan = plan }
        failuresInARow = 0
        notBefore = MonotonicTime(nanoseconds: 0)
        initError = nil
        var actions: [Action] = []
        for index in environments.indices {
            environments[index].isRetired = true
            switch environments[index].state {
            case .starting, .idle, .answered:
                environments[index].state = .ending
                actions.append(.end(environments[index].number, atOnce: false))
            case .busy, .ending: break
            }
        }
        return actions + schedule(at: now)
    }

    /// The function was taken out of the configuration: nothing is begun any more, what is being worked on may end.
    package mutating func close(at now: MonotonicTime) -> [Action] {
        isStopped = true
        let actions = queue.map { Action.finish(invocation: $0.number, .failed("the function is not run any more")) }
        queue = []
        return actions + retire(at: now)
    }

    /// It is there again.
    package mutating func reopen(_ plan: FunctionPlan, at now: MonotonicTime) -> [Action] {
        isStopped = false
        self.plan = plan
        return schedule(at: now)
    }

    /// The gateway ends, and those who asked it are gone: what is still being worked on is for nobody.
    package mutating func stop(at now: MonotonicTime) -> [Action] {
        var actions = close(at: now)
        for environment in environments {
            guard case .busy(let invocation, _) = environment.state else { continue }
            set(environment.number, .ending)
            running[invocation] = nil
            actions.append(.end(environment.number, atOnce: false))
            actions.append(.finish(invocation: invocation, .failed("the gateway is stopping")))
        }
        return actions
    }

    /// Environments whose process may be there.
    package var count: Int { environments.count }
    package var isWorking: Bool { !running.isEmpty }

    // MARK: What follows

    /// The number of the next environment; given by whoever runs the pool, so that numbers are unique over all.
    package var makeNumber: () -> UInt64 = { 0 }

    private var present: Int { environments.reduce(0) { $0 + ($1.state == .ending || $1.isRetired ? 0 : 1) } }

    private var hasHealthyEnvironment: Bool {
        environments.contains { environment in
            switch environment.state {
            case .idle, .busy, .answered: !environment.isRetired
            case .starting, .ending: false
            }
        }
    }

    private var wantsProcess: Bool {
        guard !isStopped, present < plan.concurrency else { return false }
        var coming = 0
        for environment in environments where !environment.isRetired {
            switch environment.state {
            case .starting, .answered: coming += 1
            default: break
            }
        }
        return coming < queue.count || present < plan.provisionedConcurrency
    }

    private mutating func schedule(at now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        while !queue.isEmpty,
            let index = environments.lastIndex(where: { $0.state == .idle && !$0.isRetired })
        {
            let waiting = queue.removeFirst()
            running[waiting.number] = waiting.requestID
            let until = now.advanced(milliseconds: plan.timeoutInMillis)
            environments[index].state = .busy(waiting.number, until: until)
            actions.append(.deliver(invocation: waiting.number, to: environments[index].number))
        }
        while wantsProcess, notBefore <= now {
            let number = makeNumber()
            let until = now.advanced(milliseconds: Self.initMilliseconds)
            environments.append(Environment(number: number, state: .starting(until: until)))
            actions.append(.launch(number))
        }
        return actions
    }

    private mutating func failed(at now: MonotonicTime) {
        failuresInARow += 1
        // The first crash may be the event's fault alone.
        guard failuresInARow > 1 else { return }
        let pause = min(Self.longestPause, 50 << min(failuresInARow - 2, 10))
        notBefore = now.advanced(milliseconds: pause)
    }

    /// When no environment works, waiting is of no use to those who wait.
    private mutating func startFailed(_ outcome: InvocationOutcome, at now: MonotonicTime) -> [Action] {
        failuresInARow = max(failuresInARow, 1)
        failed(at: now)
        guard !hasHealthyEnvironment else { return schedule(at: now) }
        initError = outcome
        let actions = queue.map { Action.finish(invocation: $0.number, outcome) }
        queue = []
        return actions + schedule(at: now)
    }

    private func index(of number: UInt64) -> Int? { environments.firstIndex { $0.number == number } }

    private mutating func set(_ number: UInt64, _ state: State) {
        if let index = index(of: number) { environments[index].state = state }
    }

    private func invocation(of number: UInt64) -> UInt64? {
        guard let index = index(of: number), case .busy(let invocation, _) = environments[index].state else {
            return nil
        }
        return invocation
    }
}
