import ArgumentParser
import Authorizers
import Documents
import Gateway
import Routes
import Tokens

/// `gatehouse token sign`
struct TokenSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Make a token for tests.",
        discussion: """
            gatehouse token sign --authorizer session --claim sub=u-200 --claim rank=15 --exp +1h
            gatehouse token sign --key-file keys/2026.jwk --claim sub=ci --claim admin:=true --exp 2027-01-01T00:00:00Z

            With --authorizer, iss and aud are those that it asks for. The secret comes from the configuration or a
            file, never from the command line, where the shell would remember it.
            """)

    @Option(help: "Sign for this authorizer, with its first secret.", completion: Completions.authorizers)
    var authorizer: String?
    @Option(help: "Sign with this secret of the configuration.", completion: Completions.keys) var key: String?
    @Option(help: "Sign with the private key in this file: a JWK or PEM.", completion: .file()) var keyFile: String?
    @Option(help: "The key's id in the header (default: the key's own).") var kid: String?
    @Option(help: ClaimArgument.help) var claim: [ClaimArgument] = []
    @Option(help: "When the token ends: +90s, +30m, +1h, +7d, -1h, or a moment.") var exp: ExpirationArgument?
    @Flag(help: "Make a token that never ends.") var noExp = false
    @Option(help: "What time it is: ISO 8601, or seconds since 1970.") var clock: ClockArgument?
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [authorizer != nil, key != nil, keyFile != nil].count(where: { $0 }) > 1 {
            throw ValidationError("--authorizer, --key and --key-file exclude each other")
        }
        if exp != nil, noExp || claim.contains(where: { $0.name == "exp" }) {
            throw ValidationError("the end of the token is given twice")
        }
        if exp == nil, !noExp, !claim.contains(where: { $0.name == "exp" }) {
            throw ValidationError("a token without an end is valid for ever: say --exp +1h (or --no-exp)")
        }
    }

    func run() throws {
        try reporting {
            let now = clock?.time ?? ClockArgument.now
            var claims = ClaimList()
            claims.set("iat", number: now.seconds)
            if let exp { claims.set("exp", number: exp.seconds(from: now)) }
            let signer = try makeSigner(&claims)
            for each in claim { claims.set(each.name, each.json) }
            do throws(CryptoFailure) {
                StandardStreams.write(try signer.sign(payload: claims.payload) + [0x0A])
            } catch {
                throw CommandFailure(error.description, ExitCodes.software)
            }
        }
    }

    /// The signer; an authorizer also brings the issuer and the audience that it asks for.
    private func makeSigner(_ claims: inout ClaimList) throws(CommandFailure) -> TokenSigner {
        let keyID = kid.map { Array($0.utf8) }
        if let keyFile {
            let bytes = try StandardStreams.read(keyFile)
            do throws(KeyError) {
                let isPEM = bytes.starts(with: "-----BEGIN".utf8)
                let made = isPEM ? try SigningKey(pem: bytes, keyID: keyID) : try SigningKey(jwk: bytes)
                return try TokenSigner(key: made, keyID: keyID)
            } catch {
                throw CommandFailure("\(keyFile): \(error.description)", ExitCodes.usage)
            }
        }
        let snapshot = try options.load(output)
        if let key {
            guard let definition = snapshot.document.key(named: key) else {
                let names = snapshot.document.keys.map(\.name).joined(separator: ", ")
                throw CommandFailure("there is no key \"\(key)\"; there are: \(names)", ExitCodes.usage)
            }
            return try makeSigner(definition, keyID)
        }
        let chosen = try AuthorizerChoice.find(authorizer, in: snapshot)
        if let issuer = chosen.rules.issuer.value { claims.set("iss", text: issuer) }
        if let audience = chosen.rules.audience.value?.first { claims.set("aud", text: audience) }
        let keys = chosen.rules.keys.compactMap { snapshot.document.key(named: $0.value) }
        guard let secret = keys.first(where: { if case .secret = $0.material { true } else { false } }) else {
            throw CommandFailure(
                "authorizer \"\(chosen.definition.name)\" has public keys only; sign with --key-file", ExitCodes.usage)
        }
        return try makeSigner(secret, keyID)
    }

    private func makeSigner(_ key: KeyDefinition, _ keyID: [UInt8]?) throws(CommandFailure) -> TokenSigner {
        guard case .secret(let secret, let allowWeak) = key.material else {
            throw CommandFailure("key \"\(key.name)\" is public: only its owner can sign with it", ExitCodes.usage)
        }
        do throws(KeyError) {
            let algorithm = key.algorithm.flatMap { SignatureAlgorithm(name: $0.value) } ?? .hmac(.hs256)
            guard case .hmac(let hmac) = algorithm else {
                throw KeyError(.wrongKind, "a secret signs with HS256, HS384 or HS512")
            }
            // Judges the strength; allowWeak in the configuration says that its owner knows.
            _ = try KeyRecord.secret(secret.bytes, algorithm: hmac, allowWeak: allowWeak)
            let own = keyID ?? key.keyId.map { Array($0.value.utf8) }
            return try TokenSigner(key: SigningKey(secret: secret.bytes, keyID: own), algorithm: algorithm)
        } catch {
            throw CommandFailure("key \"\(key.name)\": \(error.description)", ExitCodes.usage)
        }
    }
}
