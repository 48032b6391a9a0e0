import ArgumentParser
import Documents
import Routes

/// `gatehouse validate`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check gateway.json, its keys and its policies; report every problem.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Warnings fail, too.")
    var strict = false

    func run() throws {
        try reporting {
            let start = ContinuousClock.now
            let checked = try options.check()
            var text = DiagnosticPrinter(usesColor: output.usesColor).render(checked.diagnostics)
            if !text.isEmpty { text += "\n" }
            text += "\(checked.source.name): \(checked.counts)."
            if let document = checked.document {
                let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
                text += "  \(count(document.routes.count, "route")), \(count(document.authorizers.count, "authorizer"))"
                text += ", \(count(document.stages.count, "stage")) checked in \(Int(milliseconds.rounded(.up))) ms"
            }
            StandardStreams.write(text + "\n")
            if checked.snapshot == nil || (strict && checked.warnings > 0) { throw ExitCodes.configuration }
        }
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
