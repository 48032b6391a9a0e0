import Authorizers
import Documents
import EventLoop
import Gateway
import HTTP
import Routes
import Tokens

/// The recorder's work, on its own thread: redact, look once more, append, begin new files.
struct RecorderState {
    private var writer: EntryWriter
    private var watch = SignatureWatch()
    private let file: RecordingFile
    private let settings: Recorder.Settings
    private let notify: @Sendable (String) -> Void
    private(set) var counts = Recorder.Counts()
    /// Drops that the file tells of.
    private var noted: UInt64 = 0
    private var isFailing = false
    private var began: MonotonicTime
    private var hasEntries = false

    /// Lines that are written together at most.
    private static let largestWrite = 1 << 20

    init(
        _ settings: Recorder.Settings, _ notify: @escaping @Sendable (String) -> Void
    ) throws(RecordingProblem) {
        self.settings = settings
        self.notify = notify
        let pseudonyms = Pseudonyms(salt: settings.salt)
        writer = EntryWriter(tokens: TokenRedactor(rules: settings.rules, pseudonyms: pseudonyms))
        let settingsOfFile = settings
        file = try RecordingFile(settings.path) {
            HeaderLine.make(settingsOfFile, saltID: pseudonyms.saltID)
        }
        began = .now()
    }

    var repair: String? { file.repair }

    mutating func take(_ batch: BackgroundQueue<Exchange>.Batch) {
        rotateIfDue()
        var lines: [UInt8] = []
        var count = 0
        for exchange in batch.elements {
            let line = writer.line(of: exchange)
            remember(exchange)
            if watch.finds(in: line[...]) {
                withhold()
                continue
            }
            lines += line
            count += 1
            if lines.count >= Self.largestWrite {
                append(&lines, &count)
                rotateIfDue()
            }
        }
        if batch.dropped > noted, !isFailing {
            if noted == 0 { notify("recording: cannot keep up; requests are served, and missing in the recording") }
            lines += HeaderLine.note(dropped: batch.dropped - noted)
            noted = batch.dropped
        }
        append(&lines, &count)
    }

    private mutating func append(_ lines: inout [UInt8], _ count: inout Int) {
        if lines.isEmpty { return }
        do throws(FileDescriptor.Failure) {
            try file.append(lines)
            counts.written += count
            hasEntries = hasEntries || count > 0
            if isFailing { notify("recording: goes on; \(counts.lost) requests were lost") }
            isFailing = false
        } catch {
            counts.lost += count
            if !isFailing {
                notify("recording: [GH6001] \(file.path): \(error.reason); requests are served all the same")
            }
            isFailing = true
        }
        lines.removeAll(keepingCapacity: true)
        count = 0
    }

    private mutating func withhold() {
        counts.withheld += 1
        if counts.withheld == 1 {
            notify("recording: [GH6010] a signature was about to be written; the request was left out")
        }
    }

    /// What came in as a credential, without the help of the redaction.
    private mutating func remember(_ exchange: Exchange) {
        if let token = exchange.identity?.token { watch.remember(token.bytes[...]) }
        let fields = exchange.head.fields
        for line in fields.all(.authorization) { watch.remember(fields.value(of: line)) }
    }

    private mutating func rotateIfDue() {
        let definition = settings.rules.definition
        let isLarge = definition.maxFileBytes > 0 && file.size >= Int64(definition.maxFileBytes)
        let isOld =
            definition.maxFileSeconds > 0
            && MonotonicTime.now().since(began) / 1_000_000_000 >= UInt64(definition.maxFileSeconds)
        guard hasEntries, isLarge || isOld else { return }
        let digits = Moment.text(settings.clock.now(), digits: 3).prefix(19).filter { $0 != 0x2D && $0 != 0x3A }
        do throws(RecordingProblem) {
            try file.rotate(stamp: String(decoding: digits, as: UTF8.self) + "Z")
        } catch {
            if !isFailing { notify("recording: \(error.text)") }
            isFailing = true
        }
        // After a failure the same file grows on; the next try comes when it is due again.
        began = .now()
        hasEntries = false
    }
}

/// The lines of a recording that are no entries.
enum HeaderLine {
    /// What began here, and what is redacted in the entries that follow.
    static func make(_ settings: Recorder.Settings, saltID: [UInt8]) -> [UInt8] {
        let definition = settings.rules.definition
        var writer = JSONWriter()
        writer.object { writer in
            writer.inner("_gatehouse") { writer in
                writer.member("format", RecordingFormat.name)
                writer.member("v", RecordingFormat.version)
                writer.member("gatehouse", settings.programVersion)
                writer.key("created")
                writer.string(Moment.text(settings.clock.now(), digits: 3))
                writer.key("salt")
                writer.string(saltID)
                writer.inner("redaction") { writer in
                    writer.member("signatures", "dropped")
                    writer.member("cookies", "hashed")
                    writer.member("personalClaims", strings: settings.rules.personalClaims.sorted())
                    writer.member("droppedClaims", strings: settings.rules.droppedClaims.sorted())
                    writer.member("headers", strings: definition.headers.map { String(decoding: $0, as: UTF8.self) })
                    writer.member("query", strings: definition.query)
                    writer.member(
                        "bodyPointers", strings: definition.bodyPointers.map { $0.map { "/\($0)" }.joined() })
                    writer.member("maxBodyBytes", definition.maxBodyBytes)
                }
            }
        }
        return writer.bytes + [0x0A]
    }

    static func note(dropped: UInt64) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.inner("_gatehouse") { writer in
                writer.member("note", "dropped")
                writer.member("entries", dropped)
            }
        }
        return writer.bytes + [0x0A]
    }
}
