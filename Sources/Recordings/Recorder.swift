import Documents
import EventLoop
package import Gateway
import HTTP
import Routes
import Synchronization
import Tokens

/// Records what passes the gate. Whoever ends an exchange makes its line at once, without secrets, and puts it into a
/// pipe that outlives the process; one thread brings lines from there to the file. Nothing here waits for a disk or makes
/// a request fail: what cannot be taken is dropped, counted and said.
package final class Recorder: ExchangeObserver {
    package struct Settings: Sendable {
        package var path: String
        package var rules: RedactionRules
        package var salt: [UInt8]
        /// Version of the program, for the first line.
        package var programVersion: String
        /// Bytes of lines that may wait when the pipe is full.
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
        /// There was no room.
        package var dropped = 0
        /// The disk did not take them.
        package var lost = 0
        /// A secret was seen in them at the last moment: of these the recording has no more than the decision.
        package var withheld = 0

        package var isComplete: Bool { dropped + lost + withheld == 0 }
    }

    package let path: String
    /// What was wrong with a file that existed already.
    package let repair: String?
    private let pseudonyms: Pseudonyms
    private let notify: @Sendable (String) -> Void
    private let settings: Settings
    private let stream: LineStream
    private let drain: DrainBox
    private let queue: BackgroundQueue<Void>
    private let boxes: [ScribeBox]
    private let rules: Mutex<Rules>
    /// Of the configuration that was looked at last.
    private let generation = Atomic<UInt64>(.max)
    private let bodyBytes: Atomic<Int>
    private let withheld = Atomic<Int>(0)

    private struct Rules {
        var rules: RedactionRules
        /// Changes with the rules.
        var version = 0
        /// What the newest configuration says; nil before the first request.
        var configured: RecordDefinition?
    }

    /// Workers that make lines at the same time without waiting for each other.
    private static let scribes = 32

    /// Opens the file, starts the thread and the pipe's keeper. `notify` gets what the owner should know, one line at a
    /// time.
    package init(
        _ settings: Settings, notify: @escaping @Sendable (String) -> Void
    ) throws(RecordingProblem) {
        self.settings = settings
        self.notify = notify
        path = settings.path
        let pseudonyms = Pseudonyms(salt: settings.salt)
        self.pseudonyms = pseudonyms
        bodyBytes = Atomic(settings.rules.definition.maxBodyBytes)
        rules = Mutex(Rules(rules: settings.rules))
        boxes = (0..<Self.scribes).map { _ in ScribeBox() }
        let file = try RecordingFile(settings.path) { HeaderLine.make(settings, saltID: pseudonyms.saltID) }
        repair = file.repair
        do throws(FileDescriptor.Failure) {
            stream = LineStream(pipe: try KeptPipe(path: settings.path), backlog: settings.queueBytes)
        } catch {
            throw RecordingProblem("GH6001", "no pipe for the recorder: \(error.reason)")
        }
        let drain = DrainBox(RecordingDrain(settings, file, stream, notify))
        self.drain = drain
        do throws(SystemError) {
            // An element is a call to look into the pipe.
            queue = try BackgroundQueue(name: "recorder", entries: 16, bytes: 16) { _ in drain.run() }
        } catch {
            throw RecordingProblem("GH6001", "no thread for the recorder: \(error.reason)")
        }
    }

    package var capturedBodyBytes: Int? { bodyBytes.load(ordering: .relaxed) }

    package func observed(_ exchange: Exchange) {
        if exchange.snapshot.generation != generation.load(ordering: .acquiring) { look(at: exchange.snapshot) }
        for box in boxes where box.scribe.withLockIfAvailable({ record(exchange, by: &$0) }) != nil { return }
        boxes[0].scribe.withLock { record(exchange, by: &$0) }
    }

    private func record(_ exchange: Exchange, by scribe: inout Scribe?) {
        let (rules, version) = rules.withLock { ($0.rules, $0.version) }
        var own = scribe.take() ?? Scribe(rules: rules, version: version, pseudonyms: pseudonyms)
        if own.version != version { own = Scribe(rules: rules, version: version, pseudonyms: pseudonyms) }
        let line = own.line(of: exchange)
        append(line.bytes)
        if line.isShortened, withheld.add(1, ordering: .relaxed).oldValue == 0 {
            notify("recording: [GH6010] a signature was about to be written; the entry was shortened")
        }
        scribe = own
    }

    private func append(_ line: [UInt8], isEntry: Bool = true) {
        if stream.append(line, isEntry: isEntry) { queue.offer((), size: 0) }
    }

    /// After a reload: other rules begin with a line that names them. The first configuration is that of the settings.
    private func look(at snapshot: GatewaySnapshot) {
        let definition = snapshot.document.record
        rules.withLock { known in
            // A request that began under a former configuration may end last; it changes nothing back.
            let newest = generation.load(ordering: .relaxed)
            guard newest == .max || snapshot.generation > newest else { return }
            if let configured = known.configured, configured != definition {
                known.rules = RedactionRules(definition)
                known.version += 1
                bodyBytes.store(definition.maxBodyBytes, ordering: .relaxed)
                drain.adopt(definition)
                var settings = settings
                settings.rules = known.rules
                append(HeaderLine.make(settings, saltID: pseudonyms.saltID), isEntry: false)
            }
            known.configured = definition
            generation.store(snapshot.generation, ordering: .releasing)
        }
    }

    /// Waits while the recorder is at work; for its owner, not for workers.
    package var counts: Counts {
        let (written, lost) = drain.state.withLock { ($0.written, $0.lost) }
        return Counts(
            written: written, dropped: Int(clamping: stream.dropped), lost: lost,
            withheld: withheld.load(ordering: .relaxed))
    }

    package var lostEntries: UInt64? {
        let counts = counts
        return UInt64(clamping: counts.dropped + counts.lost)
    }

    /// Writes what waits and ends. False when the time was too short for it.
    @discardableResult
    package func stop(milliseconds: Int = 10_000) -> Bool { queue.stop(milliseconds: milliseconds) }
}

/// One worker's at a time; nil until it is needed.
private final class ScribeBox: Sendable {
    let scribe = Mutex<Scribe?>(nil)
}

/// What the recorder's thread works with, and its owner counts.
private final class DrainBox: Sendable {
    let state: Mutex<RecordingDrain>
    /// Limits that are not in force yet: workers never wait for the thread.
    private let limits = Mutex<RecordDefinition?>(nil)

    init(_ state: sending RecordingDrain) {
        self.state = Mutex(state)
    }

    func adopt(_ definition: RecordDefinition) { limits.withLock { $0 = definition } }

    func run() {
        let limits = limits.withLock { $0.take() }
        state.withLock { drain in
            if let limits { drain.adopt(limits) }
            drain.run()
        }
    }
}
