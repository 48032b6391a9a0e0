import EventLoop
import Foundation
import Server
import TestSupport
import Testing

/// The stub backend stands for the functions too: it tells them apart by their path.
@Suite("Functions by URL")
struct FunctionTests {
    private static let policy = """
        {"principalId":"p-1","context":{"rank":"captain"},"policyDocument":{"Version":"2012-10-17","Statement":[
        {"Effect":"EFFECT","Action":"execute-api:Invoke","Resource":"*"}]}}
        """
    private static let uri = "${env:BACKEND}/2015-03-31/functions/auth/invocations"

    private static func configuration(_ type: String = "REST", _ members: String = "") -> String {
        let isREST = type == "REST"
        let source = isREST ? "\"method.request.header.Authorization\"" : "[\"$request.header.Authorization\"]"
        let stage = isREST ? "dev" : "$default"
        let mapping = isREST ? "integration.request.header.X-Rank" : "overwrite:header.x-rank"
        let value = isREST ? "context.authorizer.rank" : "$context.authorizer.rank"
        return """
            {
              "version": 1,
              "api": { "type": "\(type)", "defaultStage": "\(stage)" },
              "server": { "listen": "${env:LISTEN}" },
              "authorizers": {
                "f": { "type": "\(isREST ? "TOKEN" : "REQUEST")", "identitySource": \(source),
                       "authorizerUri": "\(uri)"\(members) }
              },
              "routes": {
                "ANY /guarded": { "authorizer": "f", "integration": {
                  "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up", "requestParameters": { "\(mapping)": "\(value)" } } },
                "ANY /fn": { "authorizationType": "NONE", "integration": {
                  "type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/back/invocations" } }
              }
            }
            """
    }

    private static func functions(
        auth: String = policy, back: String = #"{"statusCode":200}"#, error: Bool = false
    ) -> StubBackend.Script {
        { request in
            let fields = error ? "X-Amz-Function-Error: Unhandled\r\n" : ""
            if request.target.contains("/auth/") { return .answer(200, fields: fields, body: auth) }
            if request.target.contains("/back/") { return .answer(200, fields: fields, body: back) }
            return .answer(200, body: "up")
        }
    }

    @Test(
        "An authorizer's answers that are no allow let nothing through",
        arguments: [
            (#"{"errorMessage":"Unauthorized"}"#, true, 401, #"{"message":"Unauthorized"}"#),
            (#"{"errorMessage":"unauthorized"}"#, true, 500, #"{"message":null}"#),
            ("{}", false, 500, #"{"message":null}"#), ("null", false, 500, #"{"message":null}"#),
            ("\"Allow\"", false, 500, #"{"message":null}"#), ("{\"principalId\":", false, 500, #"{"message":null}"#),
        ])
    func refusals(_ answer: String, _ isError: Bool, _ status: Int, _ body: String) async throws {
        try await GatewayHarness.run(
            Self.configuration(), script: Self.functions(auth: answer, error: isError)
        ) { (gate) async throws in
            let response = try gate.get("/guarded", token: "t")
            #expect(response.status == status)
            #expect(response.text == body)
            #expect(gate.received.map(\.target) == ["/2015-03-31/functions/auth/invocations"])
        }
    }

    @Test("An explicit deny is told as such, and is kept like an allow")
    func deny() async throws {
        let answer = Self.policy.replacingOccurrences(of: "EFFECT", with: "Deny")
        try await GatewayHarness.run(Self.configuration(), script: Self.functions(auth: answer)) {
            (gate) async throws in
            for _ in 0..<3 { #expect(try gate.get("/guarded", token: "t").status == 403) }
            #expect(gate.received.count == 1)
        }
    }

    @Test("An allow is kept for its identity and no other, unless its time to live is 0", arguments: [300, 0])
    func cache(_ seconds: Int) async throws {
        let answer = Self.policy.replacingOccurrences(of: "EFFECT", with: "Allow")
        let members = ", \"authorizerResultTtlInSeconds\": \(seconds)"
        try await GatewayHarness.run(
            Self.configuration("REST", members), script: Self.functions(auth: answer)
        ) { (gate) async throws in
            for token in ["a", "b", "a", "b"] { #expect(try gate.get("/guarded", token: token).status == 200) }
            let calls = gate.received.filter { $0.target.contains("/auth/") }
            #expect(calls.count == (seconds == 0 ? 4 : 2))
            let passed = gate.received.filter { $0.target == "/up" }
            #expect(passed.map { $0["X-Rank"] } == ["captain", "captain", "captain", "captain"])
            #expect(String(decoding: calls[0].body, as: UTF8.self).contains("\"authorizationToken\":\"Bearer a\""))
        }
    }

    @Test(
        "A function that was asked for a client who has gone is given up, unless others may wait for its answer",
        arguments: [0, 300])
    func givenUp(_ seconds: Int) async throws {
        let listener = try ListeningSocket(.ipv4([127, 0, 0, 1], port: 0))
        let configuration = Self.configuration("REST", ", \"authorizerResultTtlInSeconds\": \(seconds)")
        try await GatewayHarness.run(configuration, backendPort: listener.address.port) { (gate) async throws in
            let deadline = MonotonicTime.now().advanced(milliseconds: 60_000)
            var client: RawClient? = try gate.client()
            client?.send("GET /guarded HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\n\r\n")
            guard LoopbackSocket.wait(listener.fd, readable: true, until: deadline),
                case .connection(let fd, _) = Socket.accept(listener.fd)
            else {
                Issue.record("the function was not asked")
                return
            }
            let function = LoopbackSocket(fd: fd)
            _ = function.receive(until: deadline)
            client?.socket.resetOnClose()
            client = nil
            #expect(gate.log.waitForLines(1).first?.contains("\"reason\":\"client_gone\"") == true)
            if seconds == 0 {
                var next = function.receive(until: deadline)
                while case .bytes = next { next = function.receive(until: deadline) }
                if case .late = next { Issue.record("the function is still waited for") }
                return
            }
            let answer = Self.policy.replacingOccurrences(of: "EFFECT", with: "Deny")
            function.send(
                Array("HTTP/1.1 200 OK\r\nContent-Length: \(answer.utf8.count)\r\n\r\n\(answer)".utf8), until: deadline)
            // Nobody accepts another connection: only the kept answer can give this one.
            #expect(try gate.get("/guarded", token: "t").status == 403)
        }
    }

    @Test("A token that does not match the expression is refused without asking")
    func expression() async throws {
        let answer = Self.policy.replacingOccurrences(of: "EFFECT", with: "Allow")
        let members = ", \"identityValidationExpression\": \"Bearer [a-z]+\""
        try await GatewayHarness.run(
            Self.configuration("REST", members), script: Self.functions(auth: answer)
        ) { (gate) async throws in
            #expect(try gate.get("/guarded", token: "x7").status == 401)
            #expect(try gate.get("/guarded", token: "xx yy").status == 401)
            #expect(gate.received.isEmpty)
            #expect(try gate.get("/guarded", token: "x").status == 200)
        }
    }

    @Test(
        "Event and answer have the form that the configuration names",
        arguments: [
            (", \"authorizerPayloadFormatVersion\": \"1.0\"", policy, "\"version\":\"1.0\"", 200),
            ("", policy, "\"version\":\"2.0\"", 200),
            (", \"enableSimpleResponses\": true", #"{"isAuthorized":true}"#, "\"version\":\"2.0\"", 200),
            (", \"enableSimpleResponses\": true", #"{"isAuthorized":false}"#, "\"version\":\"2.0\"", 403),
            ("", #"{"isAuthorized":true}"#, "\"version\":\"2.0\"", 500),
        ])
    func formats(_ members: String, _ answer: String, _ version: String, _ status: Int) async throws {
        let answer = answer.replacingOccurrences(of: "EFFECT", with: "Allow")
        try await GatewayHarness.run(
            Self.configuration("HTTP", members), script: Self.functions(auth: answer)
        ) { (gate) async throws in
            #expect(try gate.get("/guarded", token: "t").status == status)
            let event = String(decoding: gate.received.first?.body ?? [], as: UTF8.self)
            #expect(event.contains(version))
        }
    }

    @Test("A body is not invited before the function has decided")
    func noInvitation() async throws {
        let answer = Self.policy.replacingOccurrences(of: "EFFECT", with: "Deny")
        try await GatewayHarness.run(Self.configuration(), script: Self.functions(auth: answer)) {
            (gate) async throws in
            let response = try gate.get(
                "/guarded", token: "t", "Content-Length: 5\r\nExpect: 100-continue\r\n", method: "POST")
            #expect(response.status == 403)
        }
        let allow = Self.policy.replacingOccurrences(of: "EFFECT", with: "Allow")
        try await GatewayHarness.run(Self.configuration(), script: Self.functions(auth: allow)) {
            (gate) async throws in
            let response = try gate.get(
                "/guarded", token: "t", "Content-Length: 5\r\nExpect: 100-continue\r\n", method: "POST")
            #expect(response.status == 100)
        }
    }

    @Test(
        "A body that is larger than API Gateway takes is refused and never kept, whatever the server allows",
        arguments: ["Content-Length: 10485761\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nA00001\r\n"])
    func largeBody(_ framing: String) async throws {
        let text = Self.configuration().replacingOccurrences(
            of: "\"listen\": \"${env:LISTEN}\"", with: "\"listen\": \"${env:LISTEN}\", \"limits\": { \"bodyBytes\": 0 }"
        )
        try await GatewayHarness.run(text, script: Self.functions()) { (gate) async throws in
            let client = try gate.client()
            client.send("POST /fn HTTP/1.1\r\nHost: a\r\n\(framing)")
            // The announced length is enough; chunks are counted.
            let isChunked = framing.contains("chunked")
            client.send([UInt8](repeating: 0x7A, count: isChunked ? 10_485_761 : 10))
            let response = try client.read()
            #expect(response.status == 413)
            #expect(response.text == #"{"message":"Request Too Long"}"#)
            #expect(gate.received.isEmpty)
            #expect(gate.log.waitForLines(1).first?.contains("\"reason\":\"body_too_large\"") == true)
        }
    }

    @Test("A broken body is told to the client, and the log says so")
    func brokenBody() async throws {
        try await GatewayHarness.run(Self.configuration(), script: Self.functions()) { (gate) async throws in
            let response = try gate.get("/fn", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", method: "POST")
            #expect(response.status == 400)
            #expect(gate.received.isEmpty)
            let line = gate.log.waitForLines(2).first { $0.contains("\"msg\":\"request\"") } ?? ""
            #expect(line.contains("\"status\":400"), "\(line)")
            #expect(!line.contains("client_gone"), "\(line)")
        }
    }

    @Test(
        "AWS_PROXY answers with what the function says, or says that it said nothing useful",
        arguments: [
            (#"{"statusCode":201,"headers":{"X-A":"b"},"body":"made"}"#, 201, "made", "b"),
            (#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#, 200, "aGk=", nil),
            (#"{"status":200}"#, 502, #"{"message": "Internal server error"}"#, nil),
            ("oops", 502, #"{"message": "Internal server error"}"#, nil),
            (
                #"{"statusCode":200,"headers":{"X-A":"b\r\nX-B: c"}}"#, 502, #"{"message": "Internal server error"}"#,
                nil
            ),
        ] as [(String, Int, String, String?)])
    func proxy(_ answer: String, _ status: Int, _ body: String, _ header: String?) async throws {
        try await GatewayHarness.run(Self.configuration(), script: Self.functions(back: answer)) {
            (gate) async throws in
            let response = try gate.get("/fn?a=1", "Content-Length: 2\r\n\r\nhi", method: "POST")
            #expect(response.status == status)
            #expect(response.text == body)
            #expect(response["X-A"] == header)
            let event = String(decoding: gate.received.first?.body ?? [], as: UTF8.self)
            #expect(event.contains("\"queryStringParameters\":{\"a\":\"1\"}"))
            #expect(event.contains("\"body\":\"hi\""))
        }
    }
}

@Suite("JWT authorizers of HTTP APIs")
struct JWTAuthorizerTests {
    private static let text = """
        {
          "version": 1,
          "api": { "type": "HTTP", "defaultStage": "$default" },
          "server": { "listen": "${env:LISTEN}" },
          "keys": { "hs": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" } },
          "authorizers": {
            "j": { "type": "JWT", "identitySource": ["$request.header.Authorization"],
                   "jwtConfiguration": { "issuer": "https://login.example", "audience": ["fleet"] },
                   "jwt": { "keys": ["hs"], "algorithms": ["HS256"] } }
          },
          "routes": {
            "GET /plain": { "authorizer": "j", "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } },
            "GET /scoped": { "authorizer": "j", "authorizationScopes": ["read", "a\\"b"],
                             "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up" } }
          }
        }
        """

    @Test("Audience, scopes and time are demanded, and the challenge says what is missing")
    func demands() async throws {
        try await GatewayHarness.run(Self.text) { (gate) async throws in
            func challenge(_ path: String, _ token: String?) throws -> String {
                let response = try gate.get(path, token: token)
                return "\(response.status) \(response["WWW-Authenticate"] ?? "-")"
            }
            #expect(try challenge("/plain", nil) == "401 Bearer")
            #expect(
                try challenge("/plain", try Crew.expired())
                    == #"401 Bearer scope="" error="invalid_token" error_description="the token has expired""#)
            let wrong = try Crew.token("u", rank: "captain", audience: "other")
            #expect(
                try challenge("/plain", wrong)
                    == #"401 Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience""#
            )
            #expect(gate.received.isEmpty)
            #expect(try challenge("/plain", try Crew.captain()) == "200 -")
            let scoped = try gate.get("/scoped", token: try Crew.captain())
            #expect(scoped.status == 403)
            #expect(scoped["WWW-Authenticate"]?.contains(#"scope="read a\"b" error="insufficient_scope""#) == true)
            let reader = try Crew.token("u", rank: "captain", extra: #","scope":"write read""#)
            #expect(try challenge("/scoped", reader) == "200 -")
            #expect(gate.received.count == 2)
        }
    }
}
