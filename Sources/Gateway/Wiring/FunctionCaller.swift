import Dispatch
package import EventLoop
package import FunctionHost
import Synchronization
import Upstream

/// Asks functions at their addresses for those who have no worker, such as tests: on a thread of its own, one answer or
/// one failure within the deadline.
package actor FunctionCaller: ThreadActor {
    package nonisolated let thread: EventThread
    private let hosting: FunctionHosting
    private let log: @Sendable (FunctionLogLine) -> Void
    private var invoker: FunctionInvoker?

    /// `log` gets what functions that are run here print.
    package init(
        _ hosting: FunctionHosting, log: @escaping @Sendable (FunctionLogLine) -> Void
    ) throws(SystemError) {
        self.hosting = hosting
        self.log = log
        thread = try EventThread()
        thread.start(name: "functions") {}
    }

    /// Waits for the answer; the calling thread does nothing else meanwhile. Must not be called on an event thread.
    package nonisolated func answer(to query: OfflineGate.FunctionQuery) -> OfflineGate.FunctionAnswer {
        let arrived = DispatchSemaphore(value: 0)
        let box = AnswerBox()
        Task.immediate {
            await ask(query) { answer in
                box.answer.withLock { $0 = answer }
                arrived.signal()
            }
        }
        arrived.wait()
        return box.answer.withLock { $0 } ?? .failed("the function gave no answer")
    }

    private func ask(
        _ query: OfflineGate.FunctionQuery, _ completion: @escaping @Sendable (OfflineGate.FunctionAnswer) -> Void
    ) {
        if invoker == nil { invoker = begin() }
        guard let invoker else { return completion(.failed("there is no memory for a call")) }
        // Its timer and its transfer keep the call alive until it has ended.
        FunctionCall(
            query.target, payload: query.event, timeoutInMillis: query.timeoutInMillis, invoker: invoker
        ) { outcome in
            switch outcome {
            case .answered(let payload, let isFunctionError):
                completion(.payload(payload, isFunctionError: isFunctionError))
            case .timedOut: completion(.timedOut)
            case .tooLarge: completion(.tooLarge)
            case .refused(let status): completion(.failed("the Invoke API answered with status \(status)"))
            case .failed(let problem): completion(.failed(problem))
            }
        }
    }

    private func begin() -> FunctionInvoker? {
        Socket.ignoreBrokenPipes()
        TransferDriver.prepareLibrary()
        guard let driver = TransferDriver(thread: thread) else { return nil }
        return .offline(driver, hosting, log: log) { number, outcome in
            Task.immediate { await self.functionAnswered(number, outcome) }
        }
    }

    private func functionAnswered(_ number: UInt64, _ outcome: InvocationOutcome) {
        invoker?.answered(number, outcome)
    }

    package func close() async {
        let host = invoker?.host
        await host?.stop()
        invoker?.driver.shutDown()
        invoker = nil
        thread.stop()
    }
}

/// Where the answer waits for the thread that asked.
private final class AnswerBox: Sendable {
    let answer = Mutex<OfflineGate.FunctionAnswer?>(nil)
}
