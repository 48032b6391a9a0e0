import TestSupport
import Testing

@Suite("Answers of a REST API")
struct RestAnswerTests {
    private func run(
        script: @escaping StubBackend.Script = { _ in .answer(200, body: "ships") },
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc"), script: script, body)
    }

    private func expect(
        _ response: RawResponse, _ status: Int, _ errorType: String, _ body: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(response.status == status, sourceLocation: sourceLocation)
        #expect(response.text == body, sourceLocation: sourceLocation)
        #expect(response.values("x-amzn-ErrorType") == [errorType], sourceLocation: sourceLocation)
        #expect(response.values("content-type") == ["application/json"], sourceLocation: sourceLocation)
        #expect(response.values("content-length") == ["\(body.utf8.count)"], sourceLocation: sourceLocation)
        #expect(
            response.names == [
                "date", "content-type", "content-length", "connection", "x-amzn-requestid", "x-amzn-errortype",
                "x-amz-apigw-id",
            ], sourceLocation: sourceLocation)
    }

    enum Refused: String, CaseIterable {
        case missing, tampered, expired, garbage, twice, basic
    }

    @Test(
        "Without one good token the answer is 401 Unauthorized and the backend hears nothing",
        arguments: Refused.allCases)
    func unauthorized(_ kind: Refused) async throws {
        try await run { (gate) async throws in
            let lines =
                switch kind {
                case .missing: ""
                case .tampered: "Authorization: Bearer \(try Crew.tampered())\r\n"
                case .expired: "Authorization: Bearer \(try Crew.expired())\r\n"
                case .garbage: "Authorization: Bearer ###.%%%.$$$\r\n"
                case .twice:
                    "Authorization: Bearer \(try Crew.captain())\r\nAuthorization: Bearer \(try Crew.captain())\r\n"
                case .basic: "Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n"
                }
            let response = try gate.get("/ships", lines)
            expect(response, 401, "UnauthorizedException", #"{"message":"Unauthorized"}"#)
            #expect(response.values("connection") == ["keep-alive"])
            #expect(gate.received.isEmpty)
        }
    }

    @Test("A Deny statement is told as an explicit deny")
    func explicitDeny() async throws {
        try await run { (gate) async throws in
            expect(
                try gate.get("/ships/42", token: Crew.cadet(), method: "DELETE"), 403, "AccessDeniedException",
                #"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#
            )
            #expect(gate.received.isEmpty)
        }
    }

    @Test("What no statement allows is told as an implicit deny")
    func implicitDeny() async throws {
        try await run { (gate) async throws in
            let body = #"{"Message":"User is not authorized to access this resource"}"#
            expect(
                try gate.get("/ships/42", token: Crew.passenger(), method: "DELETE"), 403, "AccessDeniedException", body
            )
            // Not even the captain: no statement names PUT.
            expect(try gate.get("/ships/42", token: Crew.captain(), method: "PUT"), 403, "AccessDeniedException", body)
            #expect(gate.received.isEmpty)
        }
    }

    @Test(
        "An unknown path or method is 403 Missing Authentication Token, with a token or without",
        arguments: [true, false])
    func noRoute(withToken: Bool) async throws {
        try await run { (gate) async throws in
            let token = withToken ? try Crew.captain() : nil
            for (method, path) in [("GET", "/ship"), ("GET", "/ships/42/crew"), ("PATCH", "/ships"), ("GET", "/")] {
                expect(
                    try gate.get(path, token: token, method: method), 403, "MissingAuthenticationTokenException",
                    #"{"message":"Missing Authentication Token"}"#)
            }
            #expect(gate.received.isEmpty)
        }
    }

    @Test("A refused HEAD has the fields of the answer and no body")
    func head() async throws {
        try await run { (gate) async throws in
            let client = try gate.client()
            let response = try client.ask("HEAD /ships HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 401)
            #expect(response.body.isEmpty)
            // Nothing of a body may stand before the next answer.
            #expect(try client.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").text == #"{"ok":true}"#)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("An admitted HEAD brings the backend's length without a body")
    func admittedHead() async throws {
        try await run { (gate) async throws in
            let client = try gate.client()
            let token = try Crew.captain()
            let response = try client.ask("HEAD /ships HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
            #expect(response.status == 200)
            #expect(response.values("content-length") == ["5"])
            #expect(try client.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test("An admitted request arrives with the claims as headers, without forged copies and without the token")
    func admitted() async throws {
        try await run(script: { _ in .answer(201, fields: "X-Ship: Voyager\r\n", body: "made") }) {
            (gate) async throws in
            let response = try gate.get(
                "/ships?b=2&a=1", token: Crew.captain(),
                "X-Principal: admin\r\nX-Rank: admiral\r\nX-Source: me\r\nX-Claim-Any: 1\r\nX-Trace: t1\r\n")
            #expect(response.status == 201)
            #expect(response.text == "made")
            #expect(response.values("x-ship") == ["Voyager"])
            #expect(response.values("x-amzn-errortype").isEmpty)
            #expect(response.values("x-amzn-requestid").count == 1)
            let request = try #require(gate.received.first)
            #expect(gate.received.count == 1)
            #expect(request.method == "GET")
            #expect(request.target == "/ships?b=2&a=1")
            #expect(request.values("X-Principal") == ["u-200"])
            #expect(request.values("X-Rank") == ["captain"])
            #expect(request.values("X-Source") == ["gate"])
            #expect(request.values("X-Trace") == ["t1"])
            #expect(request.values("X-Claim-Any").isEmpty)
            #expect(request.values("Authorization").isEmpty)
            #expect(request.values("Host") == ["127.0.0.1:\(gate.backend.port)"])
            #expect(request.values("X-Forwarded-For") == ["127.0.0.1"])
            #expect(request.values("X-Forwarded-Host") == ["gate.example"])
            #expect(request.values("X-Forwarded-Proto") == ["http"])
            #expect(request.values("X-Forwarded-Port") == ["\(gate.port)"])
        }
    }

    @Test("A body goes to the backend byte for byte, by length and in chunks")
    func body() async throws {
        try await run { (gate) async throws in
            let client = try gate.client()
            let token = try Crew.captain()
            let head = "POST /ships HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
            #expect(try client.ask(head + "Content-Length: 5\r\n\r\nab\0cd").status == 200)
            #expect(
                try client.ask(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\n\0cd\r\n0\r\n\r\n").status
                    == 200)
            #expect(gate.received.map(\.body) == [Array("ab\0cd".utf8), Array("ab\0cd".utf8)])
        }
    }

    @Test("A public MOCK route answers by itself")
    func mock() async throws {
        try await run { (gate) async throws in
            let response = try gate.get("/health")
            #expect(response.status == 200)
            #expect(response.text == #"{"ok":true}"#)
            #expect(response.values("content-type") == ["application/json"])
            #expect(gate.received.isEmpty)
        }
    }

    @Test("Pipelined requests are answered in order, each by its own decision")
    func pipelined() async throws {
        try await run(script: { .answer(200, body: $0.target) }) { (gate) async throws in
            let client = try gate.client()
            let token = try Crew.captain()
            let authorization = "Host: a\r\nAuthorization: Bearer \(token)\r\n\r\n"
            client.send(
                "GET /ships/1 HTTP/1.1\r\n\(authorization)GET /ships HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /ships/2 HTTP/1.1\r\n\(authorization)")
            let answers = try (0..<4).map { _ in try client.read() }
            #expect(answers.map(\.status) == [200, 401, 200, 200])
            #expect(answers[0].text == "/ships/1")
            #expect(answers[3].text == "/ships/2")
        }
    }
}
