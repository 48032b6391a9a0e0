import EventLoop
import Gateway
import PolicyTests
import Synchronization

/// Who asks authorizer functions that a test file scripts no answer for: the function at its address, once for each
/// question, and from memory for mutants, which must not flood it.
final class FunctionCallers: Sendable {
    private struct Question: Hashable {
        var address: String
        var event: [UInt8]
    }

    private struct State {
        /// Begins with the first question.
        var caller: FunctionCaller?
        var answers: [Question: OfflineGate.FunctionAnswer] = [:]
    }

    private let state = Mutex(State())

    /// Asks over the network and remembers.
    var network: CheckRunner.FunctionCaller {
        { [self] query in
            guard let caller = begin() else { return .failed("no thread can be had to call \(query.address)") }
            let answer = caller.answer(to: query)
            state.withLock { $0.answers[Question(address: query.address, event: query.event)] = answer }
            return answer
        }
    }

    /// Only what was asked before.
    var memory: CheckRunner.FunctionCaller {
        { [self] query in
            state.withLock { $0.answers[Question(address: query.address, event: query.event)] }
                ?? .failed("the function was not asked this before")
        }
    }

    private func begin() -> FunctionCaller? {
        state.withLock { state in
            if state.caller == nil {
                do throws(SystemError) {
                    state.caller = try FunctionCaller(HostedFunctions.hosting) { HostedFunctions.show($0) }
                } catch { return nil }
            }
            return state.caller
        }
    }
}
