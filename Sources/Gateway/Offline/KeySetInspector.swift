package import EventLoop
package import Routes
import Upstream

/// Fetches a key set as the gateway would and keeps what it met on the way, for the owner who asks.
package actor KeySetInspector: ThreadActor {
    /// One answer on the way to the keys.
    package struct Step: Sendable {
        package let url: String
        package let status: UInt16
        package let bytes: Int
        /// Fields that say how long the answer may be kept, and what it is: `Cache-Control: max-age=600`.
        package let fields: [String]
        package let nanoseconds: UInt64
    }

    package enum Outcome: Sendable {
        /// The text of the set and for how many seconds its answer may be kept.
        case keys([UInt8], lifetime: Double?)
        /// Why there are none.
        case failed(String)
    }

    package nonisolated let thread: EventThread
    private var driver: TransferDriver?
    private var fetch: KeyFetch?

    package init() throws(SystemError) {
        thread = try EventThread()
        thread.start(name: "keys") {}
    }

    package func fetch(_ location: RemoteKeySet.Location) async throws(SystemError) -> (Outcome, [Step]) {
        Socket.ignoreBrokenPipes()
        TransferDriver.prepareLibrary()
        guard let made = TransferDriver(thread: thread) else { throw SystemError(code: 12, call: "curl_multi_init") }
        driver = made
        let outcome = await withCheckedContinuation { continuation in
            fetch = KeyFetch(location, driver: made) { continuation.resume(returning: $0) }
        }
        let steps = fetch?.steps ?? []
        fetch = nil
        driver?.shutDown()
        driver = nil
        thread.stop()
        switch outcome {
        case .keys(let text, let lifetime): return (.keys(text, lifetime: lifetime), steps)
        case .failed(let problem): return (.failed(problem), steps)
        }
    }
}
