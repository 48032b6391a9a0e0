import ArgumentParser
import Tokens

/// `gatehouse jwks generate`
struct JWKSGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a key: the private half into a new file of mode 0600, the public set to standard output.",
        discussion: """
            Examples:
              gatehouse jwks generate --out keys/session.jwk > keys/session.json
              gatehouse jwks generate --alg EdDSA --kid 2026-12 --out keys/2026-12.jwk
              gatehouse jwks generate --alg HS256 --out keys/secret.jwk
            """)

    @Option(help: "The algorithm, such as ES256, RS256, EdDSA or HS256.") var alg = "ES256"
    @Option(help: "The key's id (default: its thumbprint).") var kid: String?
    @Option(help: "The file for the private key; it must not exist.") var out: String

    func validate() throws {
        if SignatureAlgorithm(name: alg) == nil {
            let names = SignatureAlgorithm.allCases.map(\.name).joined(separator: " ")
            throw ValidationError("\"\(alg)\" is not an algorithm; there are: \(names)")
        }
        if kid?.isEmpty == true { throw ValidationError("the key's id is empty") }
    }

    func run() throws {
        try reporting {
            guard let algorithm = SignatureAlgorithm(name: alg) else { return }
            let key: GeneratedKey
            do throws(CryptoFailure) {
                key = try JWKGenerator.generate(for: algorithm, keyID: kid.map { Array($0.utf8) })
            } catch {
                throw CommandFailure(error.description, ExitCodes.software)
            }
            try StandardStreams.create(out, key.privateJWK + [0x0A])
            if key.publicJWK == nil {
                StandardStreams.writeError("a shared secret has no public half; \(out) is all there is\n")
            } else {
                StandardStreams.write(key.keySet + [0x0A])
            }
        }
    }
}
