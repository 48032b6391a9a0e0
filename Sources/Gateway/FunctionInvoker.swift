import EventLoop
package import FunctionHost
package import Upstream

/// How the users of one event thread reach functions: over the network by the thread's driver, and those that run here
/// through their host, whose answers come back to this thread.
package final class FunctionInvoker {
    package let driver: TransferDriver
    let host: FunctionHost?
    /// Calls ``answered(_:_:)`` on this thread, from any thread.
    private let deliver: @Sendable (UInt64, InvocationOutcome) -> Void
    private var waiting: [UInt64: (InvocationOutcome) -> Void] = [:]
    private var random = SystemRandomNumberGenerator()

    package init(
        driver: TransferDriver, host: FunctionHost?,
        deliver: @escaping @Sendable (UInt64, InvocationOutcome) -> Void
    ) {
        self.driver = driver
        self.host = host
        self.deliver = deliver
    }

    var thread: EventThread { driver.thread }

    /// Nil when no host is there. The completion is called from a later turn.
    func invoke(
        _ plan: FunctionPlan, _ payload: [UInt8], traceID: [UInt8], completion: @escaping (InvocationOutcome) -> Void
    ) -> UInt64? {
        guard let host else { return nil }
        let requestID = String(decoding: RequestID(using: &random).uuid, as: UTF8.self)
        let number = host.reserve()
        waiting[number] = completion
        host.invoke(number, plan, requestID: requestID, traceID: traceID, payload: payload) { [deliver] outcome in
            deliver(number, outcome)
        }
        return number
    }

    /// The completion of this invocation is not called any more.
    func giveUp(_ number: UInt64) {
        guard waiting.removeValue(forKey: number) != nil else { return }
        host?.abandon(number)
    }

    package func answered(_ number: UInt64, _ outcome: InvocationOutcome) {
        waiting.removeValue(forKey: number)?(outcome)
    }

    // MARK: For commands

    /// With a host of its own.
    static func offline(
        _ driver: TransferDriver, _ hosting: FunctionHosting, log: @escaping @Sendable (FunctionLogLine) -> Void,
        deliver: @escaping @Sendable (UInt64, InvocationOutcome) -> Void
    ) -> FunctionInvoker {
        let host: FunctionHost?
        do throws(SystemError) { host = try FunctionHost(hosting.options(log: log)) } catch { host = nil }
        return FunctionInvoker(driver: driver, host: host, deliver: deliver)
    }
}
