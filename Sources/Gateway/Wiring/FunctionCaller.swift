import Dispatch
package import EventLoop
import Synchronization
import Upstream

/// Asks functions at their addresses for those who have no worker, such as tests: on a thread of its own, one answer or
/// one failure within the deadline.
package actor FunctionCaller: ThreadActor {
    package nonisolated let thread: EventThread
    private var driver: TransferDriver?

    package init() throws(SystemError) {
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
        if driver == nil {
            Socket.ignoreBrokenPipes()
            TransferDriver.prepareLibrary()
            driver = TransferDriver(thread: thread)
        }
        guard let driver else { return completion(.failed("there is no memory for a call")) }
        // Its timer and its transfer keep the call alive until it has ended.
        FunctionCall(
            query.target, payload: query.event, timeoutInMillis: query.timeoutInMillis, driver: driver
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

    package func close() {
        driver?.shutDown()
        driver = nil
        thread.stop()
    }
}

/// Where the answer waits for the thread that asked.
private final class AnswerBox: Sendable {
    let answer = Mutex<OfflineGate.FunctionAnswer?>(nil)
}
