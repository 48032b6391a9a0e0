import TestSupport
import Testing

/// `cors` of both API types.
@Suite("Cross-origin requests")
struct CORSTests {
    private static func configuration(_ type: String, _ cors: String, routes: String = "") -> String {
        var configuration = Configuration(type: type)
        configuration.guarded = "GET /guarded/{proxy+}"
        configuration.top = ", \"cors\": { \(cors) }"
        configuration.routes = routes
        return configuration.text
    }

    private static let usual = #"""
        "allowOrigins": ["https://app.example", "http://*"], "allowMethods": ["GET", "POST"], "allowHeaders": ["Authorization", "X-A"],
        "maxAge": 600
        """#

    private func preflight(
        _ gate: GatewayHarness, _ path: String, origin: String = "https://app.example"
    ) throws
        -> RawResponse
    {
        try gate.get(path, "Origin: \(origin)\r\nAccess-Control-Request-Method: GET\r\n", method: "OPTIONS")
    }

    @Test("An HTTP API answers a preflight before anybody is asked, on any path")
    func preflight() async throws {
        try await GatewayHarness.run(Self.configuration("HTTP", Self.usual)) { (gate) async throws in
            for path in ["/guarded/a", "/open/a", "/nothing"] {
                let response = try preflight(gate, path)
                #expect(response.status == 204 && response.text.isEmpty)
                for (name, value) in [
                    ("allow-origin", "https://app.example"), ("allow-methods", "GET,POST"),
                    ("allow-headers", "Authorization,X-A"), ("max-age", "600"),
                ] { #expect(response.values("access-control-\(name)") == [value], "\(name)") }
                #expect(response.values("access-control-allow-credentials").isEmpty)
                #expect(response.values("access-control-expose-headers").isEmpty)
            }
            #expect(gate.received.isEmpty)
            // Without its two headers it is an OPTIONS request like any other.
            #expect(try gate.get("/guarded/a", "Origin: https://app.example\r\n", method: "OPTIONS").status == 404)
            #expect(try gate.get("/open/a", method: "OPTIONS").status == 200)
        }
    }

    @Test("An origin that may not call is told nothing")
    func strangers() async throws {
        try await GatewayHarness.run(Self.configuration("HTTP", Self.usual)) { (gate) async throws in
            for origin in [
                "https://evil.example", "https://app.example.evil.example", "https://app.example:444", "null",
                "HTTPS://app.example",
            ] {
                let response = try preflight(gate, "/open/a", origin: origin)
                #expect(response.status == 204)
                #expect(!response.names.contains { $0.hasPrefix("access-control-") }, "\(origin)")
                let plain = try gate.get("/open/a", "Origin: \(origin)\r\n")
                #expect(plain.status == 200 && !plain.names.contains { $0.hasPrefix("access-control-") })
            }
            #expect(
                try preflight(gate, "/", origin: "http://any.example").values("access-control-allow-origin")
                    == ["http://any.example"])
            let two = try gate.get(
                "/open/a", "Origin: https://app.example\r\nOrigin: https://evil.example\r\n")
            #expect(!two.names.contains { $0.hasPrefix("access-control-") })
        }
    }

    @Test("An HTTP API puts its headers on every answer and drops those of the backend")
    func answers() async throws {
        let script: StubBackend.Script = { _ in
            .answer(200, fields: "Access-Control-Allow-Origin: *\r\nAccess-Control-Max-Age: 1\r\nX-Total: 5\r\n")
        }
        let text = Self.configuration(
            "HTTP", Self.usual + ", \"allowCredentials\": true, \"exposeHeaders\": [\"x-total\"]")
        try await GatewayHarness.run(text, script: script) { (gate) async throws in
            let origin = "Origin: https://app.example\r\n"
            for (path, status) in [("/open/a", 200), ("/guarded/a", 401), ("/nothing", 404)] {
                let response = try gate.get(path, origin)
                #expect(response.status == status)
                #expect(response.values("access-control-allow-origin") == ["https://app.example"])
                #expect(response.values("access-control-allow-credentials") == ["true"])
                #expect(response.values("access-control-expose-headers") == ["x-total"])
                #expect(response.values("access-control-max-age").isEmpty)
            }
            #expect(!(try gate.get("/open/a")).names.contains { $0.hasPrefix("access-control-") })
        }
    }

    @Test("Every origin is answered with the sign, never together with credentials")
    func star() async throws {
        try await GatewayHarness.run(Self.configuration("HTTP", #""allowOrigins": ["*"]"#)) { (gate) async throws in
            #expect(
                try gate.get("/open/a", "Origin: https://x.example\r\n").values("access-control-allow-origin") == ["*"])
        }
        let both = #""allowOrigins": ["*"], "allowCredentials": true"#
        try await GatewayHarness.run(Self.configuration("HTTP", both)) { (gate) async throws in
            let response = try gate.get("/open/a", "Origin: https://x.example\r\n")
            #expect(!response.names.contains { $0.hasPrefix("access-control-") })
        }
    }

    @Test("A REST API has an OPTIONS method for each resource that has none, and changes no other answer")
    func rest() async throws {
        let own = #", "OPTIONS /own": { "authorizationType": "NONE", "integration": "it" }"#
        try await GatewayHarness.run(Self.configuration("REST", Self.usual, routes: own)) { (gate) async throws in
            let response = try preflight(gate, "/guarded/a")
            #expect(response.status == 200 && response.text.isEmpty)
            #expect(response.values("access-control-allow-origin") == ["https://app.example"])
            #expect(response.values("access-control-allow-methods") == ["GET,POST"])
            #expect(response.values("content-type") == ["application/json"])
            // Also beside ANY, whose verb is less exact.
            #expect(try preflight(gate, "/open/a").status == 200)
            #expect(gate.received.isEmpty)
            #expect(try preflight(gate, "/own").values("access-control-allow-origin").isEmpty)
            #expect(gate.received.count == 1)
            #expect(try preflight(gate, "/nothing").status == 403)
            let refused = try gate.get("/guarded/a", "Origin: https://app.example\r\n")
            #expect(refused.status == 401 && refused.values("access-control-allow-origin").isEmpty)
        }
    }

    @Test("A REST API's resource policy is asked for preflights, too")
    func resourcePolicy() async throws {
        var configuration = Configuration()
        configuration.top = ", \"cors\": { \"allowOrigins\": [\"*\"] }"
        configuration.api =
            #", "policy": { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*/*/open/*" } ] }"#
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try preflight(gate, "/open/a").status == 200)
            #expect(try preflight(gate, "/guarded/a").status == 403)
        }
    }
}
