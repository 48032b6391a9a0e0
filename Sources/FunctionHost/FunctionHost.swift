package import EventLoop
import Synchronization

/// Runs Lambda functions as processes of this machine, which speak the Lambda Runtime API with it.
///
/// It has a thread of its own, so that no function can hold up a worker. Processes get nothing of the gateway's
/// environment and none of its descriptors, and none of them outlives the gateway (see `supervisor.c`).
package actor FunctionHost: ThreadActor {
    package struct Options: Sendable {
        /// A gatehouse, which is started once more as supervisor.
        package var executable: String
        /// PATH of functions that do not set their own: where interpreters are found.
        package var path: String
        package var wallSeconds: @Sendable () -> Int64
        package var wallMilliseconds: @Sendable () -> Int64
        /// Gets every line, on the host's thread; must not wait.
        package var log: @Sendable (FunctionLogLine) -> Void

        package init(
            executable: String = "/proc/self/exe", path: String,
            wallSeconds: @escaping @Sendable () -> Int64 = { WallReading.now().seconds },
            wallMilliseconds: @escaping @Sendable () -> Int64 = {
                let now = WallReading.now()
                return now.seconds * 1000 + Int64(now.nanoseconds / 1_000_000)
            }, log: @escaping @Sendable (FunctionLogLine) -> Void
        ) {
            self.executable = executable
            self.path = path
            self.wallSeconds = wallSeconds
            self.wallMilliseconds = wallMilliseconds
            self.log = log
        }
    }

    package nonisolated let thread: EventThread
    private nonisolated let lastNumber = Atomic<UInt64>(0)
    private nonisolated let isStopped = Atomic<Bool>(false)
    private let options: Options
    private var runner: FunctionRunner?

    /// Starts the thread; functions come with ``adopt(_:)``.
    package init(_ options: Options) throws(SystemError) {
        self.options = options
        thread = try EventThread()
        thread.start(name: "functions") {}
    }

    private var present: FunctionRunner {
        if let runner { return runner }
        Socket.ignoreBrokenPipes()
        let made = FunctionRunner(thread: thread, options: options)
        runner = made
        return made
    }

    /// Puts these functions in force; processes of those that have not changed go on.
    package func adopt(_ plans: [FunctionPlan]) { present.adopt(plans) }

    /// Ends the processes of functions whose code has changed; what they are working on is finished first.
    package func retire(_ functions: [String]) { present.retire(functions) }

    /// A number for an invocation, unique in this host. May be called from any thread.
    package nonisolated func reserve() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

    /// Invokes a function; one that was not adopted is from now on run by this plan. The completion is called once, on the
    /// host's thread, also when the function hangs: it has its time-out. May be called from any thread, and not any more
    /// when ``stop()`` has returned. The number comes from ``reserve()`` and is for ``abandon(_:)``.
    package nonisolated func invoke(
        _ number: UInt64, _ plan: FunctionPlan, requestID: String, traceID: [UInt8] = [], payload: [UInt8],
        completion: @escaping @Sendable (InvocationOutcome) -> Void
    ) {
        Task.immediate {
            await begin(
                number, plan,
                FunctionRunner.Call(
                    function: plan.name, requestID: requestID, payload: payload, traceID: traceID,
                    completion: completion))
        }
    }

    private func begin(_ number: UInt64, _ plan: FunctionPlan, _ call: sending FunctionRunner.Call) {
        present.invoke(number, plan, call)
    }

    /// Nobody waits for this invocation any more.
    package nonisolated func abandon(_ number: UInt64) {
        Task.immediate { await giveUp(number) }
    }

    private func giveUp(_ number: UInt64) { present.abandon(number) }

    /// Ends all processes, asking them first, and then the thread. Returns when no process is left; at once when it was
    /// called before.
    package nonisolated func stop() async {
        // The thread runs nothing after its end, so nobody may wait for it twice.
        if isStopped.exchange(true, ordering: .acquiringAndReleasing) { return }
        await endEverything()
    }

    private func endEverything() async {
        if let runner {
            await withCheckedContinuation { continuation in
                runner.stop { continuation.resume() }
            }
        }
        runner = nil
        thread.stop()
    }
}

/// What the surroundings give to functions.
package struct FunctionHosting: Sendable {
    /// A gatehouse, which is started once more as supervisor.
    package var executable: String
    /// PATH of functions that do not set their own.
    package var path: String

    package init(executable: String = "/proc/self/exe", path: String) {
        self.executable = executable
        self.path = path
    }

    package func options(log: @escaping @Sendable (FunctionLogLine) -> Void) -> FunctionHost.Options {
        FunctionHost.Options(executable: executable, path: path, log: log)
    }
}
