import ArgumentParser

/// `gatehouse token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign, decode, verify, spoil and revoke tokens.",
        discussion: """
            Examples:
              gatehouse token sign --as captain > captain.jwt
              gatehouse token decode @captain.jwt
              gatehouse token tamper @captain.jwt --set rank=admiral | gatehouse token verify -
            """,
        subcommands: [
            TokenVerifyCommand.self, TokenDecodeCommand.self, TokenSignCommand.self, TokenTamperCommand.self,
            TokenRevokeCommand.self,
        ])
}
