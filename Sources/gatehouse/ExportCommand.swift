import ArgumentParser
import Documents
import Recordings

/// `gatehouse export har | curl`
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a recording as a HAR file or as curl commands.",
        discussion: """
            gatehouse export har monday.gtr.jsonl -o monday.har
            gatehouse export curl monday.gtr.jsonl --filter line=2211

            What was redacted stays redacted: curl commands take their token from $TOKEN.
            """,
        subcommands: [HAR.self, Curl.self])

    struct HAR: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "har", abstract: "HAR 1.2, for DevTools, mitmproxy, Insomnia.")
        @OptionGroup var source: ExportSource

        func run() throws {
            try reporting {
                var isFirst = true
                try source.write(
                    opening: RecordingExport.harOpening(programVersion: VersionCommand.number),
                    closing: RecordingExport.harClosing
                ) { entry in
                    defer { isFirst = false }
                    return (isFirst ? [] : RecordingExport.harSeparator) + RecordingExport.har(entry)
                }
            }
        }
    }

    struct Curl: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "curl", abstract: "One curl command for each request; credentials come from $TOKEN.")
        @OptionGroup var source: ExportSource

        func run() throws {
            try reporting {
                try source.write(opening: [], closing: []) { RecordingExport.curl($0) }
            }
        }
    }
}

/// What is exported, and where to.
struct ExportSource: ParsableArguments {
    @Argument(help: "The recording; - for standard input.") var recording: String
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to make (default: standard output).")
    var path: String?
    @Option(help: "Only these requests: route=\"GET /ships*\" status=4xx; see `gatehouse tail --help`.")
    var filter: String?

    func write(
        opening: [UInt8], closing: [UInt8], _ make: (RecordedEntry) -> [UInt8]
    ) throws(CommandFailure) {
        let filter = try ReplayCommand.filter(filter)
        var out = opening
        var result = ReplayResult()
        if let path { try StandardStreams.create(path, []) }
        let reader = try open()
        while let item = try next(reader) {
            if case .problem(let problem) = item { result.add(problem) }
            guard case .entry(let entry) = item, filter.map({ entry.isTaken(by: $0) }) ?? true else { continue }
            out += make(entry)
            if out.count > 1 << 20 { try flush(&out) }
        }
        out += closing
        try flush(&out)
        StandardStreams.writeError(ReplayReport.problems(result, recording))
    }

    private func open() throws(CommandFailure) -> RecordingReader {
        do throws(RecordingProblem) { return try RecordingReader(path: recording) } catch { throw Self.failure(error) }
    }

    private func next(_ reader: RecordingReader) throws(CommandFailure) -> RecordingReader.Item? {
        do throws(RecordingProblem) { return try reader.next() } catch { throw Self.failure(error) }
    }

    private static func failure(_ problem: RecordingProblem) -> CommandFailure {
        CommandFailure(DiagnosticPrinter.visible(problem.text), ExitCodes.missingInput)
    }

    private func flush(_ out: inout [UInt8]) throws(CommandFailure) {
        if let path {
            try StandardStreams.add(path, out)
        } else {
            StandardStreams.write(out)
        }
        out.removeAll(keepingCapacity: true)
    }
}
