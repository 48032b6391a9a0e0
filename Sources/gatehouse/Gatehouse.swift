import ArgumentParser

/// The command line. Each command has a file of its own.
@main
struct Gatehouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "A gateway that verifies tokens, decides by AWS policies, and says why.",
        discussion: ExitCodes.help,
        version: VersionCommand.number,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ValidateCommand.self, RoutesCommand.self, AuthorizeCommand.self,
            TokenCommand.self, JWKSCommand.self, PolicyCommand.self, ExplainCommand.self, VersionCommand.self,
        ])
}
