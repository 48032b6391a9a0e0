import ArgumentParser
import Documents
import Gateway
import PolicyTests
import Routes

/// When text is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
}

extension DiagnosticFormat: ExpressibleByArgument {}

/// How text for people looks; shared by the commands that print some.
struct OutputOptions: ParsableArguments {
    @Option(help: "Colour: auto, always or never (default: $GATEHOUSE_COLOR, else auto).")
    var color: ColorChoice?

    @Option(
        help: ArgumentHelp(
            "How problems of the configuration are written (default: $GATEHOUSE_ERROR_FORMAT, else human).",
            valueName: "human|plain|json|github|sarif"))
    var errorFormat: DiagnosticFormat?

    private var colorChoice: ColorChoice {
        color ?? ProcessEnvironment.variable("GATEHOUSE_COLOR").flatMap { ColorChoice(rawValue: $0) } ?? .auto
    }

    /// An unknown word in the environment counts as none: no command should fail for it.
    var diagnosticFormat: DiagnosticFormat {
        let word = ProcessEnvironment.variable("GATEHOUSE_ERROR_FORMAT")
        return errorFormat ?? word.flatMap { DiagnosticFormat(rawValue: $0) } ?? .human
    }

    /// Writes problems of the configuration as the caller asked.
    var diagnostics: DiagnosticWriter {
        DiagnosticWriter(
            format: diagnosticFormat, usesColor: usesColor, usesASCII: usesASCII,
            tool: DiagnosticWriter.Tool(name: "gatehouse", version: VersionCommand.number) { code in
                DiagnosticCode[code].map { ($0.title, $0.explanation) }
                    ?? TestDiagnosticCode(rawValue: code).map { ($0.title, $0.explanation) }
            })
    }

    /// Writes problems to standard error for a command that cannot go on because of them, and says how many there are;
    /// a document for programs stands alone.
    func refuse(_ checked: CheckedConfiguration, _ consequence: String = "") -> CommandFailure {
        let writer = diagnostics
        StandardStreams.writeError(writer.render(checked.diagnostics))
        if writer.format.isDocument { return CommandFailure("", ExitCodes.configuration) }
        if writer.format.isForPeople, !checked.diagnostics.isEmpty { StandardStreams.writeError("\n") }
        return CommandFailure("\(checked.source.name): \(checked.counts)\(consequence)", ExitCodes.configuration)
    }

    /// https://no-color.org and CLICOLOR_FORCE count where nothing is said.
    var usesColor: Bool {
        switch colorChoice {
        case .always: return true
        case .never: return false
        case .auto:
            if let set = ProcessEnvironment.variable("NO_COLOR"), !set.isEmpty { return false }
            if let set = ProcessEnvironment.variable("CLICOLOR_FORCE"), !set.isEmpty, set != "0" { return true }
            return StandardStreams.isTerminal(1) && ProcessEnvironment.variable("TERM") != "dumb"
        }
    }

    /// Whether the locale shows nothing but ASCII. A process without any locale is taken for a modern one.
    var usesASCII: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = ProcessEnvironment.variable(name), !value.isEmpty else { continue }
            let lower = value.lowercased()
            return !lower.contains("utf-8") && !lower.contains("utf8")
        }
        return false
    }

    var printer: ExplanationPrinter { ExplanationPrinter(usesColor: usesColor, usesASCII: usesASCII) }
}
