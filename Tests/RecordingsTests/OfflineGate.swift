import Authorizers
import Documents
import EventLoop
import Foundation
import Gateway
import HTTP
import Routes
import TestSupport
import Tokens

@testable import Recordings

/// A compiled configuration that decides raw requests without a socket, and writes them as a recording would.
final class OfflineGate {
    let snapshot: GatewaySnapshot
    private let workspace = AuthorizerWorkspace(cacheLimits: nil, seed: (1, 2))
    private var writer: EntryWriter
    private let rules: RedactionRules
    private var random = SystemRandomNumberGenerator()

    init(_ configuration: String, rules: RedactionRules? = nil) throws {
        snapshot = try Self.compile(configuration)
        self.rules = rules ?? RedactionRules(snapshot.document.record)
        writer = EntryWriter(
            tokens: TokenRedactor(rules: self.rules, pseudonyms: Pseudonyms(salt: RecordSamples.salt)))
    }

    struct Refused: Error {
        var text: String
    }

    static func compile(_ configuration: String) throws -> GatewaySnapshot {
        let source = SourceText(name: "gateway.json", bytes: Array(configuration.utf8))
        let environment = TestEnvironment(variables: ["SECRET": TokenMint.secret])
        let (document, diagnostics) = DocumentLoader(environment: environment).load(source)
        guard let document else { throw Refused(text: DiagnosticPrinter().render(diagnostics)) }
        switch GatewayBuilder.build(document) {
        case .snapshot(let snapshot, _): return snapshot
        case .refused(let problems): throw Refused(text: DiagnosticPrinter().render(problems))
        }
    }

    /// Nil when the text is no request.
    func decide(_ text: String, at now: WallTime, body: [UInt8] = []) -> Exchange? {
        var parser = RequestParser(
            limits: HeadLimits(headerBytes: 65_536, headerCount: 200, requestTargetBytes: 32_768, nameRule: .strict))
        guard case .head(let head, _) = parser.parse(Array(text.utf8).span) else { return nil }
        var exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: Array("10.0.0.1".utf8),
            peer: Array("10.0.0.1".utf8), receivedAt: now)
        exchange.capture = ExchangeCapture(limit: 65_536)
        exchange.capture?.appendRequest(body.span)
        _ = RequestPipeline.run(&exchange, in: workspace)
        exchange.status =
            exchange.failure.map {
                FailureMapping.response(
                    to: $0, apiType: snapshot.apiType, isJWT: exchange.route?.authorizer?.definition.type == .jwt
                ).status
            } ?? 200
        return exchange
    }

    func line(_ exchange: Exchange) -> [UInt8] { writer.line(of: exchange) }

    var opening: [UInt8] {
        HeaderLine.make(
            Recorder.Settings(path: "", rules: rules, salt: RecordSamples.salt, programVersion: "test"),
            saltID: Pseudonyms(salt: RecordSamples.salt).saltID)
    }

    static func reader(_ bytes: [UInt8], largest: Int = LineReader.largestLine) throws -> RecordingReader {
        RecordingReader(name: "test", file: try file(bytes), largest: largest)
    }

    static func file(_ bytes: [UInt8]) throws -> FileDescriptor {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try FileDescriptor.reading(url.path)
    }

    /// Decides a recording again by this configuration.
    func replay(_ recording: [UInt8], salt: [UInt8]? = RecordSamples.salt) throws -> ReplayResult {
        var replay = OfflineReplay(snapshot: snapshot, salt: salt)
        return try replay.run(Self.reader(recording))
    }

    /// A REST API whose authorizer has this policy and these rules.
    static func configuration(
        policy: String = #"{ "sid": "Read", "effect": "Allow", "resources": ["GET/*"] }"#,
        jwt: String = "", routes: String = "", more: String = "", authorizer: String = ""
    ) -> String {
        """
        {
          "version": 1,
          "api": { "type": "REST", "apiId": "fleet00001", "region": "eu-west-1", "accountId": "123456789012",
                   "defaultStage": "dev", "defaultAuthorizer": "session" },
          "stages": { "dev": {} },\(more)
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": {
            "session": {
              "type": "REQUEST", "identitySource": ["method.request.header.Authorization"],\(authorizer)
              "jwt": { "keys": ["hs"], "algorithms": ["HS256"], "issuer": "https://login.example",
                       "audience": ["fleet"]\(jwt) },
              "policy": [\(policy)]
            }
          },
          "integrations": { "mock": { "type": "MOCK", "response": { "statusCode": 200, "headers": { "Content-Type": "text/plain" }, "body": "ok" } } },
          "routes": {
            "GET /health": { "authorizationType": "NONE", "integration": "mock" },
            "GET /ships": { "integration": "mock" },
            "POST /ships": { "integration": "mock" },
            "GET /ships/{id}": { "integration": "mock" },
            "DELETE /ships/{id}": { "integration": "mock" }\(routes)
          }
        }
        """
    }

    static func request(_ line: String, token: String? = nil, _ headers: String = "") -> String {
        "\(line) HTTP/1.1\r\nHost: gate.example\r\n" + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + headers
            + "\r\n"
    }
}

/// Signs without noting every token as a secret of the suite: thousands of them would make each look at a log slow.
struct QuietMint: Sendable {
    private let secret: [UInt8]

    static let standard = QuietMint(secret: Array(TokenMint.secret.utf8))
    static let other = QuietMint(secret: Array("another secret of thirty-two bytes and more".utf8))

    func token(_ claims: String) throws -> String {
        let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hmac(.hs256))
        return String(decoding: try signer.sign(payload: Array(claims.utf8)), as: UTF8.self)
    }
}
