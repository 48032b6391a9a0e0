import EventLoop
import Gateway
import Server
import TestSupport
import Testing

/// Keys of `server` whose value a client can feel. Each test fails when the value is ignored, because the default is
/// longer than the client's patience, or larger than what it sends.
@Suite("Keys of server")
struct ServerKeyTests {
    private func run(
        _ server: String, type: String = "REST", integration: String = "",
        script: @escaping StubBackend.Script = { _ in .answer(200) }, _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        var configuration = Configuration(type: type)
        configuration.server = ", \(server)"
        configuration.integration = integration
        try await GatewayHarness.run(configuration.text, script: script, body)
    }

    private static let plain = "GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n"

    // MARK: Timeouts

    @Test("timeouts.headerInMillis")
    func headerInMillis() async throws {
        try await run(#""timeouts": { "headerInMillis": 1000 }"#) { (gate) async throws in
            // Before the 10 s of the default.
            let client = try RawClient(port: gate.port, patience: 9000)
            client.send("GET /open/x HTTP/1.1\r\nHo")
            #expect(try client.read().status == 408)
            #expect(try client.readToEnd().isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("header_timeout") == true)
        }
    }

    @Test("timeouts.bodyIdleInMillis")
    func bodyIdleInMillis() async throws {
        try await run(#""timeouts": { "bodyIdleInMillis": 100 }"#) { (gate) async throws in
            let client = try RawClient(port: gate.port, patience: 25_000)
            client.send("POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try client.read().status == 408)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("timeouts.keepAliveInMillis")
    func keepAliveInMillis() async throws {
        try await run(#""timeouts": { "keepAliveInMillis": 2000 }"#) { (gate) async throws in
            let client = try RawClient(port: gate.port, patience: 30_000)
            #expect(try client.ask(Self.plain).status == 200)
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("timeouts.writeIdleInMillis")
    func writeIdleInMillis() async throws {
        let script: StubBackend.Script = { _ in .answer(200, body: String(repeating: "b", count: 30_000_000)) }
        try await run(#""timeouts": { "writeIdleInMillis": 200 }"#, script: script) { (gate) async throws in
            let client = try gate.client()
            client.socket.shrinkReceiveBuffer()
            client.send(Self.plain)
            #expect(gate.log.waitForLines(1).first?.contains(#""status":200"#) == true)
        }
    }

    // MARK: Limits

    @Test("limits.headerBytes", arguments: [(300, 431), (600, 200)])
    func headerBytes(_ limit: Int, _ status: Int) async throws {
        try await run("\"limits\": { \"headerBytes\": \(limit) }") { (gate) async throws in
            #expect(try gate.get("/open/x", "X-Long: \(String(repeating: "a", count: 350))\r\n").status == status)
        }
    }

    @Test("limits.headerCount", arguments: [(4, 431), (5, 200)])
    func headerCount(_ limit: Int, _ status: Int) async throws {
        try await run("\"limits\": { \"headerCount\": \(limit) }") { (gate) async throws in
            #expect(try gate.get("/open/x", "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n").status == status)
        }
    }

    @Test("limits.requestTargetBytes", arguments: [(20, 414), (21, 200)])
    func requestTargetBytes(_ limit: Int, _ status: Int) async throws {
        try await run("\"limits\": { \"requestTargetBytes\": \(limit) }") { (gate) async throws in
            #expect(try gate.get("/open/\(String(repeating: "a", count: 15))").status == status)
        }
    }

    @Test("limits.bodyBytes", arguments: [(4, 413), (5, 200), (0, 200)])
    func bodyBytes(_ limit: Int, _ status: Int) async throws {
        try await run("\"limits\": { \"bodyBytes\": \(limit) }") { (gate) async throws in
            let head = "POST /open/x HTTP/1.1\r\nHost: a\r\n"
            #expect(try gate.ask(head + "Content-Length: 5\r\n\r\nabcde").status == status)
            #expect(try gate.ask(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n").status == status)
            #expect(gate.received.count == (status == 200 ? 2 : 0))
        }
    }

    @Test("limits.connections")
    func connections() async throws {
        try await run(#""workers": 1, "limits": { "connections": 2 }"#) { (gate) async throws in
            let first = try gate.client()
            let second = try gate.client()
            #expect(try first.ask(Self.plain).status == 200)
            #expect(try second.ask(Self.plain).status == 200)
            let third = try gate.client()
            third.send(Self.plain)
            #expect(try third.readToEnd().isEmpty)
            #expect(try first.ask(Self.plain).status == 200)
        }
    }

    @Test("limits.connectionsPerAddress")
    func connectionsPerAddress() async throws {
        try await run(#""workers": 1, "limits": { "connectionsPerAddress": 1 }"#) { (gate) async throws in
            let first = try gate.client()
            #expect(try first.ask(Self.plain).status == 200)
            let second = try gate.client()
            second.send(Self.plain)
            #expect(try second.readToEnd().isEmpty)
            #expect(try gate.client(from: [127, 0, 0, 2]).ask(Self.plain).status == 200)
        }
    }

    @Test("limits.requestsPerConnection")
    func requestsPerConnection() async throws {
        try await run(#""limits": { "requestsPerConnection": 2 }"#) { (gate) async throws in
            let client = try RawClient(port: gate.port, patience: 5000)
            #expect(try client.ask(Self.plain).values("connection") == ["keep-alive"])
            #expect(try client.ask(Self.plain).values("connection") == ["close"])
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("limits.integrationTimeoutInMillis")
    func integrationTimeoutInMillis() async throws {
        try await run(#""limits": { "integrationTimeoutInMillis": 50 }"#, script: { _ in .silence }) {
            (gate) async throws in
            #expect(try gate.get("/open/x").status == 504)
        }
    }

    // MARK: What is believed and accepted

    @Test("listen: every address of the list is served")
    func listen() async throws {
        let text = try Configuration().text.replacing("\"${env:LISTEN}\"", with: "[\"${env:LISTEN}\", \"127.0.0.2:0\"]")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(gate.service.sockets.count == 2)
            #expect(try gate.ask(Self.plain).status == 200)
            let other = gate.service.sockets[1].address
            #expect(other.host == "127.0.0.2")
        }
    }

    @Test("trustedProxies decides whose X-Forwarded-For is believed", arguments: [true, false])
    func trustedProxies(_ isTrusted: Bool) async throws {
        try await run("\"trustedProxies\": [\"\(isTrusted ? "127.0.0.0/8" : "10.0.0.0/8")\"]") { (gate) async throws in
            _ = try gate.get("/open/x", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n")
            let request = try #require(gate.received.first)
            #expect(request.values("X-Forwarded-For") == [isTrusted ? "192.0.2.7, 127.0.0.1" : "127.0.0.1"])
            #expect(request.values("X-Forwarded-Proto") == [isTrusted ? "https" : "http"])
            let client = isTrusted ? "192.0.2.7" : "127.0.0.1"
            #expect(gate.log.waitForLines(1).first?.contains("\"client\":\"\(client)\"") == true)
        }
    }

    @Test(
        "What a trusted proxy passes on adds nothing to Forwarded",
        arguments: [("https;for=192.0.2.9", "http"), ("\"https\"", "http"), ("https", "https")])
    func forwardedScheme(_ told: String, _ scheme: String) async throws {
        let text = """
            { "version": 1, "api": { "type": "HTTP", "defaultStage": "$default" },
              "server": { "listen": "${env:LISTEN}", "trustedProxies": ["127.0.0.0/8"] },
              "routes": { "GET /open": { "authorizationType": "NONE",
                "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } } } }
            """
        try await GatewayHarness.run(text) { (gate) async throws in
            _ = try gate.get("/open", "X-Forwarded-Proto: \(told)\r\n")
            let values = try #require(gate.received.first).values("Forwarded")
            #expect(values.count == 1)
            #expect(values.first?.hasSuffix(";proto=\(scheme)") == true, "\(values)")
        }
    }

    @Test("reservedHeaders takes names and beginnings", arguments: [true, false])
    func reservedHeaders(_ isReserved: Bool) async throws {
        try await run("\"reservedHeaders\": [\(isReserved ? "\"X-One\", \"X-Many-*\"" : "")]") { (gate) async throws in
            _ = try gate.get("/open/x", "X-One: 1\r\nX-Many-A: 1\r\nX-One-More: 1\r\n")
            let request = try #require(gate.received.first)
            #expect(request.values("X-One").isEmpty == isReserved)
            #expect(request.values("X-Many-A").isEmpty == isReserved)
            #expect(request.values("X-One-More") == ["1"])
        }
    }

    @Test("pathNormalization.encodedSlash", arguments: [("reject", 400), ("keep", 200)])
    func encodedSlash(_ value: String, _ status: Int) async throws {
        try await run("\"pathNormalization\": { \"encodedSlash\": \"\(value)\" }") { (gate) async throws in
            #expect(try gate.get("/open/a%2Fb").status == status)
            #expect(gate.received.map(\.target) == (status == 200 ? ["/open/a%2Fb"] : []))
        }
    }

    @Test("pathNormalization.ambiguous", arguments: [("reject", 400), ("allow", 200)])
    func ambiguous(_ value: String, _ status: Int) async throws {
        var configuration = Configuration(type: "HTTP")
        configuration.open = "$default"
        configuration.server = ", \"pathNormalization\": { \"ambiguous\": \"\(value)\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/GUARDED/x").status == status)
            #expect(gate.received.count == (status == 200 ? 1 : 0))
        }
    }

    @Test("headerNames", arguments: [("strict", 400, 0), ("drop", 200, 0), ("pass", 200, 1)])
    func headerNames(_ value: String, _ status: Int, _ arrived: Int) async throws {
        try await run("\"headerNames\": \"\(value)\"") { (gate) async throws in
            #expect(try gate.get("/open/x", "X_Under: 1\r\n").status == status)
            #expect(gate.received.flatMap { $0.values("X_Under") }.count == arrived)
        }
    }

    @Test("api.profile aws relaxes paths only")
    func profile() async throws {
        var configuration = Configuration()
        configuration.api = ", \"profile\": \"aws\""
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/a%2Fb").status == 200)
            #expect(try gate.get("/open/x", "X-Bad : 1\r\n").status == 400)
        }
    }
}
