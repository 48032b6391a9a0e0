import EventLoop
import Foundation
import TestSupport
import Testing

@Suite("WebSockets")
struct WebSocketTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private static func configuration(
        _ type: String = "HTTP", server: String = "", upstream: String = ""
    ) -> String {
        var configuration = Configuration(type: type)
        configuration.server = server
        configuration.upstream = upstream
        configuration.jwt = #""keys": ["hs"], "issuer": null, "audience": null, "clockSkewSeconds": 0"#
        configuration.routes = """
            , "GET /live": { "authorizationType": "NONE", "webSocket": true, "integration": "it" },
            "GET /crew": { "authorizer": "session", "webSocket": true, "integration": "it" }
            """
        return configuration.text
    }

    private static func offer(_ path: String, _ lines: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: gate.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n\(lines)\r\n"
    }

    private static func run(
        _ configuration: String, script: @escaping StubBackend.Script = { _ in .tunnel() },
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        try await GatewayHarness.run(configuration, script: script, body)
    }

    private static func open(_ gate: GatewayHarness, _ path: String = "/live", _ lines: String = "") throws -> RawClient
    {
        let client = try gate.client()
        let answer = try client.ask(offer(path, lines))
        #expect(answer.status == 101)
        return client
    }

    /// Takes exactly so many bytes.
    private static func take(_ count: Int, from client: RawClient) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += try client.readSome() }
        #expect(bytes.count == count)
        return bytes
    }

    // MARK: Refusals

    @Test("A route whose upstream takes the classic lane cannot be one")
    func classic() async throws {
        await #expect(throws: GatewayHarness.Refused.self) {
            try await Self.run(Self.configuration(upstream: ", \"lane\": \"classic\"")) { _ in }
        }
    }

    @Test("Without webSocket the offer stays at the gate, and the backend gets a plain GET")
    func plain() async throws {
        try await Self.run(Self.configuration(), script: { _ in .answer(200) }) { (gate) async throws in
            #expect(try gate.ask(Self.offer("/open/live")).status == 200)
            let request = try #require(gate.received.first)
            #expect(request.values("Upgrade").isEmpty)
            #expect(!request.values("Connection").contains { $0.lowercased().contains("upgrade") })
        }
    }

    @Test("Nobody gets past the authorizer by offering one")
    func guarded() async throws {
        try await Self.run(Self.configuration()) { (gate) async throws in
            #expect(try gate.ask(Self.offer("/crew")).status == 401)
            let expired = "Authorization: Bearer \(try Crew.expired())\r\n"
            #expect(try gate.ask(Self.offer("/crew", expired)).status == 401)
            #expect(gate.received.isEmpty)
        }
    }

    @Test(
        "A 101 that proves nothing is answered with 502, and no byte goes through",
        arguments: [
            .tunnel(accept: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="), .tunnel(accept: ""), .tunnel(upgrade: "h2c"),
            .tunnel(upgrade: "websocket, h2c"),
        ] as [ScriptedAnswer])
    func unproven(_ script: ScriptedAnswer) async throws {
        try await Self.run(Self.configuration("REST"), script: { _ in script }) { (gate) async throws in
            let client = try gate.client()
            let answer = try client.ask(Self.offer("/live") + "early")
            #expect(answer.status == 502)
            #expect(answer["Connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("upstream_bad_answer") == true)
        }
    }

    @Test("When the backend refuses, what came behind the offer is never read as a request")
    func refused() async throws {
        try await Self.run(Self.configuration(), script: { _ in .answer(400, body: "no") }) { (gate) async throws in
            let client = try gate.client()
            let answer = try client.ask(Self.offer("/live") + "GET /open/smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.status == 400)
            #expect(answer["Connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.received.map(\.target) == ["/live"])
        }
    }

    // MARK: Tunnels

    @Test("Bytes pass both ways as they are, those that came early too", arguments: ["REST", "HTTP"])
    func echo(_ type: String) async throws {
        try await Self.run(Self.configuration(type)) { (gate) async throws in
            let client = try gate.client()
            let answer = try client.ask(Self.offer("/live", "Sec-WebSocket-Protocol: chat\r\n") + "early")
            #expect(answer.status == 101)
            #expect(answer.values("Upgrade") == ["websocket"])
            #expect(answer.values("Connection") == ["Upgrade"])
            #expect(answer.values("Sec-WebSocket-Accept") == [Self.accept])
            #expect(answer.values("Sec-WebSocket-Protocol") == ["chat"])
            #expect(answer.values("Content-Length").isEmpty && answer.values("Transfer-Encoding").isEmpty)
            #expect(try Self.take(5, from: client) == Array("early".utf8))
            let piece = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            for _ in 0..<8 {
                client.send(piece)
                #expect(try Self.take(piece.count, from: client) == piece)
            }
            client.send("bye")
            #expect(try client.readToEnd().isEmpty)
            let request = try #require(gate.received.first)
            #expect(request.values("Upgrade") == ["websocket"])
            #expect(request.values("Connection") == ["Upgrade"])
            #expect(request.values("Sec-WebSocket-Key") == [Self.key])
            #expect(request.values("Sec-WebSocket-Version") == ["13"])
            let line = try #require(gate.log.waitForLines(1).first)
            for part in [
                "\"status\":101", "\"decision\":\"allow\"", "\"lane\":\"fast\"", "\"tunnel\":\"closed\"",
                "\"bytes_in\":\(5 + 8 * 60_000 + 3)", "\"bytes_out\":\(5 + 8 * 60_000)",
            ] { #expect(line.contains(part), "\(part) \(line)") }
        }
    }

    @Test("A client that is slow to read gets every byte")
    func slowReader() async throws {
        try await Self.run(Self.configuration()) { (gate) async throws in
            let client = try Self.open(gate)
            client.send("blob")
            #expect(try Self.take(12_000_000, from: client).allSatisfy { $0 == 0xA5 })
            client.send("bye")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("A client that has ended its side still gets what the backend sends")
    func halfClose() async throws {
        try await Self.run(Self.configuration()) { (gate) async throws in
            let client = try Self.open(gate)
            client.send("last")
            client.socket.endWriting()
            #expect(try client.readToEnd() == Array("lastended".utf8))
            #expect(gate.log.waitForLines(1).first?.contains("\"tunnel\":\"closed\"") == true)
        }
    }

    // MARK: Ends

    @Test("A backend that breaks the tunnel breaks it for the client, and the log says so")
    func broken() async throws {
        try await Self.run(Self.configuration()) { (gate) async throws in
            let client = try Self.open(gate)
            client.send("break")
            #expect(try client.readToEnd().isEmpty)
            let line = try #require(gate.log.waitForLines(1).first)
            #expect(line.contains("\"status\":101") && line.contains("\"tunnel\":\"broken\""), "\(line)")
            #expect(line.contains("\"reason\":\"upstream_"), "\(line)")
        }
    }

    @Test("It ends when the token that opened it expires, however busy it is")
    func expiry() async throws {
        try await Self.run(Self.configuration()) { (gate) async throws in
            let token = "Authorization: Bearer \(try Crew.token("u-200", rank: "captain", lifetime: 1))\r\n"
            let client = try Self.open(gate, "/crew", token)
            client.send("now")
            #expect(try client.readToEnd() == Array("now".utf8))
            #expect(gate.log.waitForLines(1).first?.contains("\"tunnel\":\"expired\"") == true)
        }
    }

    @Test("timeouts.webSocketIdleInMillis")
    func idle() async throws {
        let server = ", \"timeouts\": { \"webSocketIdleInMillis\": 150 }"
        try await Self.run(Self.configuration(server: server)) { (gate) async throws in
            let client = try Self.open(gate)
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("\"tunnel\":\"idle\"") == true)
        }
    }

    @Test("It may be silent for longer than an answer of its backend may")
    func silence() async throws {
        let upstream = ", \"timeouts\": { \"firstByteInMillis\": 4000, \"idleInMillis\": 4000 }"
        let server = ", \"timeouts\": { \"webSocketIdleInMillis\": 6000 }"
        try await Self.run(Self.configuration(server: server, upstream: upstream)) { (gate) async throws in
            let client = try Self.open(gate)
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("\"tunnel\":\"idle\"") == true)
        }
    }

    @Test("A stopping gateway ends it when the time for draining is over")
    func shutdown() async throws {
        let server = ", \"timeouts\": { \"drainInMillis\": 100 }"
        try await Self.run(Self.configuration(server: server)) { (gate) async throws in
            let client = try Self.open(gate)
            await gate.stopGateway()
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("\"tunnel\":\"shutdown\"") == true)
        }
    }
}
