import EventLoop
import Gateway
import PolicyTests
import Synchronization

/// Who asks authorizer functions that a test file scripts no answer for.
enum FunctionCallers {
    /// Nobody: mutants must not flood a function with questions.
    static let offline = CheckRunner.nobody

    /// The function at its address; the thread for it begins with the first question.
    static let network: CheckRunner.FunctionCaller = { query in
        let caller = shared.withLock { shared -> FunctionCaller? in
            if shared == nil {
                do throws(SystemError) { shared = try FunctionCaller() } catch { return nil }
            }
            return shared
        }
        guard let caller else { return .failed("no thread can be had to call \(query.address)") }
        return caller.answer(to: query)
    }

    private static let shared = Mutex<FunctionCaller?>(nil)
}
