import TestSupport
import Testing

@Suite("Answers of an HTTP API")
struct HttpAnswerTests {
    private func run(_ body: (GatewayHarness) async throws -> Void) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-http.jsonc"), body)
    }

    @Test("401 has no content type and no error type")
    func unauthorized() async throws {
        try await run { (gate) async throws in
            for token in [nil, try Crew.tampered(), try Crew.expired(), "x"] {
                let response = try gate.get("/admin", token: token)
                #expect(response.status == 401)
                #expect(response.text == #"{"message":"Unauthorized"}"#)
                #expect(response.names == ["date", "content-length", "apigw-requestid"])
            }
            #expect(gate.received.isEmpty)
        }
    }

    @Test("403 is Forbidden for every kind of deny")
    func forbidden() async throws {
        try await run { (gate) async throws in
            for token in [try Crew.cadet(), try Crew.passenger()] {
                let response = try gate.get("/admin/x", token: token)
                #expect(response.status == 403)
                #expect(response.text == #"{"message":"Forbidden"}"#)
                #expect(response.names == ["date", "content-type", "content-length", "apigw-requestid"])
                #expect(response.values("content-type") == ["application/json"])
            }
            #expect(gate.received.isEmpty)
        }
    }

    @Test("No route is 404")
    func notFound() async throws {
        try await run { (gate) async throws in
            let response = try gate.get("/nothing")
            #expect(response.status == 404)
            #expect(response.text == #"{"message":"Not Found"}"#)
            #expect(response.names == ["date", "content-type", "content-length", "apigw-requestid"])
            #expect(gate.received.isEmpty)
        }
    }

    @Test("A refused HEAD has no body")
    func head() async throws {
        try await run { (gate) async throws in
            let client = try gate.client()
            let response = try client.ask("HEAD /admin HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 401)
            #expect(try client.ask("GET /open HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test("An admitted request carries the principal and, as on AWS, its token")
    func admitted() async throws {
        try await run { (gate) async throws in
            let token = try Crew.captain()
            let response = try gate.get("/admin/x", token: token, "X-Principal: forged\r\n", method: "OPTIONS")
            #expect(response.status == 200)
            let request = try #require(gate.received.first)
            #expect(request.method == "OPTIONS")
            #expect(request.values("X-Principal") == ["u-200"])
            #expect(request.values("Authorization") == ["Bearer \(token)"])
            #expect(request.values("Forwarded") == ["for=127.0.0.1;host=gate.example;proto=http"])
        }
    }

    @Test("/x/ is another route than /x and yet guarded by it")
    func trailingSlash() async throws {
        // An open $default would take /admin/ and /ships/7/ if the guard did not.
        let text = try Fixture.text("gateway/fleet-http.jsonc")
            .replacing(
                "\"GET /open\"",
                with: "\"$default\": { \"authorizationType\": \"NONE\", \"integration\": \"open\" },\n    \"GET /open\""
            )
        try await GatewayHarness.run(text) { (gate) async throws in
            for path in ["/admin/", "/ships/7/", "/admin/users/"] {
                #expect(try gate.get(path).status == 401, "\(path)")
                #expect(try gate.get(path, token: Crew.cadet()).status == 403, "\(path)")
            }
            #expect(gate.received.isEmpty)
            #expect(try gate.get("/ships/7/", token: Crew.captain()).status == 200)
            #expect(gate.received.map(\.target) == ["/ships/7/"])
            #expect(try gate.get("/anything").status == 200)
        }
    }

    @Test(
        "A path that others read as a guarded one is refused as ambiguous",
        arguments: ["/ADMIN", "/Admin/x", "/admin;v=1"])
    func ambiguous(_ path: String) async throws {
        let text = try Fixture.text("gateway/fleet-http.jsonc")
            .replacing(
                "\"GET /open\"",
                with: "\"$default\": { \"authorizationType\": \"NONE\", \"integration\": \"open\" },\n    \"GET /open\""
            )
        try await GatewayHarness.run(text) { (gate) async throws in
            let response = try gate.get(path)
            #expect(response.status == 400)
            #expect(response.text == #"{"message":"Bad Request"}"#)
            #expect(gate.received.isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains(#""reason":"path_ambiguous""#) == true)
        }
    }
}

extension String {
    /// The text with the first occurrence of a passage replaced.
    func replacing(_ old: String, with new: String) throws -> String {
        let range = try #require(firstRange(of: old), "\(old)")
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
