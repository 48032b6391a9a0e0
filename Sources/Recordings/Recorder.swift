import Documents
import EventLoop
package import Gateway
import HTTP
import Routes
import Synchronization
import Tokens

/// Records what passes the gate. Workers hand finished exchanges to a bounded queue and go on; one thread redacts,
/// looks once more for secrets, and appends. Nothing here can slow a request down or make it fail: what cannot be taken
/// is dropped, counted and said.
package final class Recorder: ExchangeObserver {
    package struct Settings: Sendable {
        package var path: String
        package var rules: RedactionRules
        package var salt: [UInt8]
        /// Version of the program, for the first line.
        package var programVersion: String
        /// Exchanges that may wait.
        package var queueEntries = 16_384
        /// Bytes that may wait.
        package var queueBytes = 64 << 20
        package var clock: any WallClock = SystemClock()

        package init(path: String, rules: RedactionRules, salt: [UInt8], programVersion: String) {
            self.path = path
            self.rules = rules
            self.salt = salt
            self.programVersion = programVersion
        }
    }

    /// What became of all exchanges so far.
    package struct Counts: Sendable, Hashable {
        package var written = 0
        /// The queue was full.
        package var dropped = 0
        /// The disk did not take them.
        package var lost = 0
        /// A secret was seen in them at the last moment.
        package var withheld = 0

        package var isComplete: Bool { dropped + lost + withheld == 0 }
    }

    package let capturedBodyBytes: Int
    package let path: String
    /// What was wrong with a file that existed already.
    package let repair: String?
    private let shared: SharedState
    private let queue: BackgroundQueue<Exchange>

    /// Opens the file and starts the thread. `notify` gets what the owner should know, one line at a time.
    package init(
        _ settings: Settings, notify: @escaping @Sendable (String) -> Void
    ) throws(RecordingProblem) {
        path = settings.path
        capturedBodyBytes = settings.rules.definition.maxBodyBytes
        let shared = SharedState(try RecorderState(settings, notify))
        self.shared = shared
        repair = shared.state.withLock { $0.repair }
        do throws(SystemError) {
            queue = try BackgroundQueue(
                name: "recorder", entries: settings.queueEntries, bytes: settings.queueBytes
            ) { batch in
                shared.state.withLock { $0.take(batch) }
            }
        } catch {
            throw RecordingProblem("GH6001", "no thread for the recorder: \(error.reason)")
        }
    }

    package func observed(_ exchange: Exchange) {
        let size = 1024 + exchange.head.fields.bytes.count + (exchange.capture?.byteCount ?? 0)
        queue.offer(exchange, size: size)
    }

    /// Waits while the recorder is at work; for its owner, not for workers.
    package var counts: Counts {
        var counts = shared.state.withLock { $0.counts }
        counts.dropped = Int(clamping: queue.dropped)
        return counts
    }

    /// Writes what waits and ends. False when the time was too short for it.
    @discardableResult
    package func stop(milliseconds: Int = 10_000) -> Bool { queue.stop(milliseconds: milliseconds) }
}

/// What the recorder's thread works with, and its owner counts.
private final class SharedState: Sendable {
    let state: Mutex<RecorderState>

    init(_ state: sending RecorderState) {
        self.state = Mutex(state)
    }
}
