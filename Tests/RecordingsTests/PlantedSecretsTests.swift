import Documents
import Foundation
import TestSupport
import Testing
import Tokens

@testable import Recordings

/// Secrets in every position of requests and answers that pass a real gate, and a search through everything that comes
/// out: recording, replay reports, exports.
@Suite("Planted secrets")
struct PlantedSecretsTests {
    /// Where a secret is put, and how many requests that takes.
    struct Plant: Sendable {
        var name: String
        /// The request's line and header lines for a secret; the body behind them.
        var request: @Sendable (String) -> (line: String, headers: String, body: String)
        /// The answer's header lines and body.
        var answer: @Sendable (String) -> (fields: String, body: String)

        init(
            _ name: String,
            request: @escaping @Sendable (String) -> (line: String, headers: String, body: String) = { _ in
                ("GET /session", "", "")
            },
            answer: @escaping @Sendable (String) -> (fields: String, body: String) = { _ in ("", "ok") }
        ) {
            self.name = name
            self.request = request
            self.answer = answer
        }
    }

    private static func percent(_ text: String) -> String { text.utf8.map { String(format: "%%%02X", $0) }.joined() }
    private static func hexadecimal(_ text: String) -> String { text.utf8.map { String(format: "%02x", $0) }.joined() }
    /// A body in three chunks, cut in the last third of the text: in a token, that is the signature.
    private static func chunks(_ text: String) -> String {
        let cut = text.utf8.count - 20
        let parts = [String(text.prefix(cut)), String(text.dropFirst(cut).prefix(9)), String(text.suffix(11))]
        return parts.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
    }
    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// Positions for any token, however it is used there.
    static let tokenPlants: [Plant] = [
        Plant("Authorization", request: { ("GET /session", "Authorization: Bearer \($0)\r\n", "") }),
        Plant("Authorization without scheme", request: { ("GET /session", "authorization: \($0)\r\n", "") }),
        Plant("another header", request: { ("GET /session", "X-Whatever: a \($0) b\r\n", "") }),
        Plant("X-Api-Key", request: { ("GET /session", "X-API-KEY: \($0)\r\n", "") }),
        Plant("Cookie", request: { ("GET /session", "cookie: a=1; sid=\($0)\r\n", "") }),
        Plant("path", request: { ("GET /session/\($0)", "", "") }),
        Plant("percent-encoded path", request: { ("GET /session/\(percent($0))", "", "") }),
        Plant("query", request: { ("GET /session?q=\($0)&b=2", "", "") }),
        Plant("query name", request: { ("GET /session?\($0)=1", "", "") }),
        Plant("encoded query", request: { ("GET /session?next=\(percent("https://a/cb?token=\($0)"))", "", "") }),
        Plant("base64 query", request: { ("GET /session?q=\(percent(base64($0)))", "", "") }),
        Plant("Referer", request: { ("GET /session", "Referer: https://a/cb?id=\($0)#x\r\n", "") }),
        Plant(
            "JSON body",
            request: { ("POST /session", "Content-Type: application/json\r\n", "{\"a\":[{\"b\":\"\($0)\"}]}") }),
        Plant("JSON key", request: { ("POST /session", "Content-Type: application/json\r\n", "{\"\($0)\":1}") }),
        Plant(
            "JSON escapes",
            request: {
                (
                    "POST /session", "Content-Type: application/json\r\n",
                    "{\"a\":\"" + $0.utf8.map { String(format: "\\u%04x", $0) }.joined() + "\"}"
                )
            }),
        Plant("broken JSON", request: { ("POST /session", "Content-Type: application/json\r\n", "{\"a\":\"\($0)\"") }),
        Plant(
            "form",
            request: {
                ("POST /session", "Content-Type: application/x-www-form-urlencoded\r\n", "a=1&t=\(percent($0))")
            }),
        Plant("text body", request: { ("POST /session", "Content-Type: text/plain\r\n", "hello \($0).") }),
        Plant("untyped body", request: { ("POST /session", "", "\($0)") }),
        Plant(
            "base64 body", request: { ("POST /session", "Content-Type: text/plain\r\n", base64("{\"t\":\"\($0)\"}")) }),
        Plant(
            "multipart",
            request: {
                ("POST /session", "Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\n\r\n\($0)\r\n--x--\r\n")
            }),
        Plant(
            "chunks, the border inside the secret",
            request: { ("POST /session", "Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n", chunks($0)) }),
        Plant("hexadecimal text", request: { ("POST /session", "Content-Type: text/plain\r\n", hexadecimal($0)) }),
        Plant("percent-encoded twice", request: { ("GET /session?q=\(percent(percent($0)))", "", "") }),
        Plant("base64 in base64 header", request: { ("GET /session", "X-State: \(base64(base64($0)))\r\n", "") }),
        Plant(
            "answer JSON in a JSON string",
            answer: { ("Content-Type: application/json\r\n", #"{"a":"{\"t\":\"\#($0)\"}"}"#) }),
        Plant("X-Forwarded-For", request: { ("GET /session", "X-Forwarded-For: 203.0.113.7, \($0)\r\n", "") }),
        Plant("Location", answer: { ("Location: https://a/cb?x=1&id_token=\($0)#access_token=\($0)\r\n", "") }),
        Plant("Set-Cookie", answer: { ("set-cookie: sid=\($0); Path=/; HttpOnly\r\n", "ok") }),
        Plant("answer header", answer: { ("X-Amzn-Remapped-Authorization: Bearer \($0)\r\n", "ok") }),
        Plant(
            "answer JSON", answer: { ("Content-Type: application/json\r\n", "{\"access_token\":\"\($0)\",\"n\":1}") }),
        Plant("answer HTML", answer: { ("Content-Type: text/html\r\n", "<script>var t='\($0)'</script>") }),
        Plant("answer text", answer: { ("Content-Type: text/plain\r\n", "\($0)") }),
        Plant(
            "answer JSON lines",
            answer: { ("Content-Type: application/x-ndjson\r\n", "{\"a\":1}\n{\"t\":\"\($0)\"}\n") }),
        Plant("answer binary", answer: { ("Content-Type: application/octet-stream\r\n", "\u{0}\u{1}\($0)") }),
        Plant("answer encoded", answer: { ("Content-Encoding: br\r\nContent-Type: text/plain\r\n", "\($0)") }),
    ]

    /// Positions that are secret by their name.
    static let opaquePlants: [Plant] = [
        Plant("basic", request: { ("GET /session", "Authorization: Basic \($0)\r\n", "") }),
        Plant(
            "bearer, and again in the body",
            request: {
                ("POST /session", "Authorization: Bearer \($0)\r\nContent-Type: text/plain\r\n", "it is \($0)")
            }),
        Plant("API key", request: { ("GET /session", "x-api-key: \($0)\r\n", "") }),
        Plant("configured header", request: { ("GET /session", "X-Ticket: \($0)\r\n", "") }),
        Plant("cookie", request: { ("GET /session", "Cookie: a=b; c=\($0)\r\n", "") }),
        Plant(
            "password",
            request: {
                ("POST /session", "Content-Type: application/json\r\n", "{\"user\":\"a\",\"password\":\"\($0)\"}")
            }),
        Plant(
            "form password",
            request: {
                ("POST /session", "Content-Type: application/x-www-form-urlencoded\r\n", "user=a&pass%77ord=\($0)")
            }),
        Plant("query code", request: { ("GET /session?code=\($0)&x=1", "", "") }),
        Plant(
            "query in a query", request: { ("GET /session?to=\(percent("https://a/?client_secret=\($0)"))", "", "") }),
        Plant("configured query", request: { ("GET /session?ticket=\($0)", "", "") }),
        Plant(
            "configured pointer",
            request: {
                ("POST /session", "Content-Type: application/json\r\n", "{\"card\":{\"number\":\"\($0)\"}}")
            }),
        Plant("answer cookie", answer: { ("Set-Cookie: a=\($0); Secure\r\n", "ok") }),
        Plant(
            "answer refresh token", answer: { ("Content-Type: application/json\r\n", "{\"refresh_token\":\"\($0)\"}") }),
        Plant("email in a body", answer: { ("Content-Type: application/json\r\n", "{\"email\":\"\($0)@a.example\"}") }),
        Plant("answer redirect", answer: { ("Location: /cb?code=\($0)\r\n", "") }),
    ]

    private static func send(_ plant: Plant, _ secret: String, to gate: GatewayHarness) throws {
        let (line, headers, body) = plant.request(secret)
        gate.backend.journal.follow { _ in
            let (fields, body) = plant.answer(secret)
            return .answer(200, fields: fields, body: body)
        }
        let length = body.isEmpty || headers.contains("chunked") ? "" : "Content-Length: \(body.utf8.count)\r\n"
        _ = try gate.ask("\(line) HTTP/1.1\r\nHost: gate.example\r\n\(headers)\(length)\r\n\(body)")
    }

    /// Everything that can be made of a recording.
    private static func outputs(_ path: String) throws -> [UInt8] {
        var out = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let gate = try OfflineGate(OfflineGate.configuration())
        var replay = OfflineReplay(snapshot: gate.snapshot, salt: RecordSamples.salt)
        let result = try replay.run(RecordingReader(path: path))
        let report = ReplayReport(
            result: result, recording: "r", configuration: "c", clock: "recorded", trustsClaims: false, seconds: 1)
        out += Array(report.text().utf8) + report.json() + report.junit() + report.html()
        let reader = try RecordingReader(path: path)
        while let item = try reader.next() {
            if case .entry(let entry) = item { out += RecordingExport.har(entry) + RecordingExport.curl(entry) }
        }
        return out
    }

    private static let configuration = OfflineGate.configuration(
        routes: #", "ANY /session": { "authorizationType": "NONE", "integration": "back" }, "#
            + #""ANY /session/{proxy+}": { "authorizationType": "NONE", "integration": "back" }"#,
        more: #" "server": { "listen": "${env:LISTEN}" }, "#
    ).replacingOccurrences(
        of: "\"integrations\": {",
        with: "\"integrations\": { \"back\": { \"type\": \"HTTP_PROXY\", \"uri\": \"${env:BACKEND}{path}\" },")

    @Test("None of 240 secrets in 51 positions is found in recordings, reports or exports")
    func planted() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recorder = try Recorder(
            Recorder.Settings(
                path: path,
                rules: RecordSamples.rules(headers: ["x-ticket"], query: ["ticket"], pointers: [["card", "number"]]),
                salt: RecordSamples.salt, programVersion: "test")
        ) { _ in }
        var secrets: [(plant: String, secret: [UInt8])] = []
        try await GatewayHarness.run(Self.configuration, observer: recorder) { gate in
            for (index, plant) in (Self.tokenPlants + Self.tokenPlants + Self.tokenPlants).enumerated() {
                let email = "person\(index)-of-voyager@fleet.example"
                let token = try QuietMint.standard.token(
                    #"{"iss":"https://login.example","sub":"u-\#(index)","email":"\#(email)","exp":1795266000}"#)
                secrets.append((plant.name, RecordSamples.signature(Array(token.utf8))))
                secrets.append((plant.name, Array("person\(index)-of-voyager".utf8)))
                try Self.send(plant, token, to: gate)
            }
            for (index, plant) in (Self.opaquePlants + Self.opaquePlants).enumerated() {
                let secret = "opaqueSecret\(index)x\(UUID().uuidString.prefix(8))"
                secrets.append((plant.name, Array(secret.utf8)))
                try Self.send(plant, secret, to: gate)
            }
        }
        #expect(recorder.stop())
        #expect(secrets.count >= 200)
        #expect(recorder.counts.withheld == 0 && recorder.counts.written == 138)
        let outputs = try Self.outputs(path)
        for line in outputs.split(separator: 0x0A) {
            let layers = TextRedactorTests.layers(Array(line.prefix(20_000)), depth: 2)
            for (plant, secret) in secrets where layers.contains(where: { $0.holds(secret) }) {
                Issue.record("\(plant): \(RecordSamples.text(Array(line.prefix(600))))")
            }
        }
    }

    @Test("A caller who writes his signature, or a piece of our frame, into his request is recorded all the same")
    func nobodyHides() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recorder = try Recorder(
            Recorder.Settings(
                path: path, rules: RecordSamples.rules(), salt: RecordSamples.salt, programVersion: "test")
        ) { _ in }
        let token = RecordSamples.text(try RecordSamples.token())
        let end = String(token.suffix(16))
        try await GatewayHarness.run(Self.configuration, observer: recorder) { gate in
            for (line, header) in [
                ("GET /session?x=\(end)", ""), ("GET /session/\(end)", ""), ("GET /session", "X-Note: \(end)\r\n"),
            ] {
                _ = try gate.ask("\(line) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\(header)\r\n")
            }
            _ = try gate.ask("GET /session HTTP/1.1\r\nHost: a\r\nAuthorization: a.b.\"startedDateTime\r\n\r\n")
        }
        #expect(recorder.stop())
        #expect(recorder.counts.written == 4 && recorder.counts.withheld == 1)
        #expect(!Array(try Data(contentsOf: URL(fileURLWithPath: path))).holds(end))
        let reader = try RecordingReader(path: path)
        var entries: [RecordedEntry] = []
        while let item = try reader.next() {
            if case .entry(let entry) = item { entries.append(entry) }
        }
        #expect(entries.map(\.isPathRedacted) == [false, true, false, true])
        #expect(entries.map(\.routeKey) == ["ANY /session", "ANY /session/{proxy+}", "ANY /session", "ANY /session"])
        #expect(entries.allSatisfy { $0.method.elementsEqual("GET".utf8) })
    }

    @Test("What the redaction would overlook, the last look finds")
    func watch() {
        var watch = SignatureWatch()
        watch.remember(Array("Bearer aaaa.bbbb.the-signature-of-a-token".utf8)[...])
        #expect(watch.finds(in: Array("xxx the-signature-of-a-token yyy".utf8)[...]))
        #expect(!watch.finds(in: Array("xxx the-signature-of-b-token yyy".utf8)[...]))
        watch.remember(Array("aaaa.the-payload-of-a-cut-token".utf8)[...])
        #expect(!watch.finds(in: Array("the-payload-of-a-cut-token".utf8)[...]))
        for index in 0..<5000 { watch.remember(Array("secret-number-\(100_000 + index)-and-more".utf8)[...]) }
        #expect(watch.finds(in: Array("secret-number-104999-and-more".utf8)[...]))
        #expect(!watch.finds(in: Array("the-signature-of-a-token".utf8)[...]))
    }
}
