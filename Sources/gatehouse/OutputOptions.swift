import ArgumentParser
import Gateway

/// When text is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
}

/// How text for people looks; shared by the commands that print some.
struct OutputOptions: ParsableArguments {
    @Option(help: "Colour: auto, always or never.")
    var color = ColorChoice.auto

    /// https://no-color.org and CLICOLOR_FORCE count where nothing is said.
    var usesColor: Bool {
        switch color {
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
