import Documents
import Gateway
package import Routes
package import Tokens

/// What recorded requests prove who they are with when they are sent again: `--tokens`.
package enum ReplayTokens: Sendable {
    /// What the recording holds. Signatures were dropped, so this sends only what never had any.
    case recorded
    /// No credentials at all.
    case none
    /// Tokens with the recorded claims, as old as they were then, signed with the keys of gateway.json.
    case resign
    /// One of `principals` for every guarded route.
    case principal(PrincipalDefinition)
    /// By `sub`; `otherwise` for those that are not named.
    case map([String: Substitute], otherwise: Substitute?)
    /// What a command prints for the claims of each identity.
    case command

    package enum Substitute: Sendable {
        case token([UInt8])
        case principal(PrincipalDefinition)
    }

    /// As `--tokens` takes it, without what may be secret.
    package var text: String {
        switch self {
        case .recorded: "recorded"
        case .none: "none"
        case .resign: "resign"
        case .principal(let principal): "as:\(principal.name)"
        case .map: "map"
        case .command: "exec"
        }
    }
}

/// Makes the credential of each request. Belongs to one thread.
package struct TokenMaker {
    package enum Credential: Sendable, Hashable {
        /// What the recording holds goes out as it is.
        case recorded
        case without
        case token([UInt8])
        /// The request cannot be sent; why, in words that hold nothing of the recording.
        case impossible(String)
    }

    package let mode: ReplayTokens
    private let document: GatewayDocument?
    /// Signs where the configuration has public keys only.
    private let privateKey: TokenSigner?
    /// The tokens that the command has printed, by identity.
    package var printed: [TokenIdentity: [UInt8]] = [:]
    private var signers: [String: Result<TokenSigner, ConfiguredSigner.Problem>] = [:]
    private var minted: [MintKey: (token: [UInt8]?, at: WallTime)] = [:]
    /// The last token of each identity, because the gate keeps results by token and signatures cost time.
    private var last: [[UInt8]: (claims: [UInt8], token: [UInt8])] = [:]
    private var random = SystemRandomNumberGenerator()

    private struct MintKey: Hashable {
        var authorizer: String
        var principal: String
    }

    private static let remembered = 10_000
    /// A principal's token is made anew after this many seconds, or half its life.
    private static let freshSeconds: Int64 = 60

    package init(_ mode: ReplayTokens, document: GatewayDocument?, privateKey: TokenSigner? = nil) {
        self.mode = mode
        self.document = document
        self.privateKey = privateKey
    }

    // MARK: What can be sent

    /// Why the request cannot be sent with these tokens; nil when it can.
    package mutating func obstacle(for entry: RecordedEntry) -> String? {
        switch mode {
        case .recorded:
            return entry.hidesCredentials ? "its token or key is not in the recording any more" : nil
        case .none, .command: return nil
        case .resign:
            guard let token = entry.token else {
                return entry.hidesCredentials && entry.authorizer != nil
                    ? "only a function knows which credentials are good" : nil
            }
            guard token.isVerified else { return nil }
            if token.claims == nil { return "the recording holds no claims of its token" }
            switch signer(for: entry.authorizer ?? "") {
            case .success: return nil
            case .failure(let problem): return problem.sentence
            }
        case .principal: return entry.authorizer.flatMap { mintObstacle($0) }
        case .map(let substitutes, let otherwise):
            guard let subject = entry.subject else { return nil }
            guard let substitute = substitutes[subject] ?? otherwise else { return "its principal is not in the map" }
            guard case .principal = substitute else { return nil }
            return entry.authorizer.flatMap { mintObstacle($0) }
        }
    }

    private func mintObstacle(_ name: String) -> String? {
        guard let definition = document?.authorizer(named: name) else { return Self.unknownAuthorizer }
        guard let document, let mint = PrincipalMint(definition, in: document) else {
            return "only a function knows which credentials are good"
        }
        return mint.canSign ? nil : "its authorizer has public keys only, so nobody can sign for a principal here"
    }

    private static let unknownAuthorizer = "its authorizer is not in gateway.json"

    // MARK: Credentials

    /// The credential of a request that goes out at `now`.
    package mutating func credential(for entry: RecordedEntry, at now: WallTime) -> Credential {
        if let obstacle = obstacle(for: entry) { return .impossible(obstacle) }
        switch mode {
        case .recorded: return .recorded
        case .none: return .without
        case .resign: return entry.token.map { resigned($0, entry, now) } ?? .without
        case .principal(let principal):
            guard let authorizer = entry.authorizer else { return .without }
            return mint(principal, authorizer, now)
        case .map(let substitutes, let otherwise):
            guard let subject = entry.subject, let substitute = substitutes[subject] ?? otherwise else {
                return .without
            }
            switch substitute {
            case .token(let token): return .token(token)
            case .principal(let principal):
                guard let authorizer = entry.authorizer else { return .without }
                return mint(principal, authorizer, now)
            }
        case .command:
            guard let identity = entry.identity else { return .without }
            return printed[identity].map { .token($0) } ?? .impossible("the command gave no token for its identity")
        }
    }

    private mutating func resigned(_ token: RecordedEntry.Token, _ entry: RecordedEntry, _ now: WallTime) -> Credential
    {
        guard let header = token.header, let claims = token.claims else { return .token(Array("not.a.token".utf8)) }
        let payload = TokenAging.claims(claims, recorded: entry.clock, now: now)
        guard token.isVerified else { return .token(spoilt(header: header, payload)) }
        let identity = Array((entry.authorizer ?? "").utf8) + [0] + claims
        if let last = last[identity], last.claims == payload { return .token(last.token) }
        guard case .success(let signer) = signer(for: entry.authorizer ?? "") else {
            return .impossible(Self.unknownAuthorizer)
        }
        do throws(CryptoFailure) {
            let made = try signer.sign(header: Self.header(header, signer), payload: payload)
            if last.count >= Self.remembered { last = [:] }
            last[identity] = (payload, made)
            return .token(made)
        } catch {
            return .impossible("no token can be signed")
        }
    }

    /// The recorded header with the algorithm and the name of the key that signs now.
    private static func header(_ recorded: [UInt8], _ signer: TokenSigner) -> [UInt8] {
        var list = ClaimList()
        for member in JSONText.parse(recorded)?.members.map({ $0 }) ?? [] {
            list.set(member.name, Array(member.value.text))
        }
        for name in ["jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "kid"] { list.remove(name) }
        list.set("alg", text: signer.algorithm.name)
        if let keyID = signer.keyID { list.set("kid", text: String(decoding: keyID, as: UTF8.self)) }
        return list.payload
    }

    /// A token whose signature is as bad as the recorded one was.
    private mutating func spoilt(header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let isUnsigned = JSONText.parse(header)?["alg"]?.string?.lowercased() == "none"
        let signature = isUnsigned ? [] : (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let dot = [UInt8(ascii: ".")]
        return Base64URL.encode(header) + dot + Base64URL.encode(payload) + dot + Base64URL.encode(signature)
    }

    private mutating func signer(for authorizer: String) -> Result<TokenSigner, ConfiguredSigner.Problem> {
        if let known = signers[authorizer] { return known }
        let made: Result<TokenSigner, ConfiguredSigner.Problem>
        do throws(ConfiguredSigner.Problem) { made = .success(try makeSigner(authorizer)) } catch {
            made = .failure(error)
        }
        signers[authorizer] = made
        return made
    }

    private func makeSigner(_ name: String) throws(ConfiguredSigner.Problem) -> TokenSigner {
        guard let document, let rules = document.authorizer(named: name)?.jwt else {
            throw ConfiguredSigner.Problem(sentence: Self.unknownAuthorizer)
        }
        if let key = ConfiguredSigner.secret(of: rules, in: document) {
            return try ConfiguredSigner.signer(for: key, allowed: rules.algorithms)
        }
        guard let privateKey else {
            throw ConfiguredSigner.Problem(
                sentence: "its authorizer has public keys only: name a private key with --key-file")
        }
        return privateKey
    }

    private mutating func mint(_ principal: PrincipalDefinition, _ authorizer: String, _ now: WallTime) -> Credential {
        let key = MintKey(authorizer: authorizer, principal: principal.name)
        let life = min(Self.freshSeconds, max(1, Int64(principal.lifetimeInSeconds) / 2))
        if let known = minted[key], now.seconds - known.at.seconds < life {
            return known.token.map { .token($0) } ?? .without
        }
        guard let document, let definition = document.authorizer(named: authorizer),
            let mint = PrincipalMint(definition, in: document)
        else { return .impossible(Self.unknownAuthorizer) }
        do throws(ConfiguredSigner.Problem) {
            let token = try mint.token(for: principal, at: now)
            minted[key] = (token, now)
            return token.map { .token($0) } ?? .without
        } catch {
            return .impossible("no token can be signed for the principal")
        }
    }

    /// The keys of gateway.json that have signed so far, by name; for the report.
    package var signingKeys: [String] {
        guard let document else { return [] }
        var names: Set<String> = []
        for (authorizer, signer) in signers {
            guard case .success = signer, let rules = document.authorizer(named: authorizer)?.jwt else { continue }
            names.insert(ConfiguredSigner.secret(of: rules, in: document)?.name ?? "--key-file")
        }
        return names.sorted()
    }
}

/// Somebody for whom a command prints a token: recorded claims without those that differ from token to token.
package struct TokenIdentity: Sendable, Hashable {
    /// JSON text of an object.
    package let claims: [UInt8]
    private static let passing: Set<String> = ["iat", "nbf", "exp", "jti", "auth_time"]

    /// Nil when this is no object.
    init?(claims: [UInt8]) {
        guard let root = JSONText.parse(claims), root.kind == .object else { return nil }
        var list = ClaimList()
        for member in root.members where !Self.passing.contains(member.name) {
            list.set(member.name, Array(member.value.text))
        }
        self.claims = list.payload
    }
}

extension RecordedEntry {
    /// Whose request it was, for maps: `sub` of its token, else the principal of the decision.
    var subject: String? { token?.claims.flatMap { JSONText.parse($0) }?["sub"]?.string ?? principal }

    /// Nil for a request that showed no token with claims.
    package var identity: TokenIdentity? {
        if let claims = token?.claims { return TokenIdentity(claims: claims) }
        guard let principal else { return nil }
        var list = ClaimList()
        list.set("sub", text: principal)
        return TokenIdentity(claims: list.payload)
    }

    /// A token or a key of the request was taken out when it was recorded.
    var hidesCredentials: Bool {
        headers.contains { RedactionMark.hidesCredential($0.value) } || RedactionMark.hidesCredential(target)
    }
}
