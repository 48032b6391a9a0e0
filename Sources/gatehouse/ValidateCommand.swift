import ArgumentParser
import Authorizers
import Documents
import Gateway
import Routes

/// `gatehouse validate`
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check gateway.json, its keys and its policies; report every problem.",
        discussion: """
            Examples:
              gatehouse validate
              gatehouse validate --config prod.json --strict --error-format github
              gatehouse validate --fix

            Every problem is reported in one run, in the order of the file. --fix makes only repairs with one possible \
            meaning (a misspelt key, quotes, a comma), shows them, and replaces the file at once.

            Exit codes: 0 valid, 66 file missing, 78 problems (with --strict warnings count).
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Warnings fail, too.")
    var strict = false

    @Flag(help: "Make the repairs that can only mean one thing, and show them.")
    var fix = false

    @Flag(help: "Also resolve the hosts of backends and fetch the key sets.")
    var online = false

    @Flag(name: [.short, .long], help: "Print errors only, and no summary.")
    var quiet = false

    func run() async throws {
        do {
            try await check()
        } catch let failure as CommandFailure {
            throw failure.report()
        }
    }

    private func check() async throws {
        let start = ContinuousClock.now
        let path = try options.path()
        if fix, path == "-" { throw CommandFailure("--fix needs a file to write to", ExitCodes.usage) }
        var source = SourceText(name: path == "-" ? "<stdin>" : path, bytes: try StandardStreams.read(path))
        if fix, let repaired = ConfigurationFix(options: options, documentPath: path).repaired(source) {
            try StandardStreams.replace(path, source.bytes, with: repaired.bytes)
            // A document for programs stands alone on standard output.
            let diff = LineDiff.render(source, repaired)
            if output.diagnosticFormat.isForPeople {
                StandardStreams.write(diff + "\n")
            } else {
                StandardStreams.writeError(diff)
            }
            source = repaired
        }
        let checked = try await judge(source, path)
        show(checked, elapsed: ContinuousClock.now - start)
        if checked.errors > 0 || checked.snapshot == nil || (strict && checked.warnings > 0) {
            throw ExitCodes.configuration
        }
    }

    private func judge(_ source: SourceText, _ path: String) async throws -> CheckedConfiguration {
        guard online else { return options.check(source, documentPath: path) }
        let network = try OnlineCheck()
        var checked = options.check(source, documentPath: path, fetcher: ServiceKeyFetcher(network.keys))
        if let snapshot = checked.snapshot {
            checked.diagnostics = options.sorted(checked.diagnostics + (await network.run(snapshot)))
        }
        await network.keys.close()
        return checked
    }

    private func show(_ checked: CheckedConfiguration, elapsed: Duration) {
        let writer = output.diagnostics
        let shown = quiet ? checked.diagnostics.filter { $0.severity == .error } : checked.diagnostics
        var text = writer.render(shown)
        if quiet { return StandardStreams.write(text) }
        if !text.isEmpty { text += "\n" }
        var summary = "\(checked.source.name): \(checked.counts)."
        if let document = checked.document {
            let milliseconds = Int((elapsed / .milliseconds(1)).rounded(.up))
            summary += "  \(count(document.routes.count, "route")), \(count(document.authorizers.count, "authorizer"))"
            summary += ", \(count(document.stages.count, "stage")) checked in \(milliseconds) ms"
        }
        if writer.format.isForPeople {
            StandardStreams.write(text + summary + "\n")
        } else {
            StandardStreams.write(writer.render(shown))
            StandardStreams.writeError(summary + "\n")
        }
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
