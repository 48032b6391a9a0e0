import Gateway
import TestSupport
import Testing

@Suite("The cache of authorizer results")
struct FunctionCacheTests {
    private static func configuration(_ type: String = "REST", ttl: Int? = 300, route: String = "ANY /x/{p+}") -> String
    {
        let isREST = type == "REST"
        let source = isREST ? "\"method.request.header.Authorization\"" : "[\"$request.header.Authorization\"]"
        let seconds = ttl.map { ", \"authorizerResultTtlInSeconds\": \($0)" } ?? ""
        return """
            {
              "version": 1,
              "api": { "type": "\(type)", "defaultStage": "\(isREST ? "dev" : "$default")" },
              "server": { "listen": "${env:LISTEN}", "workers": 2 },
              "authorizers": { "f": { "type": "\(isREST ? "TOKEN" : "REQUEST")", "identitySource": \(source),
                "authorizerUri": "${env:BACKEND}/2015-03-31/functions/auth/invocations"\(seconds) } },
              "routes": { "\(route)": { "authorizer": "f",
                "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } } }
            }
            """
    }

    private static let script: StubBackend.Script = { request in
        .answer(200, body: request.target == "/up" ? "up" : FunctionPolicy.allow)
    }

    private func calls(_ gate: GatewayHarness) -> Int { gate.received.count { $0.target != "/up" } }

    @Test(
        "The function is asked again exactly when the time to live has passed",
        arguments: [("REST", 300), ("HTTP", 300), ("REST", 1), ("HTTP", 3600), ("REST", nil)] as [(String, Int?)])
    func expiry(_ type: String, _ ttl: Int?) async throws {
        try await GatewayHarness.run(Self.configuration(type, ttl: ttl), script: Self.script) {
            (gate) async throws in
            // AWS's default for REST.
            let seconds = Int64(ttl ?? 300)
            for round in 1...3 {
                // New connections, so that both workers are asked.
                for _ in 0..<4 { #expect(try gate.get("/x/1", token: "a").status == 200) }
                #expect(calls(gate) == round)
                gate.clock.advance(seconds: seconds - 1)
                #expect(try gate.get("/x/2", token: "a").status == 200)
                #expect(calls(gate) == round)
                gate.clock.advance(seconds: 1)
            }
            #expect(gate.received.count == 3 * 5 + 3)
        }
    }

    @Test("With a time to live of 0 the function is asked for each request")
    func off() async throws {
        for type in ["REST", "HTTP"] {
            try await GatewayHarness.run(Self.configuration(type, ttl: 0), script: Self.script) {
                (gate) async throws in
                for _ in 0..<5 { #expect(try gate.get("/x/1", token: "a").status == 200) }
                #expect(calls(gate) == 5)
            }
        }
    }

    @Test("After a flush the function is asked again, by whatever it has learnt meanwhile")
    func flush() async throws {
        try await GatewayHarness.run(Self.configuration(), script: Self.script) { (gate) async throws in
            for token in ["a", "b", "a", "b"] { #expect(try gate.get("/x/1", token: token).status == 200) }
            #expect(calls(gate) == 2)
            gate.backend.journal.follow { request in
                request.target == "/up"
                    ? .answer(200)
                    : .answer(
                        200, fields: "X-Amz-Function-Error: Handled\r\n", body: #"{"errorMessage":"Unauthorized"}"#)
            }
            #expect(try gate.get("/x/1", token: "a").status == 200)
            #expect(gate.service.flushAuthorizerResults() == 2)
            for token in ["a", "b"] { #expect(try gate.get("/x/1", token: token).status == 401) }
            #expect(calls(gate) == 4)
        }
    }

    @Test("An answer that was under way during the flush serves its own request and is not kept")
    func overtaken() async throws {
        try await GatewayHarness.run(
            Self.configuration(), script: { $0.target == "/up" ? .answer(200) : .held(200, body: FunctionPolicy.allow) }
        ) { (gate) async throws in
            let early = try gate.client()
            let request = "GET /x/1 HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\n\r\n"
            early.send(request)
            try await gate.reach { gate.received.count == 1 }
            gate.service.flushAuthorizerResults()
            gate.backend.journal.follow { _ in .answer(200, body: FunctionPolicy.answer(principal: "p", "")) }
            await gate.backend.release()
            #expect(try early.read().status == 200)
            // No statement: the new answer denies.
            #expect(try gate.ask(request).status == 403)
        }
    }

    @Test("What was said under one configuration never answers for the next")
    func reload() async throws {
        try await GatewayHarness.run(Self.configuration(), script: Self.script) { (gate) async throws in
            for _ in 0..<2 { #expect(try gate.get("/x/1", token: "a").status == 200) }
            #expect(calls(gate) == 1)
            try await gate.reload(Self.configuration(ttl: 200))
            for _ in 0..<2 { #expect(try gate.get("/x/1", token: "a").status == 200) }
            #expect(calls(gate) == 2)
            try await gate.reload(Self.configuration(ttl: 200))
            #expect(try gate.get("/x/1", token: "a").status == 200)
            #expect(calls(gate) == 3)
        }
    }
}
