import EventLoop
import Foundation
import Synchronization
import TestSupport
import Testing
import Tokens

/// A list of revoked tokens in a file of its own.
private final class RevocationFile: Sendable {
    let path: String

    init(_ text: String = "") throws {
        let name = "revoked-\(UUID().uuidString).jsonl"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// As `token revoke` does: one write at the end of the file.
    func append(_ text: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    func delete() throws { try FileManager.default.removeItem(atPath: path) }

    var section: String { "\"revocations\": { \"file\": \"\(path)\" }" }
}

@Suite("Tokens do not leak from one question into another")
struct TokenIsolationTests {
    /// `/red/x` wants audience red, `/blue/x` wants blue; same key, same issuer, two workers.
    private static func twoAudiences(_ revocations: RevocationFile) -> String {
        func authorizer(_ audience: String) -> String {
            """
            "\(audience)": {
              "type": "TOKEN", "identitySource": "method.request.header.Authorization",
              "jwt": { "keys": ["hs"], "issuer": "\(Crew.issuer)", "audience": "\(audience)" },
              "policy": [ { "effect": "Allow", "resources": ["*"] } ]
            }
            """
        }
        return """
            {
              "version": 1, "api": { "type": "REST", "defaultStage": "dev" }, "stages": { "dev": {} },
              "server": { "listen": "${env:LISTEN}", "workers": 2 }, \(revocations.section),
              "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
              "authorizers": { \(authorizer("red")), \(authorizer("blue")) },
              "integrations": { "it": { "type": "MOCK", "response": { "statusCode": 200, "body": "ok" } } },
              "routes": {
                "GET /red/{x}": { "authorizer": "red", "integration": "it" },
                "GET /blue/{x}": { "authorizer": "blue", "integration": "it" }
              }
            }
            """
    }

    private struct Holder: Sendable {
        let token: String
        let audiences: Set<String>
        let id: String
    }

    private static func holder(_ id: String, _ audiences: String...) throws -> Holder {
        let list = audiences.map { "\"\($0)\"" }.joined(separator: ",")
        let token = try TokenMint.standard().token(
            #"{"iss":"\#(Crew.issuer)","aud":[\#(list)],"sub":"u-200","jti":"\#(id)","exp":\#(Crew.now + 600)}"#)
        return Holder(token: token, audiences: Set(audiences), id: id)
    }

    @Test("The same tokens on two routes with two audiences, interleaved on two workers, revoked between hits")
    func interleaved() async throws {
        let file = try RevocationFile()
        let holders = [
            try Self.holder("r", "red"), try Self.holder("b", "blue"), try Self.holder("both", "red", "blue"),
            try Self.holder("none", "green"),
        ]
        try await GatewayHarness.run(Self.twoAudiences(file)) { (gate) async throws in
            let revoked = Mutex<Set<String>>([])
            /// Every holder on every route, on ten connections at once, in an order that differs for each.
            let walk: @Sendable () async throws -> [String] = {
                let refused = revoked.withLock { $0 }
                let wrong = try await Threads.run(10) { index in
                    let client = try gate.client()
                    var wrong: [String] = []
                    for turn in 0..<40 {
                        let holder = holders[(turn * 7 + index) % holders.count]
                        let route = (turn / holders.count + index) % 2 == 0 ? "red" : "blue"
                        let response = try client.ask(
                            "GET /\(route)/\(turn) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(holder.token)\r\n\r\n"
                        )
                        let isGood = holder.audiences.contains(route) && !refused.contains(holder.id)
                        if response.status != (isGood ? 200 : 401) {
                            wrong.append("\(holder.id) on \(route): \(response.status)")
                        }
                    }
                    return wrong
                }
                return wrong.flatMap { $0 }
            }
            #expect(try await walk() == [])
            for id in ["both", "r"] {
                let holder = try #require(holders.first { $0.id == id })
                try file.append("{\"jti\":\"\(id)\"}\n")
                try await gate.reach { (try? gate.get("/red/x", token: holder.token).status) == 401 }
                revoked.withLock { _ = $0.insert(id) }
                #expect(try await walk() == [])
            }
        }
    }

    @Test("A half-written last line loses only itself, and counts when it is complete")
    func halfLine() async throws {
        let file = try RevocationFile()
        var configuration = Configuration()
        configuration.top = ", \(file.section)"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let mint = try TokenMint.standard()
            func token(_ id: String) throws -> String {
                try mint.token("{\"sub\":\"u-1\",\"jti\":\"\(id)\",\"exp\":\(Crew.now + 60)}")
            }
            let (first, second, third) = (try token("first"), try token("second"), try token("third"))
            #expect(try gate.get("/guarded/x", token: first).status == 200)
            #expect(try gate.get("/guarded/x", token: second).status == 200)
            // A writer that died in the middle of its line.
            try file.append("{\"jti\":\"first\"}\n{\"jti\":\"sec")
            try await gate.reach { (try? gate.get("/guarded/x", token: first).status) == 401 }
            #expect(try gate.get("/guarded/x", token: second).status == 200)
            // The next one appends to what is there; the line that both make is lost, those behind it are not.
            try file.append("ond\"}\n{\"jti\":\"third\"}\n")
            try await gate.reach { (try? gate.get("/guarded/x", token: third).status) == 401 }
            #expect(try gate.get("/guarded/x", token: second).status == 401)
            #expect(try gate.get("/guarded/x", token: first).status == 401)
        }
    }

    @Test("A list that is deleted keeps what was revoked")
    func deletedList() async throws {
        let file = try RevocationFile("{\"sub\":\"u-1\"}\n")
        var configuration = Configuration()
        configuration.top = ", \(file.section)"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try TokenMint.standard().token("{\"sub\":\"u-1\",\"exp\":\(Crew.now + 60)}")
            #expect(try gate.get("/guarded/x", token: token).status == 401)
            try file.delete()
            // Longer than two looks at the file.
            let end = MonotonicTime.now().advanced(milliseconds: 700)
            let client = try gate.client()
            while MonotonicTime.now() < end {
                let response = try client.ask(
                    "GET /guarded/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
                try #require(response.status == 401)
            }
        }
    }

    // MARK: Keys that come later

    private static func remote(_ type: String) -> Configuration {
        var configuration = Configuration(type: type)
        configuration.keys = #""k": { "type": "jwks", "jwksUri": "${env:BACKEND}/set", "cooldownSeconds": 30 }"#
        configuration.jwt = #""keys": ["k"], "issuer": null, "audience": null"#
        return configuration
    }

    @Test("A token whose key is not known yet waits for the fetch and passes; made-up keys are not fetched for")
    func unknownKey() async throws {
        let algorithm = try #require(SignatureAlgorithm(name: "ES256"))
        let keys = try ["one", "two", "three"].map { try JWKGenerator.generate(for: algorithm, keyID: Array($0.utf8)) }
        let published = Mutex(1)
        let script: StubBackend.Script = { request in
            guard request.target == "/set" else { return .answer(200) }
            let count = published.withLock { $0 }
            let texts = keys.prefix(count).compactMap(\.publicJWK).map { String(decoding: $0, as: UTF8.self) }
            return .answer(200, body: "{\"keys\":[\(texts.joined(separator: ","))]}")
        }
        try await GatewayHarness.run(Self.remote("REST").text, script: script) { (gate) async throws in
            let tokens = try keys.map { try TokenMint($0).token("{\"sub\":\"u-1\",\"exp\":\(Crew.now + 60)}") }
            let fetches = { gate.received.count { $0.target == "/set" } }
            // The very first request waits for the first load.
            #expect(try gate.get("/guarded/x", token: tokens[0]).status == 200)
            #expect(fetches() == 1)
            published.withLock { $0 = 2 }
            #expect(try gate.get("/guarded/x", token: tokens[1]).status == 200)
            #expect(fetches() == 2)
            // Within the cooldown nobody is asked again, whoever comes.
            for _ in 0..<20 { #expect(try gate.get("/guarded/x", token: tokens[2]).status == 401) }
            #expect(fetches() == 2)
            #expect(try gate.get("/guarded/x", token: tokens[0]).status == 200)
            let lines = gate.log.waitForLines(23)
            #expect(lines.count { $0.contains("\"reason\":\"key_not_found\"") } == 20)
        }
    }

    @Test("Without keys the answer is 500, as for an authorizer that fails", arguments: ["REST", "HTTP"])
    func unavailable(_ type: String) async throws {
        let script: StubBackend.Script = { $0.target == "/set" ? .answer(503) : .answer(200) }
        try await GatewayHarness.run(Self.remote(type).text, script: script) { (gate) async throws in
            let response = try gate.get("/guarded/x", token: Crew.captain())
            #expect(response.status == 500)
            #expect(response.text == (type == "REST" ? #"{"message":null}"# : #"{"message":"Internal Server Error"}"#))
            #expect(response.values("x-amzn-ErrorType") == (type == "REST" ? ["AuthorizerConfigurationException"] : []))
            #expect(gate.received.allSatisfy { $0.target == "/set" })
            let line = try #require(gate.log.waitForLines(1).first)
            #expect(line.contains("\"reason\":\"keys_unavailable\""))
            #expect(line.contains("\"level\":\"error\""))
        }
    }
}
