import ArgumentParser
import FunctionHost

/// The command line. Each command has a file of its own.
@main
struct Gatehouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "A gateway that verifies tokens, decides by AWS policies, and says why.",
        discussion: ExitCodes.help,
        version: VersionCommand.number,
        subcommands: [
            ServeCommand.self, DemoCommand.self, TailCommand.self, ValidateCommand.self, FormatCommand.self,
            ConfigCommand.self, InitCommand.self, SchemaCommand.self, RoutesCommand.self, AuthorizeCommand.self,
            InvokeCommand.self,
            TestCommand.self, RecordCommand.self, ReplayCommand.self, ImportCommand.self, ExportCommand.self,
            TokenCommand.self,
            JWKSCommand.self, PolicyCommand.self, ExplainCommand.self, VersionCommand.self,
        ])

    static func main() async {
        SupervisorProcess.runIfAsked(Array(CommandLine.arguments.dropFirst()))
        StandardStreams.fillGaps()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty {
                // Help and version are output as any other, which may fail.
                if code.isSuccess {
                    StandardStreams.write(message + "\n")
                } else {
                    // The words of the command line stand in it: file names, when a shell has put them there.
                    StandardStreams.writeError(DiagnosticPrinterLines.visible(message) + "\n")
                }
            }
            StandardStreams.end(code.rawValue)
        }
        StandardStreams.end(0)
    }
}
