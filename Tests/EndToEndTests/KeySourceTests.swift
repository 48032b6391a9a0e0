import Foundation
import Routes
import TestSupport
import Testing
import Tokens

@Suite("Where keys and revocations come from")
struct KeySourceTests {
    private static let claims = "\"sub\":\"u-1\",\"exp\":\(Crew.now + 60)"

    static let forms = [
        #""type": "pem", "publicKeyFile": "public.pem""#, #""type": "pem", "publicKey": "${file:public.pem}\n""#,
        #""type": "pem", "certificateFile": "certificate.pem""#,
    ]

    @Test("Every way to write a public key gives the same key", arguments: forms)
    func publicKeys(_ form: String) async throws {
        var configuration = Configuration()
        configuration.keys = "\"k\": { \(form), \"alg\": \"ES256\" }"
        configuration.jwt = "\"keys\": [\"k\"], \"issuer\": null, \"audience\": null"
        let files = [
            "public.pem": try Fixture.load("keys/ec-public.pem"),
            "certificate.pem": try Fixture.load("keys/ec-certificate.pem"),
        ]
        let token = try TokenMint(pem: Fixture.load("keys/ec-private.pem")).token("{\(Self.claims)}")
        let stranger = try JWKGenerator.generate(for: try #require(SignatureAlgorithm(name: "ES256")))
        let forged = try TokenMint(stranger).token("{\(Self.claims)}")
        try await GatewayHarness.run(configuration.text, files: files) { (gate) async throws in
            #expect(try gate.get("/guarded/x", token: forged).status == 401)
            #expect(try gate.get("/guarded/x", token: token).status == 200)
        }
    }

    @Test("A key set can stand in the configuration", arguments: ["ES256", "RS256", "EdDSA"])
    func inlineSet(_ name: String) async throws {
        let key = try JWKGenerator.generate(for: try #require(SignatureAlgorithm(name: name)))
        var configuration = Configuration()
        configuration.keys = "\"k\": { \"type\": \"jwks\", \"jwks\": \(String(decoding: key.keySet, as: UTF8.self)) }"
        configuration.jwt = "\"keys\": [\"k\"], \"issuer\": null, \"audience\": null"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/guarded/x", token: Crew.captain()).status == 401)
            #expect(try gate.get("/guarded/x", token: TokenMint(key).token("{\(Self.claims)}")).status == 200)
        }
    }

    @Test("A fetched key set admits its tokens; while there is none, the gate is closed")
    func fetchedSet() async throws {
        let key = try JWKGenerator.generate(for: try #require(SignatureAlgorithm(name: "ES256")))
        let set = String(decoding: key.keySet, as: UTF8.self)
        var configuration = Configuration()
        configuration.keys = "\"k\": { \"type\": \"jwks\", \"jwksUri\": \"${env:BACKEND}/set\" }"
        configuration.jwt = "\"keys\": [\"k\"], \"issuer\": null, \"audience\": null"
        let token = try TokenMint(key).token("{\(Self.claims)}")
        let script: StubBackend.Script = { $0.target == "/set" ? .held(200, body: set) : .answer(200) }
        try await GatewayHarness.run(configuration.text, script: script) { (gate) async throws in
            try await gate.reach { gate.received.count == 1 }
            let response = try gate.get("/guarded/x", token: token)
            #expect(response.status == 500)
            #expect(response.text == #"{"message":null}"#)
            await gate.backend.release()
            try await gate.reach { (try? gate.get("/guarded/x", token: token).status) == 200 }
        }
    }

    @Test("A reload keeps fetched keys where their entry is the same, also while their issuer is out of reach")
    func reloadedSet() async throws {
        let key = try JWKGenerator.generate(for: try #require(SignatureAlgorithm(name: "ES256")))
        let set = String(decoding: key.keySet, as: UTF8.self)
        var configuration = Configuration()
        configuration.keys = "\"k\": { \"type\": \"jwks\", \"jwksUri\": \"${env:BACKEND}/set\" }"
        configuration.jwt = "\"keys\": [\"k\"], \"issuer\": null, \"audience\": null"
        let token = try TokenMint(key).token("{\(Self.claims)}")
        let script: StubBackend.Script = { .answer(200, body: $0.target == "/set" ? set : "ok") }
        try await GatewayHarness.run(configuration.text, script: script) { (gate) async throws in
            try await gate.reach { (try? gate.get("/guarded/x", token: token).status) == 200 }
            gate.backend.journal.follow { .answer($0.target.contains("set") ? 503 : 200) }
            configuration.policy = #"{ "effect": "Allow", "resources": ["GET/guarded/x"] }"#
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/x", token: token).status == 200)
            #expect(try gate.get("/guarded/y", token: token).status == 403)
            #expect(gate.received.count { $0.target == "/set" } == 1)
            // Another place has to be asked first, and it has no keys.
            configuration.keys = "\"k\": { \"type\": \"jwks\", \"jwksUri\": \"${env:BACKEND}/other-set\" }"
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/x", token: token).status == 500)
        }
    }

    @Test("A reload does not forget who is revoked when the list cannot be read just then")
    func reloadedRevocations() async throws {
        let folder = FileManager.default.temporaryDirectory
        let file = folder.appendingPathComponent("revoked-\(UUID().uuidString).jsonl")
        let mint = try TokenMint.standard()
        let revoked = try mint.token("{\(Self.claims),\"jti\":\"bad\"}")
        try Data("{\"jti\":\"bad\"}\n".utf8).write(to: file)
        var configuration = Configuration()
        configuration.top = ", \"revocations\": { \"file\": \"\(file.path)\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/guarded/x", token: revoked).status == 401)
            try FileManager.default.removeItem(at: file)
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/x", token: revoked).status == 401)
            configuration.top = ""
            let difference = try await gate.reload(configuration.text)
            #expect(difference.changes.map(\.subject) == ["revocations"])
            #expect(try gate.get("/guarded/x", token: revoked).status == 200)
        }
    }

    @Test("A revoked token is refused, its neighbour is not")
    func revocations() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("revoked-\(UUID().uuidString).jsonl")
        try Data("{\"jti\":\"bad\"}\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = Configuration()
        configuration.top = ", \"revocations\": { \"file\": \"\(file.path)\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let mint = try TokenMint.standard()
            let revoked = try mint.token("{\(Self.claims),\"jti\":\"bad\"}")
            try await gate.reach { (try? gate.get("/guarded/x", token: revoked).status) == 401 }
            #expect(try gate.get("/guarded/x", token: mint.token("{\(Self.claims),\"jti\":\"good\"}")).status == 200)
        }
    }
}
