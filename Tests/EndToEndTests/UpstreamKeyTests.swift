import Documents
import EventLoop
import Server
import TestSupport
import Testing

@Suite("Keys of upstreams, integrations and stages")
struct UpstreamKeyTests {
    private func run(
        _ upstream: String, port: UInt16? = nil, script: @escaping StubBackend.Script = { _ in .answer(200) },
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        configuration.upstream = ", \(upstream)"
        try await GatewayHarness.run(configuration.text, backendPort: port, script: script, body)
    }

    @Test("timeouts.connectInMillis")
    func connectInMillis() async throws {
        // A listener whose queue is full lets further connections wait.
        let listener = try ListeningSocket(.ipv4([127, 0, 0, 1], port: 0), backlog: 0)
        let filler = try LoopbackSocket.connect(to: listener.address.port)
        try await run(
            #""timeouts": { "connectInMillis": 150 }, "retry": { "attempts": 0 }"#, port: listener.address.port
        ) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 504)
            let line = try #require(gate.log.waitForLines(1).first)
            #expect(line.contains("upstream_connect"))
            // By the gateway's own account, which knows nothing of other tests: before the 2 s of the default.
            let value = try JSONParser.parse(Array(line.utf8), maximumDepth: 4).root
            #expect(try #require(value["total_ms"]?.double) < 2000)
        }
        #expect(filler.fd >= 0)
    }

    @Test("timeouts.firstByteInMillis")
    func firstByteInMillis() async throws {
        try await run(#""timeouts": { "firstByteInMillis": 50 }"#, script: { _ in .silence }) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 504)
        }
    }

    @Test("Nearest wins: the integration's time over the upstream's over the server's")
    func nearest() async throws {
        var configuration = Configuration()
        configuration.server = ", \"limits\": { \"integrationTimeoutInMillis\": 60000 }"
        configuration.upstream = ", \"timeouts\": { \"firstByteInMillis\": 60000 }"
        configuration.integration = ", \"timeoutInMillis\": 50"
        try await GatewayHarness.run(configuration.text, script: { _ in .silence }) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 504)
        }
    }

    static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    static let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    @Test(
        "retry.attempts and retry.on",
        arguments: [
            (#""attempts": 1, "on": ["reset"]"#, "", 200, 2), (#""attempts": 0, "on": ["reset"]"#, "", 502, 1),
            (#""attempts": 1, "on": ["connect"]"#, "", 502, 1), (#""attempts": 1, "on": ["503"]"#, busy, 200, 2),
            (#""attempts": 1, "on": ["reset"]"#, busy, 503, 1),
        ])
    func retry(_ retry: String, _ first: String, _ status: Int, _ connections: Int) async throws {
        let backend = try RawBackend([first, Self.good])
        defer { backend.stop() }
        try await run("\"retry\": { \(retry) }", port: backend.port) { (gate) async throws in
            #expect(try gate.get("/open/x").status == status)
            #expect(backend.connections == connections)
        }
    }

    @Test("limits.connections and limits.pending")
    func limits() async throws {
        let script: StubBackend.Script = { _ in .held(200) }
        try await run(#""limits": { "connections": 1, "pending": 1 }"#, script: script) { (gate) async throws in
            let clients = try (0..<2).map { _ in try gate.client() }
            clients[0].send("GET /open/first HTTP/1.1\r\nHost: a\r\n\r\n")
            try await gate.reach { gate.received.count == 1 }
            clients[1].send("GET /open/second HTTP/1.1\r\nHost: a\r\n\r\n")
            // One is under way and one waits; whoever comes now is turned away.
            try await gate.reach { (try? gate.get("/open/third").status) == 503 }
            #expect(gate.received.count == 1)
            await gate.backend.release()
            #expect(try clients[0].read().status == 200)
            try await gate.reach { gate.received.count == 2 }
            await gate.backend.release()
            #expect(try clients[1].read().status == 200)
        }
    }

    @Test(
        "httpMethod and integrationMethod replace the client's verb",
        arguments: [("REST", "httpMethod"), ("HTTP", "integrationMethod")])
    func method(_ type: String, _ key: String) async throws {
        var configuration = Configuration(type: type)
        configuration.integration = ", \"\(key)\": \"PUT\""
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 200)
            #expect(gate.received.map(\.method) == ["PUT"])
        }
    }

    @Test("forwardAuthorization", arguments: [true, false])
    func forwardAuthorization(_ value: Bool) async throws {
        var configuration = Configuration()
        configuration.integration = ", \"forwardAuthorization\": \(value)"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            #expect(try gate.get("/guarded/x", token: token).status == 200)
            #expect(gate.received.first?.values("Authorization") == (value ? ["Bearer \(token)"] : []))
        }
    }

    @Test("requestParameters of REST: every source and destination")
    func restParameters() async throws {
        var configuration = Configuration()
        configuration.uri = "${env:BACKEND}/v2/{where}"
        configuration.stageVariables = "\"color\": \"blue\""
        configuration.integration = """
            , "requestParameters": {
              "integration.request.path.where": "method.request.path.proxy",
              "integration.request.header.X-Literal": "'text'",
              "integration.request.header.X-Header": "method.request.header.X-In",
              "integration.request.header.X-Headers": "method.request.multivalueheader.X-In",
              "integration.request.header.X-Query": "method.request.querystring.q",
              "integration.request.header.X-Queries": "method.request.multivaluequerystring.q",
              "integration.request.header.X-Path": "method.request.path.proxy",
              "integration.request.header.X-Stage": "stageVariables.color",
              "integration.request.header.X-Context": "context.httpMethod",
              "integration.request.header.X-Absent": "method.request.header.X-Nothing",
              "integration.request.querystring.added": "context.stage" }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/a/b?q=1&q=2", "X-In: one\r\nX-In: two\r\n").status == 200)
            let request = try #require(gate.received.first)
            #expect(request.target == "/v2/a/b?q=1&q=2&added=dev")
            let names = [
                "X-Literal", "X-Header", "X-Headers", "X-Query", "X-Queries", "X-Path", "X-Stage", "X-Context",
            ]
            #expect(names.map { request[$0] } == ["text", "two", "one,two", "2", "1,2", "a/b", "blue", "GET"])
            #expect(request.values("X-Absent").isEmpty)
        }
    }

    @Test("requestParameters of HTTP APIs: append, overwrite, remove, and the path")
    func httpParameters() async throws {
        var configuration = Configuration(type: "HTTP")
        configuration.stageVariables = "\"color\": \"blue\""
        configuration.integration = """
            , "requestParameters": {
              "append:header.X-Append": "$context.stage", "overwrite:header.X-Over": "a-${request.header.X-In}-${stageVariables.color}",
              "remove:header.X-Gone": "''", "append:querystring.n": "$request.querystring.q",
              "overwrite:querystring.q": "9", "remove:querystring.r": "''", "overwrite:header.X-Path": "$request.path",
              "overwrite:header.X-Proxy": "$request.path.proxy" }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let lines = "X-Append: own\r\nX-Over: own\r\nX-Gone: own\r\nX-In: in\r\n"
            #expect(try gate.get("/open/a?q=1&r=2&s=3", lines).status == 200)
            let request = try #require(gate.received.first)
            #expect(request.values("X-Append") == ["own", "$default"])
            #expect(request.values("X-Over") == ["a-in-blue"])
            #expect(request.values("X-Gone").isEmpty)
            #expect(request.values("X-Path") == ["/open/a"])
            #expect(request.values("X-Proxy") == ["a"])
            let query = request.target.split(separator: "?").last.map { $0.split(separator: "&").sorted() }
            #expect(query == ["n=1", "q=9", "s=3"])
        }
        configuration.uri = "${env:BACKEND}/x"
        configuration.integration = ", \"requestParameters\": { \"overwrite:path\": \"/new/${request.path.proxy}\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/a").status == 200)
            #expect(gate.received.map(\.target) == ["/new/a"])
        }
    }

    @Test("The fields of a MOCK response")
    func mock() async throws {
        var configuration = Configuration()
        configuration.routes = """
            , "GET /mock": { "authorizationType": "NONE", "integration": { "type": "MOCK",
                "response": { "statusCode": 418, "headers": { "X-Pot": "tea", "Content-Type": "text/plain" }, "body": "short" } } },
              "GET /plain": { "authorizationType": "NONE", "integration": { "type": "MOCK" } }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let response = try gate.get("/mock")
            #expect(response.status == 418)
            #expect(response.text == "short")
            #expect(response["X-Pot"] == "tea")
            #expect(response.values("Content-Type") == ["text/plain"])
            let plain = try gate.get("/plain")
            #expect(plain.status == 200)
            #expect(plain.body.isEmpty)
        }
    }

    @Test("defaultStage picks the stage whose variables count", arguments: ["dev", "prod"])
    func defaultStage(_ stage: String) async throws {
        let text = try Configuration().text
            .replacing("\"defaultStage\": \"dev\"", with: "\"defaultStage\": \"\(stage)\"")
            .replacing(
                "\"dev\": { \"stageVariables\": {  } }",
                with: """
                    "dev": { "stageVariables": { "url": "${env:BACKEND}", "name": "d" } },
                    "prod": { "stageVariables": { "url": "${env:BACKEND}", "name": "p" } }
                    """
            )
            .replacing("${env:BACKEND}{path}", with: "${stageVariables.url}/${stageVariables.name}{path}")
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 200)
            #expect(gate.received.map(\.target) == ["/\(stage.prefix(1))/open/x"])
        }
    }

    @Test("Several requests share the connections of the pool")
    func reuse() async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            let client = try gate.client()
            for _ in 0..<5 { #expect(try client.ask("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n").status == 200) }
            #expect(Set(gate.received.map(\.connection)).count == 1)
        }
    }
}
