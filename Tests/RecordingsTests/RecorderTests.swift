import Documents
import Foundation
import HTTP
import Routes
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Recording at the gate")
struct RecorderTests {
    static let configuration = """
        {
          "version": 1,
          "api": { "name": "fleet", "type": "REST", "apiId": "fleet00001", "region": "eu-west-1",
                   "accountId": "123456789012", "defaultStage": "dev", "defaultAuthorizer": "session" },
          "server": { "listen": "${env:LISTEN}", "limits": { "bodyBytes": 100000 } },
          "stages": { "dev": { "stageVariables": { "url": "${env:BACKEND}" } } },
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": {
            "session": {
              "type": "TOKEN", "identitySource": "method.request.header.Authorization",
              "jwt": { "keys": ["hs"], "algorithms": ["HS256"], "issuer": "https://login.example", "audience": ["fleet"] },
              "policy": [
                { "sid": "Read", "effect": "Allow", "resources": ["GET/ships", "GET/ships/*", "POST/ships"] },
                { "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/*"] }
              ]
            }
          },
          "integrations": { "fleet": { "type": "HTTP_PROXY", "uri": "${stageVariables.url}{path}" } },
          "routes": {
            "GET /health": { "authorizationType": "NONE",
                             "integration": { "type": "MOCK", "response": { "statusCode": 200, "headers": { "Content-Type": "text/plain" },
                               "body": "fine" } } },
            "POST /session": { "authorizationType": "NONE", "integration": "fleet" },
            "GET /ships": { "integration": "fleet" },
            "POST /ships": { "integration": "fleet" },
            "GET /ships/{id}": { "integration": "fleet" },
            "DELETE /ships/{id}": { "integration": "fleet" }
          }
        }
        """

    static func claims(at now: Int64, _ more: String = "") -> String {
        #"{"iss":"https://login.example","aud":"fleet","sub":"u-200","email":"kathryn@fleet.example","iat":\#(now),"#
            + #""exp":\#(now + 3600)\#(more)}"#
    }

    /// Runs a gateway that records, and gives the lines of the file.
    static func recording(
        rules: RedactionRules = RecordSamples.rules(), path: String? = nil,
        script: @escaping StubBackend.Script = { _ in .answer(200, fields: "Content-Type: text/plain\r\n") },
        _ body: (GatewayHarness) async throws -> Void
    ) async throws -> [JSONValue] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = path ?? folder.appendingPathComponent("test.gtr.jsonl").path
        let settings = Recorder.Settings(path: path, rules: rules, salt: RecordSamples.salt, programVersion: "test")
        let recorder = try Recorder(settings) { _ in }
        try await GatewayHarness.run(configuration, observer: recorder, script: script) { try await body($0) }
        #expect(recorder.stop())
        #expect(recorder.counts.isComplete)
        let content = try #require(FileManager.default.contents(atPath: path))
        #expect(SecretLedger.found(in: Array(content)) == [])
        return try content.split(separator: 0x0A).map { try JSONParser.parse(Array($0)).root }
    }

    static func entries(_ lines: [JSONValue]) -> [JSONValue] { lines.filter { $0["request"] != nil } }

    @Test("A line says what was asked, what was decided, by what, and what was answered")
    func entry() async throws {
        let lines = try await Self.recording { gate in
            let token = try TokenMint.standard().token(Self.claims(at: gate.clock.now().seconds))
            _ = try gate.get("/ships?limit=2", token: token, "Accept: a/b\r\n")
            _ = try gate.get("/ships/42", token: token, method: "DELETE")
            _ = try gate.get("/ships")
            _ = try gate.get("/nowhere")
            _ = try gate.get("/health")
        }
        #expect(lines.first?["_gatehouse"]?["format"]?.string == "gatehouse-recording")
        let entries = Self.entries(lines)
        #expect(entries.count == 5)
        let first = try #require(entries.first)
        #expect(first["request"]?["method"]?.string == "GET")
        #expect(first["request"]?["url"]?.string == "http://gate.example/ships?limit=2")
        #expect(first["response"]?["status"]?.int64 == 200)
        #expect(first["response"]?["content"]?["text"]?.string == "ok")
        let ours = try #require(first["_gatehouse"])
        #expect(ours["routeKey"]?.string == "GET /ships" && ours["authorizer"]?.string == "session")
        #expect(ours["decision"]?.string == "allow" && ours["statement"]?.string == "Read")
        #expect(ours["token"]?["verified"]?.bool == true && ours["principalId"]?.string == "u-200")
        #expect(ours["token"]?["source"]?.string == "header authorization")
        #expect(ours["token"]?["claims"]?["sub"]?.string == "u-200")
        let all = entries.compactMap { $0["_gatehouse"] }
        #expect(all.map { $0["decision"]?.string } == ["allow", "deny", "deny", "none", "allow"])
        #expect(all.map { $0["reason"]?.string } == [nil, "explicit_deny", "token_missing", "no_route", nil])
        #expect(entries.map { $0["response"]?["status"]?.int64 } == [200, 403, 401, 403, 200])
        #expect(all[1]["kind"]?.string == "explicitDeny" && all[1]["statement"]?.string == "NoScuttling")
    }

    @Test("A token that was refused after its signature is recorded as verified, one before it is not")
    func refused() async throws {
        let lines = try await Self.recording { gate in
            let now = gate.clock.now().seconds
            let mint = try TokenMint.standard()
            _ = try gate.get("/ships", token: try mint.token(Self.claims(at: now - 7200)))
            let good = try mint.token(Self.claims(at: now))
            _ = try gate.get("/ships", token: String(good.dropLast(8)) + "AAAAAAAA")
            _ = try gate.get("/ships", token: "opaque-token-of-somebody-else")
        }
        let tokens = Self.entries(lines).compactMap { $0["_gatehouse"]?["token"] }
        #expect(tokens.map { $0["verified"]?.bool } == [true, false, false])
        #expect(tokens[0]["claims"]?["sub"]?.string == "u-200")
        #expect(tokens[2]["claims"] == nil)
        let reasons = Self.entries(lines).map { $0["_gatehouse"]?["reason"]?.string }
        #expect(reasons == ["expired", "bad_signature", "malformed_segments"])
    }

    @Test("Bodies both ways are kept up to the limit, and left out whole beyond it")
    func bodies() async throws {
        let lines = try await Self.recording(
            rules: RecordSamples.rules(maxBodyBytes: 20),
            script: { request in
                .answer(
                    201, fields: "Content-Type: text/plain\r\n",
                    body: request.body.count > 20 ? "short" : "a little longer than that")
            }
        ) { gate in
            let client = try gate.client()
            for body in ["hello", "a body that is longer than twenty"] {
                _ = try client.ask(
                    "POST /session HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: \(body.count)\r\n\r\n"
                        + body)
            }
        }
        let entries = Self.entries(lines)
        #expect(entries.map { $0["request"]?["postData"]?["text"]?.string } == ["hello", nil])
        #expect(entries.map { $0["response"]?["content"]?["text"]?.string } == [nil, "short"])
        #expect(entries.map { $0["request"]?["bodySize"]?.int64 } == [5, 33])
        let ours = entries.compactMap { $0["_gatehouse"] }
        #expect(ours[0]["requestBodyLeftOut"] == nil && ours[1]["requestBodyLeftOut"] != nil)
        #expect(ours[0]["responseBodyLeftOut"] != nil && ours[1]["responseBodyLeftOut"] == nil)
    }

    @Test("The recorder says when its file is somebody else's, and spoils nothing")
    func foreignFile() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("my diary".utf8).write(to: URL(fileURLWithPath: path))
        let settings = Recorder.Settings(
            path: path, rules: RecordSamples.rules(), salt: RecordSamples.salt, programVersion: "test")
        #expect(throws: RecordingProblem.self) { _ = try Recorder(settings) { _ in } }
        #expect(FileManager.default.contents(atPath: path) == Data("my diary".utf8))
    }
}
