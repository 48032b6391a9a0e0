import EventLoop
import Gateway
import Routes

/// Brings lines from the stream to the file, on a thread of its own: begins new files, tells of gaps, and goes on when
/// the disk does not.
struct RecordingDrain {
    private let file: RecordingFile
    private let stream: LineStream
    private let settings: Recorder.Settings
    private let notify: @Sendable (String) -> Void
    /// Limits of a file's size and age, as the newest configuration has them.
    private var limits: RecordDefinition
    private(set) var written = 0
    /// The disk did not take them.
    private(set) var lost = 0
    /// Drops that the file tells of.
    private var noted: UInt64 = 0
    private var isFailing = false
    private var began: MonotonicTime
    private var hasEntries = false

    init(
        _ settings: Recorder.Settings, _ file: RecordingFile, _ stream: LineStream,
        _ notify: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.file = file
        self.stream = stream
        self.notify = notify
        limits = settings.rules.definition
        began = .now()
    }

    var repair: String? { file.repair }

    mutating func adopt(_ definition: RecordDefinition) { limits = definition }

    /// Writes what is there.
    mutating func run() {
        rotateIfDue()
        let stream = stream
        let piece = stream.take()
        append(entries: piece.pipeEntries) { file throws(FileDescriptor.Failure) in
            try file.append(piece.pipeBytes, from: stream.pipe)
        }
        if !piece.lines.isEmpty {
            append(entries: piece.lineEntries) { file throws(FileDescriptor.Failure) in
                try file.append(piece.lines)
            }
        }
        guard piece.dropped > noted, !isFailing else { return }
        if noted == 0 { notify("recording: cannot keep up; requests are served, and missing in the recording") }
        let note = HeaderLine.note(dropped: piece.dropped - noted)
        noted = piece.dropped
        append(entries: 0) { file throws(FileDescriptor.Failure) in try file.append(note) }
    }

    private mutating func append(
        entries: Int, _ body: (RecordingFile) throws(FileDescriptor.Failure) -> Void
    ) {
        let file = file
        do throws(FileDescriptor.Failure) {
            try body(file)
            if entries == 0 { return }
            written += entries
            hasEntries = true
            if isFailing { notify("recording: goes on; \(lost) requests were lost") }
            isFailing = false
        } catch {
            lost += entries
            if !isFailing {
                notify("recording: [GH6001] \(file.path): \(error.reason); requests are served all the same")
            }
            isFailing = true
        }
    }

    private mutating func rotateIfDue() {
        let isLarge = limits.maxFileBytes > 0 && file.size >= Int64(limits.maxFileBytes)
        let isOld =
            limits.maxFileSeconds > 0
            && MonotonicTime.now().since(began) / 1_000_000_000 >= UInt64(limits.maxFileSeconds)
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
