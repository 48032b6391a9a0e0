import Documents
import PolicyTests
import Recordings
import Routes
import Tokens

/// Reads what `--tokens` names: principals, a map, a command.
struct TokenSources {
    let document: GatewayDocument?
    let test: TestSuite?

    /// `test` is a test file whose principals can be named too.
    init(
        document: GatewayDocument?, test: String?, options: ConfigurationOptions, output: OutputOptions
    ) throws(CommandFailure) {
        self.document = document
        guard let test else {
            self.test = nil
            return
        }
        let source = SourceText(name: test, bytes: try StandardStreams.read(test))
        let (suite, problems) = SuiteReader.read(source) { named in
            TestSession.principals(named, beside: test, options)
        }
        guard let suite, !problems.contains(where: { $0.severity == .error }) else {
            StandardStreams.writeError(output.diagnostics.render(problems))
            throw CommandFailure("\(test) cannot be used", ExitCodes.usage)
        }
        self.test = suite
    }

    func tokens(_ form: TokensArgument.Form) throws(CommandFailure) -> ReplayTokens {
        switch form {
        case .recorded: return .recorded
        case .none: return .none
        case .resign: return .resign
        case .command: return .command
        case .wrong:
            throw CommandFailure(
                "--tokens is none of recorded, none, resign, as:NAME, map:FILE, exec:COMMAND (a token itself is not "
                    + "taken: shells remember what is typed)", ExitCodes.usage)
        case .principal(let name):
            switch try substitute(principal: name) {
            case .principal(let principal): return .principal(principal)
            case .token(let token): return .map([:], otherwise: .token(token))
            }
        case .map(let path): return try map(path)
        }
    }

    private func substitute(principal name: String) throws(CommandFailure) -> ReplayTokens.Substitute {
        if let own = test?.principals.first(where: { $0.name == name }) { return try Self.substitute(own) }
        guard let document else {
            throw CommandFailure("principals stand in gateway.json, and there is none", ExitCodes.missingInput)
        }
        return .principal(try PrincipalChoice.find(name, in: document))
    }

    private static func substitute(_ principal: TestPrincipal) throws(CommandFailure) -> ReplayTokens.Substitute {
        if let value = principal.token.value { return .token(Array(value.utf8)) }
        if principal.token.type != nil || principal.token.authorizer != nil {
            throw CommandFailure(
                "principal \"\(principal.name)\" has a token of its own type or authorizer, which a replay does not make",
                ExitCodes.usage)
        }
        var definition = PrincipalDefinition(
            name: principal.name, span: SourceText(name: "", bytes: []).span(0..<0), claims: [],
            preset: principal.token.preset, lifetimeInSeconds: principal.token.lifetime)
        var writer = JSONWriter()
        writer.string(principal.name)
        definition.add([PrincipalDefinition.Claim("sub", writer.bytes)])
        for claim in principal.claims {
            let json = claim.value.json
            if json.elementsEqual("null".utf8) {
                guard claim.name == "exp" else {
                    throw CommandFailure(
                        "principal \"\(principal.name)\" leaves out \"\(claim.name)\", which a replay fills in",
                        ExitCodes.usage)
                }
                definition.preset = .noExp
            } else {
                definition.add([PrincipalDefinition.Claim(claim.name, json)])
            }
        }
        return .principal(definition)
    }

    /// An object whose members are subjects, and whose values tokens or `as:NAME`; `*` stands for all others.
    private func map(_ path: String) throws(CommandFailure) -> ReplayTokens {
        let bytes = try StandardStreams.read(path)
        let root: JSONValue
        do throws(JSONError) { root = try JSONParser.parse(bytes).root } catch {
            throw CommandFailure("[GH6208] \(path): \(error.message)", ExitCodes.usage)
        }
        guard root.kind == .object else {
            throw CommandFailure("[GH6208] \(path): a map is an object of subjects", ExitCodes.usage)
        }
        var substitutes: [String: ReplayTokens.Substitute] = [:]
        var otherwise: ReplayTokens.Substitute?
        for member in root.members {
            guard let text = member.value.string, !text.isEmpty else {
                throw CommandFailure(
                    "[GH6208] \(path): the value of \"\(member.name)\" is neither a token nor as:NAME", ExitCodes.usage)
            }
            let value: ReplayTokens.Substitute
            if text.hasPrefix("as:") {
                value = try substitute(principal: String(text.dropFirst(3)))
            } else {
                guard let token = Self.token(Array(text.utf8)) else {
                    throw CommandFailure(
                        "[GH6208] \(path): the value of \"\(member.name)\" is no token that a header can hold",
                        ExitCodes.usage)
                }
                value = .token(token)
            }
            if member.name == "*" { otherwise = value } else { substitutes[member.name] = value }
        }
        return .map(substitutes, otherwise: otherwise)
    }

    /// A token without its scheme and without what stands around it; nil when a header cannot hold it.
    static func token(_ text: [UInt8]) -> [UInt8]? {
        var token = text[...]
        while let last = token.last, last == 0x0A || last == 0x0D || last == 0x20 { token.removeLast() }
        if token.count > 7, token.prefix(7).map({ $0 | 0x20 }).elementsEqual("bearer ".utf8) {
            token = token.dropFirst(7)
        }
        guard !token.isEmpty, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return Array(token)
    }

    // MARK: Commands

    private static let longestToken = 1 << 16

    /// Asks a command for a token of each identity, once. What it prints is kept in memory and never shown.
    static func ask(
        _ command: String, for identities: Set<TokenIdentity>, milliseconds: Int, stop: SendingStop
    ) -> (tokens: [TokenIdentity: [UInt8]], failures: [String: Int]) {
        var tokens: [TokenIdentity: [UInt8]] = [:]
        var failures: [String: Int] = [:]
        for identity in identities {
            if stop.isStopping { break }
            do throws(ChildCommand.Failure) {
                let printed = try ChildCommand.output(
                    of: command, input: identity.claims + [0x0A], milliseconds: milliseconds, limit: longestToken
                ) { stop.isStopping }
                if let token = token(printed) {
                    tokens[identity] = token
                } else {
                    failures["printed no token that a header can hold", default: 0] += 1
                }
            } catch {
                failures[error.text, default: 0] += 1
            }
        }
        return (tokens, failures)
    }
}
