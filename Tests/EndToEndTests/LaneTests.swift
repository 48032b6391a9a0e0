import Foundation
import TestSupport
import Testing

@Suite("Lanes to backends")
struct LaneTests {
    private static func lane(of line: String?) -> String? {
        guard let line, let start = line.range(of: "\"lane\":\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }

    @Test(
        "Nearest wins: the integration's lane, then the upstream's, then fast",
        arguments: [
            ("", "", "fast"), ("classic", "", "classic"), ("fast", "", "fast"), ("", "classic", "classic"),
            ("classic", "fast", "fast"), ("fast", "classic", "classic"),
        ])
    func nearest(_ upstream: String, _ integration: String, _ expected: String) async throws {
        var configuration = Configuration()
        configuration.upstream = ", \"retry\": {}" + (upstream.isEmpty ? "" : ", \"lane\": \"\(upstream)\"")
        if !integration.isEmpty { configuration.integration = ", \"lane\": \"\(integration)\"" }
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 200)
            #expect(Self.lane(of: gate.log.waitForLines(1).first) == expected)
        }
    }

    @Test("A backend that is no entry of upstreams takes the integration's lane, too", arguments: ["fast", "classic"])
    func direct(_ lane: String) async throws {
        var configuration = Configuration.http
        configuration.integration = ", \"lane\": \"\(lane)\""
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/x").status == 200)
            #expect(Self.lane(of: gate.log.waitForLines(1).first) == lane)
        }
    }

    /// What a GET would have told nobody knows (RFC 9110 §8.6): a length that the backend did not declare is not made up.
    @Test(
        "An answer without a body tells the length that its backend told, or none",
        arguments: ["fast", "classic"],
        [
            ("HEAD", "200 OK\r\nContent-Length: 17\r\n", ["17"]), ("HEAD", "200 OK\r\n", []),
            ("GET", "304 Not Modified\r\nContent-Length: 17\r\n", ["17"]), ("GET", "304 Not Modified\r\n", []),
            ("GET", "204 No Content\r\n", []), ("GET", "200 OK\r\nContent-Length: 0\r\n", ["0"]),
        ])
    func lengths(_ lane: String, _ row: (method: String, answer: String, lengths: [String])) async throws {
        let backend = try RawBackend(["HTTP/1.1 \(row.answer)\r\n"])
        defer { backend.stop() }
        var configuration = Configuration()
        configuration.integration = ", \"lane\": \"\(lane)\""
        try await GatewayHarness.run(configuration.text, backendPort: backend.port) { (gate) async throws in
            let response = try gate.client().ask("\(row.method) /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == Int(row.answer.prefix(3)))
            #expect(response.values("content-length") == row.lengths)
            #expect(response.values("transfer-encoding").isEmpty)
        }
    }

    @Test("Requests that go to no backend have no lane")
    func none() async throws {
        var configuration = Configuration()
        configuration.routes =
            ", \"GET /mock\": { \"authorizationType\": \"NONE\", \"integration\": { \"type\": \"MOCK\" } }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/mock").status == 200)
            #expect(try gate.get("/guarded/x").status == 401)
            #expect(try gate.get("/nowhere").status == 403)
            for line in gate.log.waitForLines(3) { #expect(!line.contains("\"lane\""), "\(line)") }
        }
    }

    @Test(
        "A format names the lane as $context.gatehouse.lane; it is - where there is none",
        arguments: [("/open/x", "\"lane\": \"classic\"", "200 classic"), ("/guarded/x", "\"lane\": \"fast\"", "401 -")])
    func variable(_ path: String, _ integration: String, _ expected: String) async throws {
        var configuration = Configuration()
        configuration.integration = ", \(integration)"
        let text = try configuration.text.replacing(
            "\"stageVariables\":",
            with: """
                "accessLogSettings": { "format": "$context.requestId $context.status $context.gatehouse.lane" },
                "stageVariables":
                """)
        try await GatewayHarness.run(text) { (gate) async throws in
            _ = try gate.get(path)
            #expect(gate.log.waitForLines(1).first?.hasSuffix(" \(expected)") == true)
        }
    }
}
