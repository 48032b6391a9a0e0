import ArgumentParser

/// `gatehouse jwks`
struct JWKSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Make, publish, inspect and fetch keys.",
        discussion: """
            Examples:
              gatehouse jwks generate --alg ES256 --kid 2026-12 --out keys/2026-12.jwk > keys/public.json
              gatehouse jwks show keys/public.json
              gatehouse jwks fetch https://id.example
            """,
        subcommands: [
            JWKSGenerateCommand.self, JWKSPublicCommand.self, JWKSShowCommand.self, JWKSFetchCommand.self,
        ])
}
