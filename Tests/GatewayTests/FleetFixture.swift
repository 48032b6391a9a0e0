import Authorizers
import Documents
import Foundation
import Gateway
import HTTP
import Routes
import Testing
import Tokens

/// The gateway of `fixtures/gateway/fleet.jsonc`, tokens for it, and requests through it at a fixed time.
struct FleetFixture {
    /// 2026-11-21T12:00:00Z
    static let noon = WallTime(seconds: 1_795_262_400)
    static let secret = Array("test-vector-not-a-secret-0123456789abcdef".utf8)

    let snapshot: GatewaySnapshot

    /// - Parameter edits: replacements in the text of the configuration.
    init(_ type: ApiType = .rest, _ edits: [(String, String)] = []) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("fixtures/gateway")
        var text = try String(contentsOf: folder.appendingPathComponent("fleet.jsonc"), encoding: .utf8)
        var all = edits
        if type == .http {
            all += [
                ("\"type\": \"REST\"", "\"type\": \"HTTP\""), ("\"type\": \"TOKEN\"", "\"type\": \"REQUEST\""),
                ("method.request.header", "$request.header"),
            ]
        }
        for (old, new) in all {
            try #require(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let (document, diagnostics) = DocumentLoader(environment: FolderEnvironment(folder: folder)).load(source)
        let loaded = try #require(document, "\(diagnostics.map(\.message))")
        switch GatewayBuilder.build(loaded) {
        case .snapshot(let snapshot, _): self.snapshot = snapshot
        case .refused(let problems): throw FixtureProblem(text: problems.map(\.message).joined(separator: "; "))
        }
    }

    /// A token that the fleet accepts, with changes. A claim set to nil is left out.
    static func token(
        _ changes: [String: String?] = [:], expires: Int64 = noon.seconds + 3600, kid: String = "2026-11",
        secret: [UInt8] = secret
    ) throws -> [UInt8] {
        var claims: [String: String] = [
            "iss": "\"https://login.fleet.example\"", "aud": "\"bridge\"", "sub": "\"u-100\"", "rank": "\"15\"",
            "role": "\"captain\"", "exp": "\(expires)", "iat": "\(noon.seconds - 60)",
        ]
        for (name, value) in changes { claims[name] = value }
        let members = claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let signer = try TokenSigner(key: SigningKey(secret: secret, keyID: Array(kid.utf8)))
        return try signer.sign(payload: Array("{\(members.joined(separator: ","))}".utf8))
    }

    func exchange(
        _ method: String, _ path: String, token: [UInt8]? = nil, headers: [String] = [],
        workspace: AuthorizerWorkspace = AuthorizerWorkspace(cacheLimits: .standard, seed: (1, 2))
    ) throws -> Exchange {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: fleet.example\r\n"
        if let token { text += "Authorization: Bearer \(String(decoding: token, as: UTF8.self))\r\n" }
        for header in headers { text += "\(header)\r\n" }
        var parser = RequestParser(limits: HeadLimits())
        let bytes = Array("\(text)\r\n".utf8)
        guard case .head(let head, _) = parser.parse(bytes.span) else { throw FixtureProblem(text: "not a request") }
        var random = CountingGenerator()
        var exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: Array("192.0.2.1".utf8),
            peer: Array("192.0.2.1".utf8), isSecure: false, receivedAt: Self.noon)
        _ = RequestPipeline.run(&exchange, in: workspace)
        return exchange
    }

    func explain(
        _ method: String, _ path: String, token: [UInt8]? = nil, headers: [String] = []
    ) throws -> Explanation {
        Explanation(of: try exchange(method, path, token: token, headers: headers))
    }
}

struct FixtureProblem: Error {
    let text: String
}

/// The same numbers in every run.
struct CountingGenerator: RandomNumberGenerator {
    private var count: UInt64 = 0

    mutating func next() -> UInt64 {
        count += 1
        return count &* 0x9E37_79B9_7F4A_7C15
    }
}

/// Files beside the configuration, and no variables.
struct FolderEnvironment: DocumentEnvironment {
    let folder: URL

    func variable(_ name: String) -> String? { nil }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        do { return Array(try Data(contentsOf: folder.appendingPathComponent(path))) } catch {
            throw DocumentReadFailure("not readable")
        }
    }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] { throw DocumentReadFailure("none") }
}
