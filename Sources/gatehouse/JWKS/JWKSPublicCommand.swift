import ArgumentParser
import Tokens

/// `gatehouse jwks public`
struct JWKSPublicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "public", abstract: "Print the key set that verifiers may have of private keys.",
        discussion: """
            Examples:
              gatehouse jwks public keys/2026-12.jwk > public.json
              gatehouse jwks public keys/private.pem --kid 2026-12
              gatehouse jwks public - < set-with-private-keys.json

            Shared secrets have no public half and are left out; a text with nothing else is refused.
            """)

    @Argument(help: "A JWK, a JWK Set or a PEM text; - for standard input.") var file: String
    @Option(help: "The key's id, for a PEM text (default: its thumbprint).") var kid: String?

    func run() throws {
        try reporting {
            let text = try StandardStreams.read(file)
            do throws(KeyError) {
                let made = try PublicKeySet.text(of: text, keyID: kid.map { Array($0.utf8) })
                guard made.keys > 0 else {
                    throw KeyError(
                        .wrongKind, made.secrets > 0 ? "a shared secret has no public half" : "it holds no key")
                }
                if made.secrets > 0 {
                    StandardStreams.writeError(
                        "gatehouse: \(made.secrets) shared secret\(made.secrets == 1 ? "" : "s") left out\n")
                }
                StandardStreams.write(made.set + [0x0A])
            } catch {
                throw CommandFailure("\(file): \(error.description)", ExitCodes.no)
            }
        }
    }
}
