import ArgumentParser
import Documents
import Gateway
import Recordings
import Routes
import Tokens

/// `gatehouse replay FILE --offline | --to URL`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide recorded requests again by the configuration of today, or send them to a URL.",
        discussion: """
            Examples:
              gatehouse replay monday.gtr.jsonl --offline
              gatehouse replay monday.gtr.jsonl --offline --filter 'route="GET /ships*" decision=deny' --report out/
              gatehouse replay monday.gtr.jsonl --to http://127.0.0.1:8080 --tokens resign --speed 4x --max-gap 2s

            --offline opens no socket. Each request is decided with the clock of its recording and with the claims that \
            were verified then. What the recording no longer holds is undecidable, never "same".

            --to sends the requests that change nothing (GET, HEAD, OPTIONS) to one URL and compares the answers with \
            the recorded ones. Recordings hold no signatures, so --tokens says what requests prove who they are with: \
            resign signs the recorded claims with the keys of gateway.json, as old as they were then; as:captain sends \
            everything as one principal; map:tokens.json gives a token by sub; exec:'COMMAND' runs the command once \
            for each identity, with the claims as JSON on its standard input, and sends the token that it prints. The \
            plan is shown before, and has to be agreed to on a terminal or with --yes; without a terminal, only a \
            target on this machine needs no --yes. Ctrl-C ends the sending and gives the report so far, a second one ends \
            at once.

            Exit code 0: no decision changed, no answer differs that counts; 1: some did, or nothing could be sent; \
            69: the target does not answer; 130: stopped by Ctrl-C.
            """)

    @Argument(help: "The recording; - for standard input.") var recording: String

    @Flag(help: "Decide only; nothing is sent anywhere.") var offline = false

    @Option(
        help: "With --offline, what time it is: recorded, now, ISO 8601, or seconds since 1970 (default: recorded).")
    var clock: ReplayClock?

    @Option(help: "Only these requests: route=\"GET /ships*\" status=4xx; see `gatehouse tail --help`.")
    var filter: String?

    @Option(help: "At most so many requests.") var limit: Int?

    @Flag(
        help:
            "With --offline, take claims for true although no signature was ever found good; for imports from elsewhere."
    )
    var trustClaims = false

    @OptionGroup var sending: SendOptions

    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Write index.html, junit.xml and report.json into this folder.") var report: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if sending.to == nil, !offline {
            throw ValidationError("say --offline to decide again, or --to URL to send the requests")
        }
        if offline {
            if sending.to != nil { throw ValidationError("--offline opens no socket, so it does not go with --to") }
            if let first = sending.first { throw ValidationError("\(first) goes with --to") }
        } else {
            if clock != nil { throw ValidationError("--clock goes with --offline: a target has a clock of its own") }
            if trustClaims { throw ValidationError("--trust-claims goes with --offline") }
        }
        if let limit, limit < 1 { throw ValidationError("--limit takes a number above 0") }
    }

    func run() throws {
        if let target = sending.to {
            return try reporting { try ReplaySending(command: self, options: sending).run(to: target) }
        }
        try reporting { try decideAgain() }
    }

    private func decideAgain() throws {
        let clock = clock ?? .recorded
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

    /// What belongs to the command that shows a difference again.
    private var flags: [String] {
        var flags: [String] = []
        if let config = options.config { flags += ["--config", config] }
        if let stage = options.stage { flags += ["--stage", stage] }
        if let clock, clock != .recorded { flags += ["--clock", clock.text] }
        if trustClaims { flags.append("--trust-claims") }
        return flags
    }

    private func write(_ result: ReplayReport) throws(CommandFailure) {
        try write(html: result.html(), junit: result.junit(), json: result.json())
    }

    /// Into the folder of `--report`, when there is one.
    func write(html: [UInt8], junit: [UInt8], json: [UInt8]) throws(CommandFailure) {
        guard let report else { return }
        StandardStreams.makeFolder(report)
        try StandardStreams.overwrite("\(report)/index.html", html)
        try StandardStreams.overwrite("\(report)/junit.xml", junit)
        try StandardStreams.overwrite("\(report)/report.json", json)
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
