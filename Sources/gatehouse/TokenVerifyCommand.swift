import ArgumentParser
import Authorizers
import Gateway
import Routes
import Tokens

/// `gatehouse token verify`
struct TokenVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Judge a token by an authorizer's rules, or a file of tokens.",
        discussion: """
            Examples:
              gatehouse token verify eyJ… --authorizer session
              gatehouse token verify - < token.txt
              gatehouse token verify --batch tokens.jsonl --keys-dir keys

            A line of a batch is {"id", "token", "keys", "now", "config"}, where keys names DIR/NAME.json; a line out is
            {"id", "outcome", "code", "claims"}.
            """)

    @Argument(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument?

    @Option(
        help: "Whose rules (default: the API's defaultAuthorizer, else the only one).",
        completion: Completions.authorizers)
    var authorizer: String?

    @Option(help: "What time it is: ISO 8601, or seconds since 1970.")
    var clock: ClockArgument?

    @Option(help: "Judge every line of this file instead.")
    var batch: String?

    @Option(help: "Folder of the key sets that a batch names.")
    var keysDir: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if (token == nil) == (batch == nil) { throw ValidationError("give either a token or --batch FILE") }
        if (batch == nil) != (keysDir == nil) { throw ValidationError("--batch and --keys-dir belong together") }
        if batch != nil, authorizer != nil || clock != nil {
            throw ValidationError("the lines of a batch bring their own rules and times")
        }
    }

    func run() throws {
        try reporting {
            if let batch, let keysDir {
                try judge(batch, keysDir)
            } else if let token {
                try judge(try token.read())
            }
        }
    }

    private func judge(_ token: [UInt8]) throws {
        let snapshot = try options.load(output)
        let chosen = try AuthorizerChoice.find(authorizer, in: snapshot)
        do throws(TokenError) {
            let verified = try chosen.verify(
                token[...], at: clock?.time ?? ClockArgument.now, using: VerificationContext())
            let key = chosen.slots(of: verified).first { $0.holds(keyID: verified.keyID) }?.name ?? "?"
            let checks = Self.checks(chosen.rules)
            StandardStreams.write("VALID  key \(key), \(checks.count) checks (\(checks.joined(separator: ", ")))\n")
        } catch {
            StandardStreams.write("INVALID  \(error.code.diagnostic) \(error.privateDescription)\n")
            throw ExitCodes.no
        }
    }

    private static func checks(_ rules: JWTRules) -> [String] {
        var names = ["signature"]
        if rules.requireExpiration.value { names.append("exp") }
        if rules.maxAgeInSeconds != nil { names.append("iat") }
        if rules.issuer.value != nil { names.append("iss") }
        if rules.audience.value != nil { names.append("aud") }
        names += rules.requiredClaims.map(\.value).filter { !names.contains($0) }
        if !rules.scopes.isEmpty { names.append("scopes") }
        return names
    }

    private func judge(_ batch: String, _ folder: String) throws {
        var wereAllJudged = true
        let verifier = BatchVerifier { name in
            do throws(CommandFailure) { return try StandardStreams.read("\(folder)/\(name).json") } catch { return nil }
        }
        var out: [UInt8] = []
        for line in StandardStreams.lines(try StandardStreams.read(batch)) {
            let answer = verifier.answer(line)
            wereAllJudged = wereAllJudged && answer.wasJudged
            out += answer.line
            out.append(0x0A)
            if out.count > 1 << 20 {
                StandardStreams.write(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        StandardStreams.write(out)
        if !wereAllJudged { throw ExitCodes.no }
    }
}

/// Finds the authorizer that a command means.
enum AuthorizerChoice {
    static func find(_ name: String?, in snapshot: GatewaySnapshot) throws(CommandFailure) -> DeclarativeAuthorizer {
        let document = snapshot.document
        let only = document.authorizers.count == 1 ? document.authorizers[0].name : nil
        guard let wanted = name ?? document.api.defaultAuthorizer?.value ?? only else {
            throw CommandFailure("say which authorizer with --authorizer", ExitCodes.usage)
        }
        for route in snapshot.routes {
            guard let authorizer = route.authorizer, authorizer.definition.name == wanted else { continue }
            if let declarative = authorizer.declarative { return declarative }
            throw CommandFailure("\"\(wanted)\" is a function: it verifies tokens, not the gateway", ExitCodes.usage)
        }
        let names = document.authorizers.map(\.name).joined(separator: ", ")
        throw CommandFailure("no route uses an authorizer \"\(wanted)\"; there are: \(names)", ExitCodes.usage)
    }
}
