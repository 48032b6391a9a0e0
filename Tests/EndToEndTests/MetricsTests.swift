import EventLoop
import Gateway
import Routes
import TestSupport
import Testing

@Suite("Metrics")
struct MetricsTests {
    private static func configuration(_ admin: String = "", integration: String = "") -> String {
        var configuration = Configuration()
        configuration.server = ", \"admin\": { \"listen\": \"127.0.0.1:0\"\(admin) }"
        configuration.integration = integration
        configuration.policy = #"{ "effect": "Allow", "resources": ["*/guarded/*"] }"#
        configuration.guarded = "ANY /{proxy+}"
        return configuration.text
    }

    private static func ask(
        _ gate: GatewayHarness, _ line: String = "GET /metrics", _ fields: String = "Host: 127.0.0.1\r\n"
    ) throws -> RawResponse {
        let port = try #require(gate.service.adminAddress?.port)
        return try RawClient(port: port).ask("\(line) HTTP/1.1\r\n\(fields)\r\n")
    }

    private static func read(_ gate: GatewayHarness) throws -> Exposition { try Exposition(ask(gate).text) }

    @Test("Pages in a browser, other hosts and other methods get no metrics")
    func refusals() async throws {
        try await GatewayHarness.run(Self.configuration()) { (gate) async throws in
            #expect(try Self.ask(gate, "GET /metrics", "Host: evil.example\r\n").status == 403)
            #expect(
                try Self.ask(gate, "GET /metrics", "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n").status == 403)
            #expect(try Self.ask(gate, "POST /metrics", "Host: 127.0.0.1\r\nContent-Length: 0\r\n").status == 405)
            #expect(try Self.ask(gate, "GET /metrics/").status == 404)
            #expect(try gate.get("/metrics").status == 401)
        }
    }

    @Test("server.admin.metrics turns them off, also by a reload")
    func flag() async throws {
        try await GatewayHarness.run(Self.configuration(", \"metrics\": false")) { (gate) async throws in
            #expect(try Self.ask(gate).status == 404)
            try await gate.reload(Self.configuration(", \"metrics\": true"))
            #expect(try Self.ask(gate).status == 200)
        }
    }

    @Test("The text is that of version 0.0.4, and HEAD has its length alone")
    func format() async throws {
        try await GatewayHarness.run(Self.configuration()) { (gate) async throws in
            let answer = try Self.ask(gate)
            #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            let all = try Exposition(answer.text)
            #expect(all.value("gatehouse_requests_total", ["outcome": "allowed", "status": "2xx"]) == 0)
            #expect(all.value("gatehouse_upstream_requests_total", ["lane": "fast", "outcome": "ok"]) == 0)
            #expect(all.value("gatehouse_log_lines_lost_total") == 0)
            #expect(all.value("gatehouse_recording_entries_lost_total") == nil)
            #expect(try Self.ask(gate, "HEAD /metrics").status == 200)
        }
    }

    @Test("Requests are counted once, by outcome and status", arguments: ["fast", "classic"])
    func requests(_ lane: String) async throws {
        let text = Self.configuration(integration: ", \"lane\": \"\(lane)\"")
        try await GatewayHarness.run(text, script: { $0.target == "/open/gone" ? .abort : .answer(200, body: "hello") })
        {
            (gate) async throws in
            let token = try Crew.captain()
            for _ in 0..<3 { #expect(try gate.get("/guarded/x", token: token).status == 200) }
            #expect(try gate.get("/other", token: token).status == 403)
            #expect(try gate.get("/guarded/x", token: Crew.expired()).status == 401)
            #expect(try gate.get("/guarded/x").status == 401)
            #expect(try gate.get("/open/gone").status == 502)
            #expect(try gate.get("/open/a%2fb").status == 400)
            #expect(try gate.ask("BROKEN\r\n\r\n").status == 400)
            let chunked = "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(try gate.ask("POST /open/x HTTP/1.1\r\n\(chunked)zz\r\n").status == 400)
            _ = gate.log.waitForLines(11)
            let all = try Self.read(gate)
            func count(_ outcome: String, _ status: String) -> Double? {
                all.value("gatehouse_requests_total", ["outcome": outcome, "status": status])
            }
            #expect(count("allowed", "2xx") == 3)
            #expect(count("denied", "4xx") == 1)
            #expect(count("unauthorized", "4xx") == 2)
            #expect(count("failed", "5xx") == 1)
            #expect(count("refused", "4xx") == 3)
            #expect(all.samples.filter { $0.name == "gatehouse_requests_total" }.map(\.value).reduce(0, +) == 10)
            #expect(all.value("gatehouse_requests_in_flight") == 0)
            #expect(all.value("gatehouse_request_duration_seconds_count") == 9)
            #expect(all.value("gatehouse_response_body_bytes_total").map { $0 >= 15 } == true)
            #expect(all.value("gatehouse_upstream_requests_total", ["lane": lane, "outcome": "ok"]) == 3)
            #expect(all.value("gatehouse_upstream_requests_total", ["lane": lane, "outcome": "reset"]) == 1)
            let other = lane == "fast" ? "classic" : "fast"
            #expect(all.value("gatehouse_upstream_requests_total", ["lane": other, "outcome": "ok"]) == 0)
            #expect(all.value("gatehouse_upstream_head_seconds_count", ["lane": lane]) == 3)
            #expect(all.value("gatehouse_token_cache_requests_total", ["result": "hit"]) == 3)
            #expect(all.value("gatehouse_token_cache_entries") == 1)
            #expect(all.value("gatehouse_connections_accepted_total", ["worker": "1"]) == 10)
        }
    }

    @Test("Requests that were tried once more are counted, on their lane", arguments: ["fast", "classic"])
    func retries(_ lane: String) async throws {
        var configuration = Configuration()
        configuration.server = #", "admin": { "listen": "127.0.0.1:0" }"#
        configuration.integration = ", \"lane\": \"\(lane)\""
        configuration.upstream = #", "retry": { "attempts": 2, "on": ["503"], "budgetPercent": 100 }"#
        let backend = try RawBackend([UpstreamKeyTests.busy, UpstreamKeyTests.busy, UpstreamKeyTests.good])
        defer { backend.stop() }
        try await GatewayHarness.run(configuration.text, backendPort: backend.port) { (gate) async throws in
            func count(_ lane: String) throws -> Double? {
                try Self.read(gate).value("gatehouse_upstream_retries_total", ["lane": lane])
            }
            #expect(try count(lane) == 0)
            #expect(try gate.get("/open/x").status == 200)
            #expect(backend.connections == 3)
            #expect(try count(lane) == 2)
            #expect(try gate.ask("POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status == 200)
            #expect(try count(lane) == 2)
            #expect(try count(lane == "fast" ? "classic" : "fast") == 0)
        }
    }

    @Test("Open connections and requests in flight rise and fall")
    func gauges() async throws {
        try await GatewayHarness.run(Self.configuration(), script: { _ in .held(200) }) { (gate) async throws in
            let client = try gate.client()
            client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            try await gate.reach { gate.received.count == 1 }
            var all = try Self.read(gate)
            #expect(all.value("gatehouse_requests_in_flight") == 1)
            #expect(all.value("gatehouse_connections_open", ["worker": "1"]) == 1)
            await gate.backend.release()
            #expect(try client.read().status == 200)
            _ = gate.log.waitForLines(1)
            all = try Self.read(gate)
            #expect(all.value("gatehouse_requests_in_flight") == 0)
        }
    }

    @Test("The loop's turns are counted, and the longest is forgotten when it was told")
    func loop() async throws {
        try await GatewayHarness.run(Self.configuration()) { (gate) async throws in
            _ = try gate.get("/open/x")
            let first = try Self.read(gate)
            let turns = try #require(first.value("gatehouse_loop_turn_seconds_count", ["worker": "1"]))
            #expect(turns > 0)
            let longest = try #require(first.value("gatehouse_loop_longest_turn_seconds", ["worker": "1"]))
            #expect(longest > 0)
            let second = try Self.read(gate)
            #expect(try #require(second.value("gatehouse_loop_turn_seconds_count", ["worker": "1"])) > turns)
        }
    }

    @Test("Nothing that a client sends stands in a label")
    func labels() async throws {
        try await GatewayHarness.run(Self.configuration()) { (gate) async throws in
            for path in ["/canary", "/open/canary", "/guarded/canary?canary=1"] {
                _ = try gate.get(path, token: "canary.canary.canary", "X-Canary: canary\r\n")
            }
            _ = try gate.ask("CANARY /canary HTTP/1.1\r\nHost: canary\r\n\r\n")
            _ = gate.log.waitForLines(4)
            #expect(try !Self.ask(gate).text.lowercased().contains("canary"))
        }
    }
}
