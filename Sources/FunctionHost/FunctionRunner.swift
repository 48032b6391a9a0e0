import EventLoop
import HTTP

/// Carries out what the pools of all functions decide, on one event thread.
final class FunctionRunner {
    /// What one caller waits for.
    struct Call {
        let function: String
        let requestID: String
        var payload: [UInt8]
        let traceID: [UInt8]
        var began = MonotonicTime(nanoseconds: 0)
        let completion: @Sendable (InvocationOutcome) -> Void
    }

    private let thread: EventThread
    private let options: FunctionHost.Options
    private let supervisor: Supervisor
    private var pools: [String: FunctionPool] = [:]
    private var environments: [UInt64: ExecutionEnvironment] = [:]
    private var started: [UInt64: MonotonicTime] = [:]
    private var initDurations: [UInt64: Double] = [:]
    private var calls: [UInt64: Call] = [:]
    private var deadline: TimerID?
    private let numbers = Numbers()
    private var drained: [@Sendable () -> Void] = []
    private var isStopping = false

    /// Numbers of environments, unique over all functions.
    private final class Numbers {
        private var last: UInt64 = 0
        func next() -> UInt64 {
            last += 1
            return last
        }
    }

    init(thread: EventThread, options: FunctionHost.Options) {
        self.thread = thread
        self.options = options
        supervisor = Supervisor(executable: options.executable, thread: thread)
    }

    // MARK: From the gateway

    /// Puts these functions in the place of the former ones. Processes of functions that have not changed go on.
    func adopt(_ plans: [FunctionPlan]) {
        let wanted = Dictionary(plans.map { ($0.name, $0) }) { first, _ in first }
        // Ready before the first function is asked for; a failure shows then.
        if !plans.isEmpty { do throws(SystemError) { _ = try supervisor.descriptor() } catch {} }
        for name in pools.keys where wanted[name] == nil {
            perform(pools[name]?.close(at: thread.now) ?? [], name)
        }
        for (name, plan) in wanted {
            if pools[name]?.isStopped == true {
                // Its processes are on their way out, perhaps with work to finish.
                perform(pools[name]?.reopen(plan, at: thread.now) ?? [], name)
            } else if pools[name] == nil {
                add(plan)
                perform(pools[name]?.timePassed(to: thread.now) ?? [], name)
            } else if pools[name]?.plan != plan {
                perform(pools[name]?.retire(replacing: plan, at: thread.now) ?? [], name)
            }
        }
        setTimer()
    }

    private func add(_ plan: FunctionPlan) {
        var pool = FunctionPool(plan)
        pool.makeNumber = { [numbers] in numbers.next() }
        pools[plan.name] = pool
    }

    func invoke(_ number: UInt64, _ plan: FunctionPlan, _ call: Call) {
        if isStopping { return call.completion(.failed("the gateway is stopping")) }
        if pools[plan.name] == nil { add(plan) }
        calls[number] = call
        perform(pools[call.function]?.invoke(number, requestID: call.requestID, at: thread.now) ?? [], call.function)
        setTimer()
    }

    func abandon(_ number: UInt64) {
        guard let call = calls[number] else { return }
        if pools[call.function]?.abandon(number) == true { calls[number] = nil }
    }

    /// The code of these functions has changed.
    func retire(_ functions: [String]) {
        for name in functions where pools[name] != nil {
            perform(pools[name]?.retire(at: thread.now) ?? [], name)
        }
        setTimer()
    }

    /// Asks every process to end; `completion` follows when all are gone.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        isStopping = true
        drained.append(completion)
        for name in pools.keys { perform(pools[name]?.stop(at: thread.now) ?? [], name) }
        setTimer()
        finishStop()
    }

    private func finishStop() {
        guard isStopping, environments.isEmpty else { return }
        supervisor.close()
        let completions = drained
        drained = []
        for completion in completions { completion() }
    }

    // MARK: Carrying out

    private func perform(_ actions: [FunctionPool.Action], _ function: String) {
        for action in actions {
            switch action {
            case .launch(let number): launch(number, function)
            case .deliver(let invocation, let number): deliver(invocation, to: number)
            case .finish(let invocation, let outcome): finish(invocation, outcome)
            case .end(let number, let atOnce): environments[number]?.end(atOnce: atOnce)
            }
        }
    }

    private func launch(_ number: UInt64, _ function: String) {
        guard let plan = pools[function]?.plan else { return }
        do throws(SystemError) {
            let environment = try ExecutionEnvironment(
                number: number, function: function, thread: thread, owner: self, wallSeconds: options.wallSeconds)
            var more = [
                FunctionPlan.Variable("AWS_LAMBDA_RUNTIME_API", environment.address),
                FunctionPlan.Variable("AWS_LAMBDA_LOG_STREAM_NAME", logStream(number)),
                FunctionPlan.Variable(
                    "AWS_LAMBDA_INITIALIZATION_TYPE",
                    plan.provisionedConcurrency > 0 ? "provisioned-concurrency" : "on-demand"),
            ]
            if !plan.environment.contains(where: { $0.name == "PATH" }) {
                more.append(FunctionPlan.Variable("PATH", options.path))
            }
            guard let request = plan.launchRequest(more) else { throw SystemError(code: 22, call: "execve") }
            started[number] = .now()
            environments[number] = environment
            try environment.launch(request, through: try supervisor.descriptor())
        } catch {
            if let environment = environments[number] { return failedToStart(environment, code: error.code) }
            cannotLaunch(number, function, error.reason)
        }
    }

    /// `2026/11/22/[$LATEST]0000000000000001`, as Lambda names them.
    private func logStream(_ number: UInt64) -> String {
        let time = CivilTime(secondsSince1970: options.wallSeconds())
        let digits = String(number, radix: 16)
        let date = [time.year, time.month, time.day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "/")
        return "\(date)/[$LATEST]\(String(repeating: "0", count: 32 - digits.count))\(digits)"
    }

    private func deliver(_ invocation: UInt64, to number: UInt64) {
        guard let environment = environments[number], var call = calls[invocation],
            let plan = pools[call.function]?.plan
        else { return }
        call.began = .now()
        let deadline = options.wallMilliseconds() + Int64(plan.timeoutInMillis)
        var fields = RuntimeEndpoint.json
        let lines = [
            ("Lambda-Runtime-Aws-Request-Id", Array(call.requestID.utf8)),
            ("Lambda-Runtime-Deadline-Ms", Array(String(deadline).utf8)),
            ("Lambda-Runtime-Invoked-Function-Arn", Array(plan.arn.utf8)), ("Lambda-Runtime-Trace-Id", call.traceID),
        ]
        for (name, value) in lines where !value.isEmpty && FieldSyntax.isValue(value) {
            fields.append(contentsOf: name.utf8)
            fields.append(contentsOf: ": ".utf8)
            fields.append(contentsOf: value)
            fields.append(contentsOf: "\r\n".utf8)
        }
        environment.deliver(requestID: call.requestID, fields: fields, event: call.payload)
        call.payload = []
        calls[invocation] = call
    }

    private func finish(_ invocation: UInt64, _ outcome: InvocationOutcome) {
        guard let call = calls.removeValue(forKey: invocation) else { return }
        call.completion(outcome)
        guard call.began.nanoseconds > 0 else { return }
        var initDuration: Double?
        if let environment = environments.values.first(where: { $0.requestID == call.requestID }) {
            initDuration = initDurations.removeValue(forKey: environment.number)
        }
        let duration = Double(MonotonicTime.now().since(call.began)) / 1e6
        options.log(
            FunctionLogLine(
                kind: .report, function: call.function, requestID: call.requestID, text: [], duration: duration,
                initDuration: initDuration))
    }

    private func cannotLaunch(_ number: UInt64, _ function: String, _ reason: String) {
        let command = pools[function]?.plan.command.first ?? ""
        let sentence = "\(command) cannot be started: \(reason)"
        options.log(FunctionLogLine(kind: .problem, function: function, text: Array(sentence.utf8)))
        perform(pools[function]?.launchFailed(number, sentence, at: thread.now) ?? [], function)
        setTimer()
    }

    private func setTimer() {
        let next = pools.values.reduce(MonotonicTime.distantFuture) { min($0, $1.nextDeadline) }
        if next == .distantFuture {
            if let deadline { thread.clearTimer(deadline) }
            return
        }
        let timer = deadline ?? thread.makeTimer(DeadlineTimer(self))
        deadline = timer
        thread.setTimer(timer, to: max(next, thread.now.advanced(milliseconds: 1)))
    }

    fileprivate func timePassed() {
        for name in pools.keys { perform(pools[name]?.timePassed(to: thread.now) ?? [], name) }
        setTimer()
    }
}

extension FunctionRunner: ExecutionEnvironment.Owner {
    func asksForWork(_ environment: ExecutionEnvironment) -> FunctionPool.Reception {
        let name = environment.function
        guard let (reception, actions) = pools[name]?.next(environment.number, at: thread.now) else {
            return .wrongState
        }
        if reception == .accepted {
            environment.requestID = nil
            if let began = started.removeValue(forKey: environment.number) {
                initDurations[environment.number] = Double(MonotonicTime.now().since(began)) / 1e6
            }
        }
        perform(actions, name)
        setTimer()
        return reception
    }

    func lostNext(_ environment: ExecutionEnvironment) {
        pools[environment.function]?.lostNext(environment.number, at: thread.now)
        setTimer()
    }

    func answers(
        _ environment: ExecutionEnvironment, _ requestID: String, _ outcome: InvocationOutcome
    ) -> FunctionPool.Reception {
        let name = environment.function
        let answered = pools[name]?.answer(environment.number, requestID: requestID, outcome, at: thread.now)
        guard let (reception, actions) = answered else { return .unknownRequest }
        perform(actions, name)
        setTimer()
        return reception
    }

    func cannotStart(
        _ environment: ExecutionEnvironment, _ outcome: InvocationOutcome
    ) -> FunctionPool.Reception {
        let name = environment.function
        guard let (reception, actions) = pools[name]?.initFailed(environment.number, outcome, at: thread.now) else {
            return .wrongState
        }
        perform(actions, name)
        setTimer()
        return reception
    }

    func ended(_ environment: ExecutionEnvironment, _ end: ProcessEnd) {
        let name = environment.function
        forget(environment)
        perform(pools[name]?.ended(environment.number, end, at: thread.now) ?? [], name)
        settle(name)
    }

    func failedToStart(_ environment: ExecutionEnvironment, code: Int32) {
        forget(environment)
        let reason =
            code == 2 ? "no such file or folder, or not in the PATH" : SystemError(code: code, call: "execve").reason
        cannotLaunch(environment.number, environment.function, reason)
        settle(environment.function)
    }

    private func forget(_ environment: ExecutionEnvironment) {
        environments[environment.number] = nil
        started[environment.number] = nil
        initDurations[environment.number] = nil
    }

    /// After a process has gone: a function that was taken out goes with its last one.
    private func settle(_ name: String) {
        if let pool = pools[name], pool.isStopped, pool.count == 0 { pools[name] = nil }
        setTimer()
        finishStop()
    }

    func printed(_ environment: ExecutionEnvironment, _ line: [UInt8]) {
        options.log(
            FunctionLogLine(
                kind: .output, function: environment.function, requestID: environment.requestID, text: line))
    }

    func noted(_ environment: ExecutionEnvironment, _ sentence: String) {
        options.log(
            FunctionLogLine(
                kind: .problem, function: environment.function, requestID: environment.requestID,
                text: Array(sentence.utf8)))
    }
}

private final class DeadlineTimer: TimerTarget {
    private weak var runner: FunctionRunner?
    init(_ runner: FunctionRunner) { self.runner = runner }
    func timerFired() { runner?.timePassed() }
}
