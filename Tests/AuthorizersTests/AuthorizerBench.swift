import Documents
import HTTP
import Policies
import Routes
import Testing

@testable import Authorizers
@testable import Tokens

/// One declarative authorizer made from a gateway.json, with a signer for its key.
struct AuthorizerBench {
    static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    static let now = WallTime(seconds: 1_700_000_000)

    let authorizer: DeclarativeAuthorizer
    let stage: StageDefinition
    let workspace: AuthorizerWorkspace
    private let signer: TokenSigner

    private struct NoEnvironment: DocumentEnvironment {
        func variable(_ name: String) -> String? { nil }
        func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] { throw DocumentReadFailure("none") }
        func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] { throw DocumentReadFailure("none") }
    }

    private struct NoVariables: ContextVariables {
        func value(of variable: ContextVariable) -> [UInt8]? {
            variable == .sourceIp ? Array("192.0.2.1".utf8) : nil
        }
    }

    /// `members` are added to the authorizer: policy, context, principalId.
    init(
        sources: [String] = ["$request.header.Authorization"], cache: TokenCacheLimits? = TokenCacheLimits(),
        members: String = #""policy": [{ "sid": "All", "effect": "Allow", "resources": ["*"] }]"#
    ) throws {
        let quoted = sources.map { "\"\($0)\"" }.joined(separator: ", ")
        let text = """
            { "version": 1, "api": { "name": "a", "type": "HTTP", "apiId": "local1234", "region": "eu-west-1",
                "accountId": "123456789012", "defaultStage": "$default" },
              "server": { "listen": "127.0.0.1:0" },
              "stages": { "$default": { "stageVariables": { "tier": "gold" } } },
              "keys": { "k": { "type": "secret", "alg": "HS256", "secret": "0123456789abcdef0123456789abcdef" } },
              "authorizers": { "a": { "type": "REQUEST", "identitySource": [\(quoted)],
                "jwt": { "keys": ["k"], "algorithms": ["HS256"], "issuer": null, "audience": null },
                \(members) } },
              "integrations": { "m": { "type": "MOCK" } },
              "routes": { "$default": { "authorizer": "a", "integration": "m" } } }
            """
        let (loaded, diagnostics) = DocumentLoader(environment: NoEnvironment()).load(
            SourceText(name: "gateway.json", bytes: Array(text.utf8)))
        let document = try #require(loaded, "\(DiagnosticPrinter().render(diagnostics))")
        let definition = try #require(document.authorizers.first)
        stage = try #require(document.stages.first)
        let algorithms = try #require(AlgorithmList([.hmac(.hs256)]))
        let record = try KeyRecord.secret(Self.secret, algorithm: .hs256, keyID: nil, allowWeak: false)
        authorizer = try DeclarativeAuthorizer(
            definition: definition, rules: try #require(definition.jwt),
            verifier: TokenVerifier(rules: TokenRules(algorithms: algorithms, issuers: nil, audiences: nil)),
            ring: KeyRing(slots: [KeySlot(name: "k", keys: KeySet(records: [record]))]), revocations: nil,
            policyID: PolicyID(1), arn: Self.arn)
        workspace = AuthorizerWorkspace(cacheLimits: cache, seed: (1, 2))
        signer = try TokenSigner(key: SigningKey(secret: Self.secret), algorithm: .hmac(.hs256))
    }

    static let arn = MethodARN.Prefix(region: "eu-west-1", account: "123456789012", api: "local1234", stage: "$default")

    /// A token over these members, with sub and exp.
    func token(_ members: String = "", expires: Int64 = 60) throws -> String {
        let more = members.isEmpty ? "" : ", " + members
        let payload = "{\"sub\": \"user-1\", \"exp\": \(Self.now.seconds + expires)\(more)}"
        return String(decoding: try signer.sign(payload: Array(payload.utf8)), as: UTF8.self)
    }

    func token(payload: String) throws -> String {
        String(decoding: try signer.sign(payload: Array(payload.utf8)), as: UTF8.self)
    }

    /// Decides on a request with these field lines.
    func decide(
        _ fields: String, target: String = "/things", method: String = "GET", at time: WallTime = now
    ) throws -> AuthorizerOutcome {
        var parser = RequestParser(limits: HeadLimits(headerBytes: 32_768))
        let bytes = Array("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
        guard case .head(let head, _) = parser.parse(bytes.span) else {
            Issue.record("the request of the test is refused")
            return AuthorizerOutcome(verdict: .unauthorized(TokenError(.internal)), cache: .off)
        }
        let request = IdentityRequest(head: head, stage: stage, variables: NoVariables())
        // What is read in place is what is read with a view of the whole request.
        if let inPlace = authorizer.bearer(in: head.fields) {
            #expect(inPlace.text == authorizer.presented(by: request).text)
        }
        let path = target.prefix { $0 != "?" }
        let step = authorizer.decide(
            request, resource: Self.arn.arn(method: Array(method.utf8), path: Array(path.utf8)), at: time, in: workspace
        )
        return try #require(step.outcome)
    }
}

extension AuthorizerOutcome {
    /// `allowed`, `denied`, or the token's code.
    var text: String {
        switch verdict {
        case .allowed: "allowed"
        case .denied(_, let decision): decision.outcome.rawValue
        case .unauthorized(let error): error.code.name
        case .rejected(let rejection): "rejected: \(rejection)"
        case .refusedByFunction: "refused by its function"
        case .failed(let failure): "failed: \(failure)"
        }
    }
}

extension DeclarativeAuthorizer.PresentedToken {
    var text: String {
        switch self {
        case .token(let bytes): "token \(String(decoding: bytes, as: UTF8.self))"
        case .failure(let error): error.code.name
        case .mismatch: "mismatch"
        }
    }
}
