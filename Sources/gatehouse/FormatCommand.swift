import ArgumentParser
import Documents

/// `gatehouse fmt`
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Format gateway.json; comments and every value stay as they are.",
        discussion: """
            Examples:
              gatehouse fmt
              gatehouse fmt --check gateway.json other.jsonc
              gatehouse fmt - < draft.json

            A list or object that begins on its own line keeps a line for each member; others stay on one line as long \
            as they fit into 120 columns. A file is replaced at once, and only when something changes.

            Exit codes: 0 formatted, 1 with --check when a file would change, 66 file missing, 78 not JSON.
            """)

    @Argument(help: "Files; - reads standard input and writes standard output (default: the configuration).")
    var files: [String] = []

    @Flag(help: "Change nothing; show what would change and end with 1.")
    var check = false

    @Flag(name: [.short, .long], help: "Say nothing about files.")
    var quiet = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            var wouldChange = false
            for file in files.isEmpty ? [try options.path()] : files {
                if try format(file) { wouldChange = true }
            }
            if check, wouldChange { throw ExitCodes.no }
        }
    }

    /// Whether the file is not formatted.
    private func format(_ file: String) throws(CommandFailure) -> Bool {
        let source = SourceText(name: file == "-" ? "<stdin>" : file, bytes: try StandardStreams.read(file))
        let formatted: [UInt8]
        do throws(JSONFormatter.Refusal) {
            formatted = try JSONFormatter.format(source.bytes)
        } catch {
            let writer = output.diagnostics
            StandardStreams.writeError(writer.render(error.errors.map { Diagnostic($0, in: source) }))
            throw CommandFailure(
                writer.format.isDocument ? "" : "\(source.name) is not JSON; nothing was changed",
                ExitCodes.configuration)
        }
        guard JSONFormatter.isSame(source.bytes, formatted) else {
            throw CommandFailure("\(source.name) would not stay the same; nothing was changed", ExitCodes.software)
        }
        let isChanged = formatted != source.bytes
        if file == "-", !check {
            StandardStreams.write(formatted)
        } else if isChanged, check {
            if !quiet {
                let target = SourceText(name: "\(source.name) (formatted)", bytes: formatted)
                StandardStreams.write(LineDiff.render(source, target))
            }
        } else if isChanged {
            try StandardStreams.replace(file, source.bytes, with: formatted)
            if !quiet { StandardStreams.writeError("\(file): formatted\n") }
        }
        return isChanged
    }
}
