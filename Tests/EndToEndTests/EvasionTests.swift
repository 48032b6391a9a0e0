import TestSupport
import Testing

/// Requests that mean one thing to the gateway and another to a careless backend.
@Suite("Ways around a guard")
struct EvasionTests {
    private static let public200 = """
        , "$default": { "authorizationType": "NONE", "integration": "it" }
        """

    @Test(
        "A method in other letters, or one that no rule can name, is refused where anything else is let through",
        arguments: ["delete", "Delete", "get", "FOO", "PROPFIND"])
    func methods(_ method: String) async throws {
        var configuration = Configuration.http
        configuration.guarded = "DELETE /thing"
        configuration.open = "ANY /thing"
        configuration.routes = Self.public200
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            for path in ["/thing", "/x"] {
                let response = try gate.get(path, method: method)
                #expect(response.status == 405)
                #expect(response.text == #"{"message":"Method Not Allowed"}"#)
            }
            #expect(gate.received.isEmpty)
            #expect(try gate.get("/thing", method: "DELETE").status == 401)
            #expect(try gate.get("/thing", method: "PATCH").status == 200)
        }
    }

    @Test(
        "Neither other letters nor a slash at the end lead past a guard, nor both together",
        arguments: [
            ("/z", 401), ("/z/", 401), ("/Z", 400), ("/z;a", 400), ("/Z/", 400), ("/z./", 400), ("/y", 200),
            ("/Y/", 200),
        ])
    func letters(_ path: String, _ status: Int) async throws {
        var configuration = Configuration.http
        configuration.guarded = "GET /z"
        configuration.routes = Self.public200
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get(path).status == status)
            #expect(gate.received.isEmpty == (status != 200))
        }
    }

    @Test(
        "A policy's Deny holds for what a careless backend makes of the path",
        arguments: [
            ("/guarded/admin", 403), ("/guarded/Admin", 400), ("/guarded/admin;a", 400), ("/guarded/Admin/x", 400),
            ("/guarded/Other", 200),
        ])
    func denies(_ path: String, _ status: Int) async throws {
        var configuration = Configuration()
        configuration.policy = """
            { "effect": "Allow", "resources": ["*"] },
            { "effect": "Deny", "resources": ["GET/guarded/admin", "GET/guarded/admin/*"] }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get(path, token: try Crew.captain()).status == status)
            #expect(gate.received.isEmpty == (status != 200))
        }
    }

    @Test(
        "A slash at the end leads past no Deny",
        arguments: ["REST", "HTTP"],
        [
            ("/guarded/admin", 403), ("/guarded/admin/", 400), ("/guarded/admin//", 400), ("/guarded/Admin/", 400),
            ("/guarded/admin/x", 200), ("/guarded/other/", 200), ("/guarded/", 200),
        ])
    func deniesWithSlash(_ type: String, _ place: (path: String, status: Int)) async throws {
        var configuration = Configuration(type: type)
        configuration.guarded = "ANY /{proxy+}"
        configuration.policy = """
            { "effect": "Allow", "resources": ["*"] }, { "effect": "Deny", "resources": ["GET/guarded/admin"] }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get(place.path, token: try Crew.captain()).status == place.status)
            #expect(gate.received.isEmpty == (place.status != 200))
        }
    }

    @Test(
        "What an Allow of a function leaves out by NotResource stays out under other letters",
        arguments: [
            ("/x/admin", 403), ("/x/Admin", 400), ("/x/admin;a", 400), ("/x/admin/", 400), ("/x/Other", 200),
            ("/x/other/", 200),
        ])
    func excluded(_ path: String, _ status: Int) async throws {
        let text = """
            {
              "version": 1,
              "api": { "type": "REST", "defaultStage": "dev" },
              "server": { "listen": "${env:LISTEN}" },
              "authorizers": { "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                "authorizerUri": "${env:BACKEND}/2015-03-31/functions/auth/invocations" } },
              "routes": { "ANY /x/{p+}": { "authorizer": "f",
                "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } } }
            }
            """
        let answer = """
            { "principalId": "p", "policyDocument": { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
              "Action": "execute-api:Invoke", "NotResource": "arn:aws:execute-api:*:*:*/dev/GET/x/admin" } ] } }
            """
        let script: StubBackend.Script = { request in
            .answer(200, body: request.target == "/up" ? "up" : answer)
        }
        try await GatewayHarness.run(text, script: script) { (gate) async throws in
            #expect(try gate.get(path, token: "a").status == status)
            #expect(gate.received.contains { $0.target == "/up" } == (status == 200))
        }
    }

    @Test(
        "A value mapped into the path stays one segment",
        arguments: [
            ("7", 200, "/items/7"), ("a%2Fb", 200, "/items/a%2Fb"), ("../admin", 200, "/items/..%2Fadmin"),
            ("..", 500, ""), ("%2e%2e", 500, ""), (".", 500, ""), ("%252e%252e", 200, "/items/%252e%252e"),
            ("x?y%23z", 200, "/items/x%3Fy%23z"),
        ])
    func mappedPath(_ value: String, _ status: Int, _ expected: String) async throws {
        var configuration = Configuration()
        configuration.uri = "${env:BACKEND}/items/{id}"
        configuration.integration = """
            , "requestParameters": { "integration.request.path.id": "method.request.querystring.id" }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/q?id=\(value)").status == status)
            let paths = gate.received.map { $0.target.prefix { $0 != "?" } }
            #expect(paths == (status == 200 ? [expected[...]] : []))
        }
    }

    @Test(
        "A whole path made by a mapping is in normal form, or the request ends here",
        arguments: [("a", 200), ("../admin", 500), ("a/./b", 500), ("%2e%2e/x", 500)])
    func wholePath(_ value: String, _ status: Int) async throws {
        var configuration = Configuration.http
        configuration.integration = """
            , "requestParameters": { "overwrite:path": "/v1/$request.querystring.p" }
            """
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/q?p=\(value)").status == status)
            #expect(gate.received.isEmpty == (status != 200))
        }
    }

    @Test("An answer to HEAD that the client asked for with GET cannot swallow the next one")
    func headForGet() async throws {
        var configuration = Configuration()
        configuration.integration = ", \"httpMethod\": \"HEAD\""
        try await GatewayHarness.run(configuration.text, script: { _ in .answer(200, body: "twelve bytes") }) {
            (gate) async throws in
            let client = try gate.client()
            for _ in 0..<2 {
                let response = try client.ask("GET /open/a HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response.status == 200)
                #expect(response.text.isEmpty)
                #expect(response["Content-Length"] == "0")
            }
            #expect(gate.received.map(\.method) == ["HEAD", "HEAD"])
        }
    }

    @Test(
        "Fields by which proxies name the caller do not pass from clients",
        arguments: [
            "X-Forwarded-User", "X-Forwarded-Groups", "X-Forwarded-Prefix", "X-Forwarded-Uri", "x-forwarded-method",
            "X-Forwarded-SSL",
        ])
    func forwardedIdentity(_ name: String) async throws {
        try await GatewayHarness.run(Configuration().text) { (gate) async throws in
            #expect(try gate.get("/open/a", "\(name): root\r\n").status == 200)
            #expect(gate.received.map { $0[name] } == [nil])
        }
    }

    @Test("A slash at the end asks the bare path's authorizer too, but the caller is whom the route's own one names")
    func twoAuthorizers() async throws {
        var configuration = Configuration.http
        configuration.guarded = "GET /z"
        configuration.integration = """
            , "requestParameters": { "overwrite:header.x-principal": "$context.authorizer.principalId" }
            """
        configuration.keys += #", "two": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" }"#
        configuration.routes = """
            , "$default": { "authorizer": "own", "integration": "it" }
            """
        let own = """
            "own": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
                     "jwt": { "keys": ["hs"], "issuer": null, "audience": null }, "principalId": "$claims.rank",
                     "policy": [ { "effect": "Allow", "resources": ["*"] } ] },
            "session": {
            """
        let text = configuration.text.split(separator: "\"session\": {", maxSplits: 1).joined(separator: own)
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try gate.get("/z/", token: try Crew.captain()).status == 200)
            #expect(try gate.get("/z", token: try Crew.captain()).status == 200)
            #expect(gate.received.map { $0["x-principal"] } == ["captain", "u-200"])
        }
    }
}
