import ArgumentParser
import Documents
import Gateway
import Routes
import Tokens

/// `gatehouse config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The configuration that counts: print it, compare it, find it.",
        subcommands: [Print.self, Difference.self, Path.self])

    /// `gatehouse config print`
    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print", abstract: "Print the configuration with its defaults and with expressions resolved.",
            discussion: """
                Examples:
                  gatehouse config print
                  gatehouse config print --origins
                  gatehouse config print --stage prod | jq .server

                Secrets are printed as the beginning of their SHA-256.
                """)

        @Flag(help: "Say behind each value where it comes from.") var origins = false
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let (effective, stage, _) = try options.effective(output)
                if origins {
                    StandardStreams.write(OriginPrinter.render(effective, stage: stage))
                } else {
                    var writer = JSONWriter(indentation: 2)
                    effective.root.write(to: &writer)
                    StandardStreams.write(writer.bytes + [0x0A])
                }
            }
        }
    }

    /// `gatehouse config diff`
    struct Difference: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Compare the configuration with another one, value by value.",
            discussion: """
                Examples:
                  gatehouse config diff prod.json
                  gatehouse config diff --config old.json new.json

                From the configuration to OTHER: - is only here, + only there, ~ differs. Defaults, comments and layout \
                do not count. What lets somebody do more than before stands first, with !.

                Exit codes: 0 equal, 1 different, 66 file missing, 78 one of them invalid.
                """)

        @Argument(help: "The other configuration.") var other: String
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let here = try options.effective(output)
                let there = try options.effective(output, path: other)
                let changes = ConfigurationDifference(
                    from: here.snapshot.document, to: there.snapshot.document, stage: here.snapshot.stage.name
                ).changes
                let lines = EffectiveDifference(from: here.configuration, to: there.configuration).lines
                let all = changes.map { "! \($0)" } + lines
                StandardStreams.write(all.map { DiagnosticPrinter.visible($0) + "\n" }.joined())
                if !all.isEmpty { throw ExitCodes.no }
            }
        }
    }

    /// `gatehouse config path`
    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print which file the commands work with.")

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try reporting {
                let path = try options.path()
                guard StandardStreams.exists(path) else {
                    throw CommandFailure("\(path): cannot be read", ExitCodes.missingInput)
                }
                StandardStreams.write(path + "\n")
            }
        }
    }
}

extension ConfigurationOptions {
    /// The configuration that counts, and which stage it is for; ends with 78 when it is refused.
    func effective(
        _ output: OutputOptions, path other: String? = nil
    ) throws(CommandFailure) -> (configuration: EffectiveConfiguration, stage: String, snapshot: GatewaySnapshot) {
        let path: String
        if let other { path = other } else { path = try self.path() }
        let source = SourceText(name: path == "-" ? "<stdin>" : path, bytes: try StandardStreams.read(path))
        let checked = check(source, documentPath: path)
        guard let snapshot = checked.snapshot else { throw output.refuse(checked) }
        let effective = EffectiveConfiguration(
            source, environment: ProcessEnvironment(documentPath: path), stage: stageName,
            fingerprint: { Fingerprint.short($0) })
        let origin = stage != nil ? "--stage" : stageName != nil ? "env GATEHOUSE_STAGE" : "api.defaultStage"
        return (effective, "\(snapshot.stage.name), \(origin)", snapshot)
    }
}

/// The effective configuration with a comment behind each value.
enum OriginPrinter {
    static func render(_ configuration: EffectiveConfiguration, stage: String) -> String {
        var lines: [(text: String, origin: String?)] = []
        add(configuration.root, "", level: 0, end: "", &lines)
        let longest = lines.filter { $0.origin != nil }.map(\.text.count).filter { $0 <= 70 }.max() ?? 0
        var out = "// stage: \(DiagnosticPrinter.visible(stage))\n"
        for line in lines {
            out += line.text
            if let origin = line.origin {
                out += String(repeating: " ", count: max(0, longest - line.text.count))
                out += "  // \(DiagnosticPrinter.visible(origin))"
            }
            out += "\n"
        }
        return out
    }

    private static func add(
        _ node: EffectiveConfiguration.Node, _ key: String, level: Int, end: String,
        _ lines: inout [(text: String, origin: String?)]
    ) {
        let indent = String(repeating: " ", count: 2 * level)
        switch node.content {
        case .object(let members) where !members.isEmpty:
            lines.append((indent + key + "{", nil))
            for (index, member) in members.enumerated() {
                var writer = JSONWriter()
                writer.string(member.name)
                let comma = index < members.count - 1 ? "," : ""
                add(member.node, "\(writer.text): ", level: level + 1, end: comma, &lines)
            }
            lines.append((indent + "}" + end, nil))
        case .list(let items) where items.contains(where: \.isContainer):
            lines.append((indent + key + "[", nil))
            for (index, item) in items.enumerated() {
                add(item, "", level: level + 1, end: index < items.count - 1 ? "," : "", &lines)
            }
            lines.append((indent + "]" + end, nil))
        case .object, .list, .scalar:
            lines.append((indent + key + node.text + end, node.origin))
        }
    }
}

extension EffectiveConfiguration.Node {
    /// A list or an object that holds something.
    fileprivate var isContainer: Bool {
        switch content {
        case .scalar: false
        case .list(let items): !items.isEmpty
        case .object(let members): !members.isEmpty
        }
    }
}
