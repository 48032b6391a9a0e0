import ArgumentParser
import Documents
import Gateway
import Recordings
import Routes
import Tokens

/// `gatehouse replay FILE --offline`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Decide recorded requests again by the configuration of today.",
        discussion: """
            gatehouse replay monday.gtr.jsonl --offline
            gatehouse replay monday.gtr.jsonl --offline --filter 'route="GET /ships*" decision=deny'
            gatehouse replay monday.gtr.jsonl --offline --report out/

            --offline opens no socket. Each request is decided with the clock of its recording and with the claims that \
            were verified then. What the recording no longer holds is undecidable, never "same".

            Exit code 0: no decision changed; 1: some did.
            """)

    @Argument(help: "The recording; - for standard input.") var recording: String

    @Flag(help: "Decide only; nothing is sent anywhere.") var offline = false

    @Option(help: "What time it is: recorded, now, ISO 8601, or seconds since 1970.")
    var clock = ReplayClock.recorded

    @Option(help: "Only these requests: route=\"GET /ships*\" status=4xx; see `gatehouse tail --help`.")
    var filter: String?

    @Option(help: "At most so many requests.") var limit: Int?

    @Flag(help: "Take claims for true although no signature was ever found good; for imports from elsewhere.")
    var trustClaims = false

    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Write index.html, junit.xml and report.json into this folder.") var report: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard offline else { throw ValidationError("say --offline: replaying to a URL is not built yet") }
        if let limit, limit < 1 { throw ValidationError("--limit takes a number above 0") }
    }

    func run() throws {
        try reporting {
            let filter = try Self.filter(filter)
            let snapshot = try options.load(output)
            let path = try options.path()
            var replay = OfflineReplay(
                snapshot: snapshot,
                salt: SaltFile.existing(folder: ProcessEnvironment(documentPath: path).folder))
            replay.clock = clock.value
            replay.trustsClaims = trustClaims
            replay.revocations = try Self.revocations(snapshot)
            let start = ContinuousClock.now
            let result: ReplayResult
            do throws(RecordingProblem) {
                result = try replay.run(
                    RecordingReader(path: recording), filter: filter, limit: limit ?? .max)
            } catch {
                throw CommandFailure(DiagnosticPrinter.visible(error.text), ExitCodes.missingInput)
            }
            let report = ReplayReport(
                result: result, recording: recording, configuration: path, clock: clock.text,
                trustsClaims: trustClaims, seconds: (ContinuousClock.now - start) / .seconds(1), flags: flags)
            StandardStreams.writeError(report.problems())
            StandardStreams.write(json ? report.json() : Array(report.text().utf8))
            try write(report)
            if result.hasDrift { throw ExitCodes.no }
        }
    }

    /// What belongs to the command that shows a difference again.
    private var flags: [String] {
        var flags: [String] = []
        if let config = options.config { flags += ["--config", config] }
        if let stage = options.stage { flags += ["--stage", stage] }
        if clock != .recorded { flags += ["--clock", clock.text] }
        if trustClaims { flags.append("--trust-claims") }
        return flags
    }

    private func write(_ result: ReplayReport) throws(CommandFailure) {
        guard let report else { return }
        StandardStreams.makeFolder(report)
        try StandardStreams.overwrite("\(report)/index.html", result.html())
        try StandardStreams.overwrite("\(report)/junit.xml", result.junit())
        try StandardStreams.overwrite("\(report)/report.json", result.json())
    }

    static func filter(_ text: String?) throws(CommandFailure) -> RequestFilter? {
        guard let text else { return nil }
        do throws(RequestFilter.Mistake) {
            return try RequestFilter(text, fields: RecordedEntry.fields, aliases: RecordedEntry.aliases)
        } catch {
            throw CommandFailure("--filter: \(DiagnosticPrinter.visible(error.message))", ExitCodes.usage)
        }
    }

    /// The list of revoked tokens as it is now; a missing file revokes nothing, as in `serve`.
    static func revocations(_ snapshot: GatewaySnapshot) throws(CommandFailure) -> RevocationList {
        guard let path = snapshot.document.revocations?.path, StandardStreams.exists(path) else {
            return RevocationList()
        }
        return RevocationList.parse(try StandardStreams.read(path)).list
    }
}

/// `recorded`, or a moment for all requests.
enum ReplayClock: ExpressibleByArgument, Equatable {
    case recorded
    case fixed(WallTime, String)

    init?(argument: String) {
        if argument == "recorded" {
            self = .recorded
        } else if argument == "now" {
            self = .fixed(ClockArgument.now, "now")
        } else if let clock = ClockArgument(argument: argument) {
            self = .fixed(clock.time, argument)
        } else {
            return nil
        }
    }

    var value: OfflineReplay.Clock {
        switch self {
        case .recorded: .recorded
        case .fixed(let time, _): .fixed(time)
        }
    }

    var text: String {
        switch self {
        case .recorded: "recorded"
        case .fixed(_, let text): text
        }
    }

    var defaultValueDescription: String { text }
}
