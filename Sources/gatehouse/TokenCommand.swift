import ArgumentParser

/// `gatehouse token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign, decode, verify, spoil and revoke tokens.",
        subcommands: [
            TokenVerifyCommand.self, TokenDecodeCommand.self, TokenSignCommand.self, TokenTamperCommand.self,
            TokenRevokeCommand.self,
        ])
}
