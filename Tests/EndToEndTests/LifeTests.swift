import EventLoop
import Gateway
import TestSupport
import Testing

@Suite("Reload, workers and stop")
struct LifeTests {
    /// The backend learns by which configuration a request was decided; policy and mapping must agree.
    private func configuration(_ version: String, allows rank: String) -> Configuration {
        var configuration = Configuration()
        configuration.server = ", \"workers\": 2"
        configuration.policy =
            #"{ "effect": "Allow", "resources": ["*"], "when": { "rank": { "equals": "\#(rank)" } } }"#
        configuration.authorizer = ", \"context\": { \"version\": \"\(version)\" }"
        configuration.integration = """
            , "requestParameters": { "integration.request.header.X-Context": "context.authorizer.version",
                                     "integration.request.header.X-Mapping": "'\(version)'" }
            """
        return configuration
    }

    @Test("While configurations change, each request is decided by exactly one of them")
    func reload() async throws {
        let script: StubBackend.Script = { request in
            .answer(200, body: "\(request["X-Context"] ?? "none") \(request["X-Mapping"] ?? "none")")
        }
        try await GatewayHarness.run(configuration("1", allows: "captain").text, script: script) {
            (gate) async throws in
            let (other, _) = try GatewayHarness.compile(
                configuration("2", allows: "cadet").text, backendPort: gate.backend.port)
            let (first, _) = try GatewayHarness.compile(
                configuration("1", allows: "captain").text, backendPort: gate.backend.port)
            let tokens = [try Crew.captain(), try Crew.cadet()]
            async let swaps = Threads.run { () -> Int in
                for round in 0..<400 { gate.service.box.replace(with: round.isMultiple(of: 2) ? other : first) }
                return 400
            }
            let answers = try await Threads.run(4) { index in
                let client = try gate.client()
                return try (0..<100).map { _ in
                    let token = tokens[index % 2]
                    let response = try client.ask(
                        "GET /guarded/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
                    return "\(response.status) \(response.text)"
                }
            }
            #expect(try await swaps == 400)
            let refusal = #"403 {"Message":"User is not authorized to access this resource"}"#
            for answer in answers[0] + answers[2] { #expect(["200 1 1", refusal].contains(answer), "\(answer)") }
            for answer in answers[1] + answers[3] { #expect(["200 2 2", refusal].contains(answer), "\(answer)") }
            // And the newest is in force at once.
            gate.service.box.replace(with: other)
            #expect(try gate.get("/guarded/x", token: tokens[1]).text == "2 2")
            #expect(try gate.get("/guarded/x", token: tokens[0]).status == 403)
        }
    }

    @Test("The log follows a new configuration: who is named, and what is worth a line")
    func log() async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            var configuration = Configuration()
            let token = try Crew.captain()
            #expect(try gate.get("/guarded/1", token: token).status == 200)
            configuration.server = ", \"log\": { \"principal\": \"off\" }"
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/2", token: token).status == 200)
            configuration.server = ", \"log\": { \"level\": \"error\" }"
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/3", token: token).status == 200)
            configuration.server = ""
            try await gate.reload(configuration.text)
            #expect(try gate.get("/guarded/4", token: token).status == 200)
            let lines = gate.log.waitForLines(3)
            let paths = lines.map { line in ["1", "2", "3", "4"].first { line.contains("/guarded/\($0)\"") } }
            #expect(paths == ["1", "2", "4"])
            #expect(lines.map { $0.contains("\"principal_id\":\"u-200\"") } == [true, false, true])
        }
    }

    @Test("A request keeps the configuration that it began with")
    func requestUnderWay() async throws {
        let script: StubBackend.Script = { .held(200, body: $0["X-Mapping"] ?? "none") }
        try await GatewayHarness.run(configuration("1", allows: "captain").text, script: script) {
            (gate) async throws in
            let client = try gate.client()
            client.send("GET /guarded/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(try Crew.captain())\r\n\r\n")
            try await gate.reach { gate.received.count == 1 }
            let (other, _) = try GatewayHarness.compile(
                configuration("2", allows: "nobody").text, backendPort: gate.backend.port)
            gate.service.box.replace(with: other)
            await gate.backend.release()
            #expect(try client.read().text == "1")
        }
    }

    @Test("Two workers share one port and both decide")
    func workers() async throws {
        var configuration = Configuration()
        configuration.server = ", \"workers\": 2"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            let statuses = try await Threads.run(16) { _ in
                let client = try gate.client()
                return try (0..<10).map { round in
                    let authorization = round.isMultiple(of: 2) ? "Authorization: Bearer \(token)\r\n" : ""
                    return try client.ask("GET /guarded/x HTTP/1.1\r\nHost: a\r\n\(authorization)\r\n").status
                }
            }
            for status in statuses { #expect(status == [200, 401, 200, 401, 200, 401, 200, 401, 200, 401]) }
            #expect(gate.received.count == 80)
            #expect(gate.log.waitForLines(160).count == 160)
        }
    }

    @Test("A stop lets a slow request finish and takes no new connection")
    func stop() async throws {
        try await GatewayHarness.run(Configuration().text, script: { _ in .held(200, body: "late") }) {
            (gate) async throws in
            let client = try gate.client()
            client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            try await gate.reach { gate.received.count == 1 }
            let idle = try gate.client()
            #expect(try idle.ask("GET /guarded/x HTTP/1.1\r\nHost: a\r\n\r\n").status == 401)
            async let stopped: Void = gate.stopGateway()
            // The idle connection ends at once, the busy one does not.
            #expect(idle.endsSilently())
            await gate.backend.release()
            let response = try client.read()
            #expect(response.status == 200)
            #expect(response.text == "late")
            #expect(response.values("connection") == ["close"])
            #expect(client.endsSilently())
            await stopped
        }
    }

    @Test("A request that does not end in time does not hold up the stop")
    func drainTime() async throws {
        var configuration = Configuration()
        configuration.server = ", \"timeouts\": { \"drainInMillis\": 100 }"
        try await GatewayHarness.run(configuration.text, script: { _ in .silence }) { (gate) async throws in
            let client = try gate.client()
            client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            try await gate.reach { gate.received.count == 1 }
            let began = MonotonicTime.now()
            await gate.stopGateway()
            // Without the key it would be 30 s.
            #expect(MonotonicTime.now().since(began) < 25_000_000_000)
            #expect(MonotonicTime.now().since(began) >= 100_000_000)
        }
    }
}

extension GatewayHarness {
    struct NeverReached: Error {}

    /// Waits until another thread has made the condition true.
    func reach(_ condition: @escaping @Sendable () async -> Bool) async throws {
        let deadline = MonotonicTime.now().advanced(milliseconds: 60_000)
        while !(await condition()) {
            guard .now() < deadline else { throw NeverReached() }
            try await Task.sleep(nanoseconds: 2_000_000)
        }
    }
}
