import TestSupport
import Testing

@Suite("A resource policy on the wire")
struct ResourcePolicyTests {
    private static func configuration(_ statements: String, members: String = "") -> String {
        """
        {
          "version": 1,
          "api": { "type": "REST", "apiId": "a1b2c3d4e5", "region": "eu-west-1", "accountId": "123456789012",
                   "defaultStage": "dev",
                   "policy": { "Version": "2012-10-17", "Statement": [\(statements)] } },
          "server": { "listen": "${env:LISTEN}" },
          "stages": { "dev": { "debug": true } },
          "authorizers": {
            "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                   "authorizerUri": "${env:BACKEND}/2015-03-31/functions/auth/invocations" }
          },
          "routes": {
            "GET /": { "authorizationType": "NONE", "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } },
            "GET /open": { "authorizationType": "NONE", "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } },
            "GET /guarded": { "authorizer": "f", "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } }
          }
        }
        """
    }

    private static func statement(_ effect: String, _ resource: String, _ more: String = "") -> String {
        """
        { "Sid": "\(effect)It", "Effect": "\(effect)", "Principal": "*", "Action": "execute-api:Invoke",
          "Resource": "\(resource)"\(more) }
        """
    }

    /// The authorizer's function answers with these statements; everything else is the backend.
    private static func function(_ statements: String) -> StubBackend.Script {
        { request in
            guard request.target.contains("/auth/") else { return .answer(200, body: "up") }
            return .answer(
                200,
                body: #"{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[\#(statements)]}}"#)
        }
    }

    private static func own(_ effect: String) -> String {
        #"{"Effect":"\#(effect)","Action":"execute-api:Invoke","Resource":"*"}"#
    }

    private func message(_ path: String, _ end: String = "") -> String {
        #"{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: "#
            + #"arn:aws:execute-api:eu-west-1:********9012:a1b2c3d4e5/dev/GET/\#(path)\#(end)"}"#
    }

    @Test("A public route is refused to the byte, and the backend hears nothing")
    func publicRoute() async throws {
        let policy = Self.statement("Allow", "execute-api:/dev/GET/open")
        try await GatewayHarness.run(Self.configuration(policy)) { (gate) async throws in
            let refused = try gate.get("/")
            #expect(refused.status == 403)
            #expect(refused.text == message(""))
            #expect(refused.values("x-amzn-errortype") == ["AccessDeniedException"])
            #expect(refused.values("content-type") == ["application/json"])
            #expect(
                refused.values("x-gatehouse-decision") == ["deny; reason=resource_policy_implicit_deny"])
            #expect(gate.received.isEmpty)
            let open = try gate.get("/open")
            #expect(open.status == 200)
            #expect(open.values("x-gatehouse-decision") == ["allow; statement=AllowIt"])
            #expect(gate.received.count == 1)
            await gate.stopGateway()
            let lines = gate.log.text
            #expect(
                lines.contains(
                    #""decision":"deny","reason":"resource_policy_implicit_deny","decision_kind":"implicitDeny","resource_policy":"implicitDeny""#
                ), "\(lines)")
            #expect(
                lines.contains(#""decision_kind":"allow","statement":"AllowIt","resource_policy":"allow""#), "\(lines)")
        }
    }

    @Test("The caller's address decides")
    func sourceIP() async throws {
        let policy =
            Self.statement("Allow", "execute-api:/*") + ","
            + Self.statement(
                "Deny", "execute-api:/*", #", "Condition": { "IpAddress": { "aws:SourceIp": "127.0.0.7/32" } }"#)
        try await GatewayHarness.run(Self.configuration(policy)) { (gate) async throws in
            let request = "GET /open HTTP/1.1\r\nHost: gate.example\r\n\r\n"
            let refused = try gate.client(from: [127, 0, 0, 7]).ask(request)
            #expect(refused.status == 403)
            #expect(refused.text == message("open", " with an explicit deny"))
            #expect(gate.received.isEmpty)
            #expect(try gate.client(from: [127, 0, 0, 8]).ask(request).status == 200)
            // An address that the client only claims is not believed.
            let forged = "GET /open HTTP/1.1\r\nHost: gate.example\r\nX-Forwarded-For: 127.0.0.8\r\n\r\n"
            #expect(try gate.client(from: [127, 0, 0, 7]).ask(forged).status == 403)
        }
    }

    @Test("A Deny of the resource policy comes before the authorizer's function is asked")
    func denyFirst() async throws {
        let policy = Self.statement("Allow", "*") + "," + Self.statement("Deny", "execute-api:/dev/GET/guarded")
        try await GatewayHarness.run(
            Self.configuration(policy), script: Self.function(Self.own("Allow"))
        ) { (gate) async throws in
            for token in ["t", nil] {
                let refused = try gate.get("/guarded", token: token)
                #expect(refused.status == 403)
                #expect(refused.text == message("guarded", " with an explicit deny"))
            }
            #expect(gate.received.isEmpty)
        }
    }

    /// What the function says, what the resource policy says, and what the client is told.
    static let combinations: [(function: String, resource: String, status: Int, body: String)] = [
        (own("Allow"), "", 200, "up"),
        (own("Allow"), statement("Allow", "*"), 200, "up"),
        ("", statement("Allow", "*"), 200, "up"),
        ("", "", 403, #"{"Message":"User is not authorized to access this resource"}"#),
        (
            own("Deny"), statement("Allow", "*"), 403,
            #"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#
        ),
        (
            own("Deny"), "", 403,
            #"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#
        ),
    ]

    @Test("A function's policy and the resource policy are judged together", arguments: combinations.indices)
    func together(_ index: Int) async throws {
        let (function, resource, status, body) = Self.combinations[index]
        try await GatewayHarness.run(
            Self.configuration(resource), script: Self.function(function)
        ) { (gate) async throws in
            // The second comes from the cache.
            for _ in 0..<2 {
                let response = try gate.get("/guarded", token: "t")
                #expect(response.status == status)
                #expect(response.text == body)
            }
            #expect(gate.received.count { $0.target.contains("/auth/") } == 1)
            #expect(try gate.get("/guarded").status == 401)
        }
    }

    @Test("An HTTP API has no resource policy: it is refused")
    func httpAPI() async throws {
        let text = """
            { "version": 1, "api": { "type": "HTTP", "policy": { "Statement": [] } }, "server": { "listen": "${env:LISTEN}" },
              "routes": {} }
            """
        let refused = try await #require(throws: GatewayHarness.Refused.self) {
            try await GatewayHarness.run(text) { _ in }
        }
        #expect(refused.description.contains("GH2108"))
        #expect(refused.description.contains("\"policy\" is for REST APIs"))
    }

    @Test("The policy may lie in a file")
    func file() async throws {
        let policy = #"{"Version":"2012-10-17","Statement":[\#(Self.statement("Allow", "execute-api:/dev/GET/open"))]}"#
        let inline = "\"policy\": { \"Version\": \"2012-10-17\", \"Statement\": [] }"
        let text = try Self.configuration("").replacing(inline, with: "\"policy\": \"${file:policy.json}\"")
        try await GatewayHarness.run(text, files: ["policy.json": Array(policy.utf8)]) { (gate) async throws in
            #expect(try gate.get("/open").status == 200)
            #expect(try gate.get("/").status == 403)
        }
    }
}
