import ArgumentParser
import Documents
import Gateway
import Recordings
import Routes
import Tokens

/// `gatehouse import har | curl | access-log | event`
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a recording of traffic that was kept elsewhere.",
        discussion: """
            gatehouse import har ~/Downloads/app.har -o bug-417.gtr.jsonl
            pbpaste | gatehouse import curl - -o bug-417.gtr.jsonl
            gatehouse import access-log access.log -o monday.gtr.jsonl

            Each request is taken through the gate at its own time: tokens are verified with the keys of the \
            configuration and then redacted as `serve --record` does. Nothing is sent anywhere.
            """,
        subcommands: [HAR.self, Curl.self, AccessLog.self, Event.self])

    struct HAR: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "har", abstract: "HAR files of Chrome, Firefox, mitmproxy, Insomnia and others.")
        @Argument(help: "The HAR file; - for standard input.") var file: String
        @OptionGroup var target: ImportTarget
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                var run = try ImportRun(target, options, output)
                do throws(RecordingProblem) {
                    var har = try HARImport(path: file)
                    try har.run { run.take($0) }
                    run.add(har.problems, unlisted: har.unlisted)
                    run.program = har.program
                } catch {
                    run.takeBack()
                    throw CommandFailure(DiagnosticPrinter.visible(error.text), ExitCodes.missingInput)
                }
                try run.finish(file, warnsOfSanitizing: true)
            }
        }
    }

    struct Curl: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "curl", abstract: "curl command lines, as DevTools copies them for bash.")
        @Argument(help: "A file of commands; - for standard input.") var file: String
        @Option(help: "What time it was: ISO 8601, or seconds since 1970 (default: now).") var clock: ClockArgument?
        @OptionGroup var target: ImportTarget
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                try ImportRun.all(of: file, clock, target, options, output, CurlImport.requests)
            }
        }
    }

    struct AccessLog: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "access-log", abstract: "Access logs of API Gateway: CLF, or JSON lines.")
        @Argument(help: "The log; - for standard input.") var file: String
        @OptionGroup var target: ImportTarget
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                var run = try ImportRun(target, options, output)
                do throws(RecordingProblem) {
                    var log = try AccessLogImport(path: file)
                    try log.run { run.take($0) }
                    run.add(log.problems)
                } catch {
                    run.takeBack()
                    throw CommandFailure(DiagnosticPrinter.visible(error.text), ExitCodes.missingInput)
                }
                try run.finish(file)
            }
        }
    }

    struct Event: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "event", abstract: "Events that Lambda functions got: proxy 1.0 and 2.0, authorizers.")
        @Argument(help: "A JSON file with one event, a list, or one a line; - for standard input.") var file: String
        @Option(help: "What time it was where an event does not say (default: now).") var clock: ClockArgument?
        @OptionGroup var target: ImportTarget
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                try ImportRun.all(of: file, clock, target, options, output, EventImport.requests)
            }
        }
    }
}

/// Where an import goes.
struct ImportTarget: ParsableArguments {
    @Option(name: [.customShort("o"), .customLong("output")], help: "The recording; - for standard output.")
    var path: String = "-"
    @Flag(help: "Keep requests that no route takes, too.") var all = false
}

/// One import from its configuration to its last words.
struct ImportRun {
    var program: String?
    private var importer: RequestImporter
    private var lines: [UInt8]
    private let target: ImportTarget
    private var problems: [ReadingProblem] = []
    /// Problems beyond those that are remembered.
    private var unlisted = 0
    private static let mostProblems = 1000
    private var writer: RecordingWriter?

    init(_ target: ImportTarget, _ options: ConfigurationOptions, _ output: OutputOptions) throws(CommandFailure) {
        let snapshot = try options.load(output)
        let settings = Recorder.Settings(
            path: target.path, rules: RedactionRules(snapshot.document.record),
            salt: try RecordOptions.salt(configuration: try options.path()), programVersion: VersionCommand.number)
        self.target = target
        importer = RequestImporter(snapshot: snapshot, settings: settings)
        lines = []
        if target.path == "-" {
            lines = importer.opening
        } else {
            do throws(RecordingProblem) {
                writer = try RecordingWriter(path: target.path, opening: importer.opening)
            } catch {
                throw CommandFailure(DiagnosticPrinter.visible(error.text), ExitCodes.inputOutput)
            }
        }
    }

    /// A file that is read as a whole; its requests have no time of their own.
    static func all(
        of file: String, _ clock: ClockArgument?, _ target: ImportTarget, _ options: ConfigurationOptions,
        _ output: OutputOptions,
        _ requests: ([UInt8], WallTime) -> (requests: [ImportedRequest], problems: [ReadingProblem])
    ) throws(CommandFailure) {
        let found = requests(try StandardStreams.read(file), clock?.time ?? ClockArgument.now)
        var run = try ImportRun(target, options, output)
        for request in found.requests { run.take(request) }
        run.add(found.problems)
        try run.finish(file)
    }

    mutating func take(_ request: ImportedRequest) {
        do throws(ReadingProblem.Found) {
            if let line = try importer.line(of: request, keepsAll: target.all) { lines += line }
        } catch {
            if problems.count < Self.mostProblems { problems.append(error.problem) } else { unlisted += 1 }
        }
        if lines.count > 1 << 20 { flush() }
    }

    /// The input could not be read: nothing of this import stays in the recording.
    func takeBack() { writer?.takeBack() }

    private mutating func flush() {
        if let writer { writer.append(lines) } else { StandardStreams.write(lines) }
        lines.removeAll(keepingCapacity: true)
    }

    mutating func add(_ found: [ReadingProblem], unlisted: Int = 0) {
        problems += found
        self.unlisted += unlisted
    }

    /// Writes the rest and says what was kept, what was not, and why.
    mutating func finish(_ file: String, warnsOfSanitizing: Bool = false) throws(CommandFailure) {
        if importer.counts.kept == 0, problems.contains(where: { $0.severity == .error }) {
            // A recording of nothing would look like one.
            takeBack()
        } else {
            flush()
        }
        if let failure = writer?.failure {
            throw CommandFailure(DiagnosticPrinter.visible(failure.text), ExitCodes.inputOutput)
        }
        let counts = importer.counts
        let total = counts.read + problems.count { $0.severity == .error && $0.code != "GH6103" } + unlisted
        var text = "read \(total) entr\(total == 1 ? "y" : "ies")"
        if let program { text += " (\(DiagnosticPrinter.visible(program)))" }
        text += ". kept \(counts.kept)\(target.all ? "" : " that match a route")"
        let dropped = counts.files + counts.unmatched
        if dropped > 0 { text += ", dropped \(dropped) (files \(counts.files), no route \(counts.unmatched))" }
        text += "\n"
        if warnsOfSanitizing, counts.guarded > 0, counts.withoutCredentials == counts.guarded {
            text += """
                warning[GH6104]: \(counts.guarded) of \(counts.guarded) entries for guarded routes have no credentials: \
                this file was exported "sanitized"
                  help: in DevTools use "Export HAR (with sensitive data)"; what is written here holds no signature

                """
        }
        for problem in problems.prefix(20) {
            let word = problem.severity == .error ? "error" : "warning"
            text += "\(word)[\(problem.code)]: \(DiagnosticPrinter.visible(file)): entry \(problem.entry) "
            text += "(byte \(problem.offset)): \(problem.message)\n"
            if let help = problem.help { text += "  help: \(help)\n" }
        }
        let more = problems.count - 20 + unlisted
        if more > 0 { text += "and \(more) more; the rest was read\n" }
        StandardStreams.writeError(text)
        if problems.contains(where: { $0.severity == .error }) {
            throw CommandFailure("some entries were left out", ExitCodes.no)
        }
    }
}
