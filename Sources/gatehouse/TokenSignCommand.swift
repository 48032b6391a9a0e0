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
            Examples:
              gatehouse token sign --as captain
              gatehouse token sign --authorizer session --claim sub=u-200 --claim rank:=15 --expires-in 1h
              gatehouse token sign --key-file keys/2026.jwk --claim sub=ci --exp 2027-01-01T00:00:00Z

            With --as or --authorizer, iss and aud are those that the authorizer asks for. The secret comes from the \
            configuration, a file or the environment, never from the command line, where the shell would remember it.
            """)

    @Option(
        name: .customLong("as"), help: "Sign for this principal of the configuration, with its claims.",
        completion: Completions.principals)
    var principal: String?
    @Option(
        help: "Sign for this authorizer, with its first secret (default: the API's defaultAuthorizer).",
        completion: Completions.authorizers)
    var authorizer: String?
    @Option(help: "Sign with this secret of the configuration.", completion: Completions.keys) var key: String?
    @Option(help: "Sign with the private key in this file: a JWK or PEM.", completion: .file()) var keyFile: String?
    @Option(help: "Sign with the secret in @FILE or env:NAME.") var secret: SecretArgument?
    @Option(help: "How the secret is written: raw, base64, base64url or hex.")
    var secretEncoding: SecretEncodingArgument?
    @Option(help: "The algorithm (default: the key's own).") var alg: String?
    @Option(help: "The key's id in the header (default: the key's own).") var kid: String?
    @Option(help: ClaimArgument.help) var claim: [ClaimArgument] = []
    @Option(help: "A file with an object of claims, or - for standard input.") var claims: String?
    @Option(help: "When the token ends: +90s, +30m, +1h, +7d, -1h, or a moment.") var exp: ExpirationArgument?
    @Option(help: "How long the token lives: 90s, 30m, 1h, 7d.") var expiresIn: LifetimeArgument?
    @Flag(help: "Make a token that never ends.") var noExp = false
    @Option(help: "What time it is: ISO 8601, or seconds since 1970.") var clock: ClockArgument?
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [authorizer != nil, key != nil, keyFile != nil, secret != nil].count(where: { $0 }) > 1 {
            throw ValidationError("--authorizer, --key, --key-file and --secret exclude each other")
        }
        if principal != nil, key != nil || keyFile != nil || secret != nil || kid != nil || alg != nil {
            throw ValidationError(
                "--as signs as the authorizer demands: it goes with none of --key, --key-file, --secret, --kid and --alg"
            )
        }
        if secretEncoding != nil, secret == nil { throw ValidationError("--secret-encoding needs --secret") }
        if let alg, SignatureAlgorithm(name: alg) == nil {
            let names = SignatureAlgorithm.allCases.map(\.name).joined(separator: " ")
            throw ValidationError("\"\(DiagnosticPrinter.visible(alg))\" is not an algorithm; there are: \(names)")
        }
        let claimed = claim.contains { $0.name == "exp" }
        let ends = [exp != nil, expiresIn != nil, noExp, claimed].count { $0 }
        if ends > 1 { throw ValidationError("the end of the token is given twice") }
        // A file of claims may bring its own, which only shows when it is read; a principal has a lifetime.
        if ends == 0, principal == nil, claims == nil { throw Self.endless }
    }

    private static let endless = ValidationError(
        "a token without an end is valid for ever: say --expires-in 1h or --exp MOMENT (or --no-exp)")

    func run() throws {
        try reporting {
            let now = clock?.time ?? ClockArgument.now
            let token = principal == nil ? try token(at: now) : try tokenOfPrincipal(at: now)
            StandardStreams.write(token + [0x0A])
        }
    }

    private func end(from now: WallTime) -> Int64? {
        exp?.seconds(from: now) ?? expiresIn.map { now.seconds + Int64($0.seconds) }
    }

    // MARK: Principals

    private func tokenOfPrincipal(at now: WallTime) throws(CommandFailure) -> [UInt8] {
        let snapshot = try options.load(output)
        var speaker = try PrincipalChoice.find(principal ?? "", in: snapshot.document)
        let chosen = try AuthorizerChoice.find(authorizer, in: snapshot)
        if let claims { speaker.add(try PrincipalChoice.claims(inFile: claims)) }
        speaker.add(claim.map { PrincipalDefinition.Claim($0.name, $0.json) })
        if let end = end(from: now) { speaker.add([PrincipalDefinition.Claim("exp", Array("\(end)".utf8))]) }
        if noExp { speaker.preset = .noExp }
        guard let mint = PrincipalMint(chosen.definition, in: snapshot.document) else {
            throw CommandFailure("authorizer \"\(chosen.definition.name)\" is a function", ExitCodes.usage)
        }
        do throws(ConfiguredSigner.Problem) {
            if let token = try mint.token(for: speaker, at: now) { return token }
        } catch {
            throw CommandFailure(error.sentence, ExitCodes.usage)
        }
        throw CommandFailure("principal \"\(speaker.name)\" presents no token", ExitCodes.usage)
    }

    // MARK: Keys

    private func token(at now: WallTime) throws -> [UInt8] {
        var list = ClaimList()
        list.set("iat", number: now.seconds)
        if let end = end(from: now) { list.set("exp", number: end) }
        let signer = try makeSigner(&list)
        if let claims { for each in try PrincipalChoice.claims(inFile: claims) { list.set(each.name, each.json) } }
        for each in claim { list.set(each.name, each.json) }
        if !noExp, !list.holds("exp") { throw CommandFailure(Self.endless.message, ExitCodes.usage) }
        do throws(CryptoFailure) {
            return try signer.sign(payload: list.payload)
        } catch {
            throw CommandFailure(error.description, ExitCodes.software)
        }
    }

    /// The signer; an authorizer also brings the issuer and the audience that it asks for.
    private func makeSigner(_ list: inout ClaimList) throws(CommandFailure) -> TokenSigner {
        let keyID = kid.map { Array($0.utf8) }
        let algorithm = alg.flatMap { SignatureAlgorithm(name: $0) }
        if let keyFile { return try signer(ofFile: keyFile, algorithm, keyID) }
        if let secret { return try signer(of: try secret.read(secretEncoding?.encoding ?? .raw), algorithm, keyID) }
        let snapshot = try options.load(output)
        let document = snapshot.document
        do throws(ConfiguredSigner.Problem) {
            if let key {
                guard let definition = document.key(named: key) else {
                    let names = document.keys.map(\.name).joined(separator: ", ")
                    throw ConfiguredSigner.Problem(sentence: "there is no key \"\(key)\"; there are: \(names)")
                }
                return try ConfiguredSigner.signer(for: definition, algorithm: algorithm, keyID: keyID)
            }
        } catch {
            throw CommandFailure(error.sentence, ExitCodes.usage)
        }
        let chosen = try AuthorizerChoice.find(authorizer, in: snapshot)
        if let issuer = chosen.rules.issuer.value { list.set("iss", text: issuer) }
        if let audience = chosen.rules.audience.value?.first { list.set("aud", text: audience) }
        guard let definition = ConfiguredSigner.secret(of: chosen.rules, in: document) else {
            throw CommandFailure(
                "authorizer \"\(chosen.definition.name)\" has public keys only; sign with --key-file", ExitCodes.usage)
        }
        do throws(ConfiguredSigner.Problem) {
            return try ConfiguredSigner.signer(
                for: definition, algorithm: algorithm, allowed: chosen.rules.algorithms, keyID: keyID)
        } catch {
            throw CommandFailure(error.sentence, ExitCodes.usage)
        }
    }

    private func signer(
        ofFile path: String, _ algorithm: SignatureAlgorithm?, _ keyID: [UInt8]?
    ) throws(CommandFailure) -> TokenSigner {
        let bytes = try StandardStreams.read(path)
        do throws(KeyError) {
            let isPEM = bytes.starts(with: "-----BEGIN".utf8)
            let made = isPEM ? try SigningKey(pem: bytes, keyID: keyID) : try SigningKey(jwk: bytes)
            return try TokenSigner(key: made, algorithm: algorithm, keyID: keyID)
        } catch {
            throw CommandFailure("\(path): \(error.description)", ExitCodes.usage)
        }
    }

    private func signer(
        of octets: [UInt8], _ algorithm: SignatureAlgorithm?, _ keyID: [UInt8]?
    ) throws(CommandFailure) -> TokenSigner {
        do throws(KeyError) {
            guard case .hmac(let hmac) = algorithm ?? .hmac(.hs256) else {
                throw KeyError(.wrongKind, "a secret signs with HS256, HS384 or HS512")
            }
            _ = try KeyRecord.secret(octets, algorithm: hmac)
            return try TokenSigner(key: SigningKey(secret: octets), algorithm: .hmac(hmac), keyID: keyID)
        } catch {
            throw CommandFailure("the secret: \(error.description)", ExitCodes.usage)
        }
    }
}
