import Foundation
import TestSupport
import Testing

/// What backends get and what of their answers comes back: mappings of both API types, HTTP integrations, header rules.
@Suite("Integrations")
struct IntegrationTests {
    private static func route(
        _ type: String, _ integration: String, key: String = "ANY /x/{id}", members: String = "", top: String = "",
        server: String = ""
    ) -> String {
        let stage = type == "REST" ? "dev" : "$default"
        return """
            {
              "version": 1,
              "api": { "type": "\(type)", "defaultStage": "\(stage)", "apiId": "a1b2" },
              "server": { "listen": "${env:LISTEN}"\(server) },
              "stages": { "\(stage)": { "stageVariables": { "color": "blue" } } },
              "routes": { "\(key)": { "authorizationType": "NONE", "integration": { \(integration) }\(members) } }\(top)
            }
            """
    }

    private static func proxy(_ type: String, _ members: String = "") -> String {
        route(type, #""type": "HTTP_PROXY", "uri": "${env:BACKEND}/up""# + members)
    }

    private func post(
        _ gate: GatewayHarness, _ path: String, _ body: String, _ lines: String = "Content-Type: application/json\r\n"
    ) throws -> RawResponse {
        try gate.ask(
            "POST \(path) HTTP/1.1\r\nHost: a\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    // MARK: HTTP_PROXY, REST

    @Test("A REST API names itself, traces, fills in what is missing, and keeps some headers")
    func restRequest() async throws {
        try await GatewayHarness.run(Self.proxy("REST")) { (gate) async throws in
            _ = try gate.get("/x/1")
            let plain = try #require(gate.received.first)
            #expect(plain.values("Accept") == ["application/json"])
            #expect(plain.values("User-Agent") == ["AmazonAPIGateway_a1b2"])
            #expect(plain.values("X-Amzn-Apigateway-Api-Id") == ["a1b2"])
            #expect(plain["X-Amzn-Trace-Id"]?.hasPrefix("Root=1-") == true)
            let lines = """
                Accept: a/b\r\nUser-Agent: me\r\nX-Amzn-Apigateway-Api-Id: forged\r\nContent-Encoding: gzip\r\nContent-MD5: x\r\n\
                Max-Forwards: 1\r\nServer: s\r\nVia: 1.1 v\r\nWWW-Authenticate: Basic\r\nX-Many: 1\r\nx-many: 2\r\n\
                Authorization: AWS4-HMAC-SHA256 Credential=a\r\nX-Amzn-Trace-Id: Root=1-3152b799-8954dae64eda91bc9a23a7e8\r\n
                """
            _ = try gate.get("/x/1", lines)
            let full = try #require(gate.received.last)
            #expect(full.values("Accept") == ["a/b"] && full.values("User-Agent") == ["me"])
            #expect(full.values("X-Amzn-Apigateway-Api-Id") == ["a1b2"])
            #expect(full.values("X-Amzn-Trace-Id") == ["Root=1-3152b799-8954dae64eda91bc9a23a7e8"])
            #expect(full.values("X-Many") == ["1,2"])
            for name in [
                "Content-Encoding", "Content-MD5", "Max-Forwards", "Server", "Via", "WWW-Authenticate", "Authorization",
            ] { #expect(full.values(name).isEmpty, "\(name)") }
        }
    }

    @Test("What belongs to the backend's connection comes back renamed")
    func restAnswer() async throws {
        let script: StubBackend.Script = { _ in
            .answer(
                200,
                fields: "Server: s\r\nWWW-Authenticate: Basic\r\nx-amzn-RequestId: U-1\r\nx-amz-apigw-id: U-2\r\n"
                    + "Via: 1.1 v\r\nX-Other: o\r\nKeep-Alive: 5\r\n")
        }
        try await GatewayHarness.run(Self.proxy("REST"), script: script) { (gate) async throws in
            let response = try gate.get("/x/1")
            for (name, value) in [("server", "s"), ("www-authenticate", "Basic"), ("x-amzn-requestid", "U-1")] {
                #expect(response.values("x-amzn-remapped-\(name)") == [value], "\(name)")
            }
            #expect(response.values("x-amzn-remapped-content-length") == ["2"])
            #expect(response.values("content-length") == ["2"])
            #expect(response.values("content-type") == ["application/json"])
            #expect(response.values("x-other") == ["o"])
            #expect(response.values("x-amz-apigw-id").count == 1 && response.values("x-amz-apigw-id") != ["U-2"])
            for name in ["server", "via", "keep-alive", "www-authenticate", "x-amzn-trace-id"] {
                #expect(response.values(name).isEmpty, "\(name)")
            }
        }
    }

    @Test(
        "Headers that mappings may not set make it 500, and some are not sent",
        arguments: [
            ("Content-Length", 500), ("Transfer-Encoding", 500), ("X-Amzn-Trace-Id", 500), ("Host", 500),
            ("x-amzn-apigateway-api-id", 500), ("Via", 200), ("TE", 200), ("Connection", 200), ("Expect", 200),
        ])
    func reserved(_ name: String, _ status: Int) async throws {
        let mapping = #", "requestParameters": { "integration.request.header.\#(name)": "'canary'" }"#
        try await GatewayHarness.run(Self.proxy("REST", mapping)) { (gate) async throws in
            #expect(try gate.get("/x/1").status == status)
            #expect(gate.received.count == (status == 200 ? 1 : 0))
            #expect(gate.received.first?.fields.contains { $0.value == "canary" } != true)
        }
    }

    @Test("Values of the body go where mappings say; a body that is no JSON gives none, or a 400")
    func requestBody() async throws {
        let rest = #"""
            , "requestParameters": { "integration.request.header.X-Name": "method.request.body.user['first name']",
              "integration.request.header.X-Second": "method.request.body.items[1].id", "integration.request.querystring.n": "method.request.body.n" }
            """#
        let json = #"{"user":{"first name":"Ann\r\nX-Evil: 1"},"items":[{},{"id":7}],"n":[1,2]}"#
        try await GatewayHarness.run(Self.proxy("REST", rest)) { (gate) async throws in
            #expect(try post(gate, "/x/1", json).status == 200)
            let request = try #require(gate.received.first)
            #expect(request.values("X-Name") == ["Ann%0D%0AX-Evil: 1"])
            #expect(request.values("X-Second") == ["7"] && request.target == "/up?n=%5B1%2C2%5D")
            #expect(String(decoding: request.body, as: UTF8.self) == json)
            let broken = try post(gate, "/x/1", #"{"user":"#)
            #expect(broken.status == 400 && broken.text == #"{"message": "Invalid JSON in request body"}"#)
            #expect(try post(gate, "/x/1", "plain").status == 200)
            #expect(gate.received.last?.values("X-Name").isEmpty == true)
            #expect(try gate.get("/x/1").status == 200)
        }
        let http =
            #", "requestParameters": { "overwrite:header.x-name": "$request.body.user", "append:querystring.b": "${request.body}" }"#
        try await GatewayHarness.run(Self.proxy("HTTP", http)) { (gate) async throws in
            _ = try post(gate, "/x/1", #"{"user":true}"#)
            #expect(gate.received.last?.values("x-name") == ["true"])
            #expect(gate.received.last?.target == "/up?b=%7B%22user%22%3Atrue%7D")
            // Beyond 100 KB nothing is looked for, and the body goes on.
            let long = #"{"user":"ann","pad":"\#(String(repeating: "p", count: 110_000))"}"#
            #expect(try post(gate, "/x/1", long).status == 200)
            #expect(gate.received.last?.values("x-name").isEmpty == true)
            #expect(gate.received.last?.body.count == long.utf8.count)
        }
    }

    // MARK: HTTP APIs

    @Test("An HTTP API names itself and passes a good trace id on; the client forges neither")
    func httpRequest() async throws {
        try await GatewayHarness.run(Self.proxy("HTTP")) { (gate) async throws in
            _ = try gate.get("/x/1", "X-Amzn-Trace-Id: nonsense\r\nX-Amzn-Apigateway-Api-Id: forged\r\n")
            let request = try #require(gate.received.first)
            #expect(request.values("X-Amzn-Trace-Id").isEmpty)
            #expect(request.values("Via") == ["HTTP/1.1 AmazonAPIGateway"])
            #expect(request.values("X-Amzn-Apigateway-Api-Id").isEmpty)
            let trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Sampled=1"
            _ = try gate.get("/x/1", "X-Amzn-Trace-Id: \(trace)\r\n")
            #expect(gate.received.last?.values("X-Amzn-Trace-Id") == [trace])
        }
    }

    @Test("responseParameters change headers and status of their own status only")
    func httpAnswer() async throws {
        let mapping = #"""
            , "responseParameters": {
              "200": { "append:header.x-add": "a-${response.header.x-in}", "overwrite:header.x-over": "$response.body.list[0].name",
                       "remove:header.x-secret": "''", "append:header.x-var": "$stageVariables.color $context.httpMethod",
                       "append:header.x-none": "$response.header.none" },
              "404": { "overwrite:statuscode": "410" }, "500": { "overwrite:statuscode": "204" } }
            """#
        let script: StubBackend.Script = { request in
            let status: UInt16 = request["x-want"].flatMap { UInt16($0) } ?? 200
            return .answer(
                status, fields: "X-In: in\r\nX-Over: old\r\nx-secret: s\r\nX-Kept: k\r\n",
                body: #"{"list":[{"name":"Ann\r\nX-Evil: 1"}]}"#)
        }
        try await GatewayHarness.run(Self.proxy("HTTP", mapping), script: script) { (gate) async throws in
            let response = try gate.get("/x/1")
            #expect(response.status == 200 && response.values("x-add") == ["a-in"])
            #expect(response.values("x-over") == ["Ann%0D%0AX-Evil: 1"] && response.values("x-evil").isEmpty)
            #expect(response.values("x-secret").isEmpty && response.values("x-kept") == ["k"])
            #expect(response.values("x-var") == ["blue GET"] && response.values("x-none").isEmpty)
            #expect(response.text.hasPrefix(#"{"list""#))
            let gone = try gate.get("/x/1", "X-Want: 404\r\n")
            #expect(gone.status == 410 && gone.values("x-secret") == ["s"] && gone.text.hasPrefix("{"))
            let empty = try gate.get("/x/1", "X-Want: 500\r\n")
            #expect(empty.status == 204 && empty.text.isEmpty)
            #expect(try gate.get("/x/1", "X-Want: 418\r\n").status == 418)
        }
    }

    @Test("Functions of an HTTP API see the mapped request, and their answers are mapped")
    func httpFunction() async throws {
        let integration = #"""
            "type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/f/invocations",
            "requestParameters": { "overwrite:header.x-who": "$context.httpMethod", "remove:header.x-gone": "''",
              "append:querystring.q": "2", "overwrite:path": "/other" },
            "responseParameters": { "201": { "append:header.x-mapped": "$response.header.x-own", "overwrite:statuscode": "202" } }
            """#
        let script: StubBackend.Script = { _ in
            .answer(200, body: #"{"statusCode":201,"headers":{"x-own":"o"},"body":"b"}"#)
        }
        try await GatewayHarness.run(Self.route("HTTP", integration), script: script) { (gate) async throws in
            let response = try gate.get("/x/1?q=1", "X-Who: client\r\nX-Gone: g\r\nX-Kept: k\r\n")
            #expect(response.status == 202 && response.values("x-mapped") == ["o"] && response.text == "b")
            let event = String(decoding: try #require(gate.received.first).body, as: UTF8.self)
            #expect(event.contains(#""x-who":"GET""#) && !event.contains("x-gone") && event.contains(#""x-kept":"k""#))
            #expect(event.contains(#""rawQueryString":"q=1&q=2""#) && event.contains(#""rawPath":"/other""#))
        }
    }

    // MARK: HTTP

    private static func http(_ responses: String, _ members: String = "") -> String {
        route(
            "REST",
            #""type": "HTTP", "uri": "${env:BACKEND}/up", "integrationResponses": { \#(responses) }\#(members)"#)
    }

    @Test("HTTP hands on what is mapped and nothing else, both ways")
    func nonProxy() async throws {
        let parameters = #"""
            , "httpMethod": "PUT", "requestParameters": { "integration.request.header.X-Id": "method.request.path.id",
              "integration.request.querystring.q": "method.request.querystring.q" }
            """#
        let responses = #"""
            "200": { "selectionPattern": "2\\d\\d", "responseParameters": { "method.response.header.X-A": "integration.response.header.X-Back",
              "method.response.header.Server": "'mapped'", "method.response.header.X-B": "integration.response.body.b",
              "method.response.header.X-M": "integration.response.multivalueheader.X-Multi" } },
            "418": { "selectionPattern": "4.*" }, "503": {}
            """#
        let script: StubBackend.Script = { request in
            let status: UInt16 = request["X-Id"].flatMap { UInt16($0) } ?? 200
            return .answer(
                status,
                fields:
                    "X-Back: yes\r\nX-Hidden: no\r\nServer: s\r\nX-Multi: 1\r\nX-Multi: 2\r\nContent-Type: text/plain\r\n",
                body: #"{"b":5}"#)
        }
        try await GatewayHarness.run(Self.http(responses, parameters), script: script) { (gate) async throws in
            let lines = "Authorization: secret\r\nX-Own: o\r\nContent-Type: text/x\r\n"
            let response = try post(gate, "/x/201?q=1&r=2", "body", lines)
            let request = try #require(gate.received.first)
            #expect(request.method == "PUT" && request.target == "/up?q=1")
            #expect(String(decoding: request.body, as: UTF8.self) == "body")
            #expect(
                Set(request.fields.map { $0.name.lowercased() })
                    == [
                        "host", "content-type", "x-id", "x-amzn-trace-id", "accept", "user-agent",
                        "x-amzn-apigateway-api-id", "content-length",
                    ])
            #expect(request.values("Content-Type") == ["text/x"])
            #expect(response.status == 200 && response.text == #"{"b":5}"#)
            #expect(response.values("x-a") == ["yes"] && response.values("x-b") == ["5"])
            #expect(response.values("x-m") == ["1,2"])
            #expect(response.values("x-amzn-remapped-server") == ["mapped"] && response.values("server").isEmpty)
            #expect(response.values("x-hidden").isEmpty && response.values("content-type") == ["application/json"])
            #expect(response.values("x-amzn-trace-id").count == 1)
            #expect(try gate.get("/x/404").status == 418)
            #expect(try gate.get("/x/302").status == 503)
        }
    }

    @Test("A status that no integration response takes is 500")
    func noResponse() async throws {
        let script: StubBackend.Script = { _ in .answer(201) }
        try await GatewayHarness.run(Self.http(#""200": { "selectionPattern": "200" }"#), script: script) {
            (gate) async throws in
            let response = try gate.get("/x/1")
            #expect(response.status == 500 && response.text == #"{"message": "Internal server error"}"#)
            #expect(gate.log.waitForLines(1).first?.contains("no integration response takes") == true)
        }
    }

    @Test("NEVER lets nothing through, as there are no templates")
    func never() async throws {
        let text = Self.http(#""200": {}"#, #", "passthroughBehavior": "NEVER""#)
        try await GatewayHarness.run(text) { (gate) async throws in
            let response = try post(gate, "/x/1", "{}")
            #expect(response.status == 415 && response.text == #"{"message": "Unsupported Media Type"}"#)
            #expect(gate.received.isEmpty)
        }
        try await GatewayHarness.run(Self.http(#""200": {}"#, #", "passthroughBehavior": "WHEN_NO_TEMPLATES""#)) {
            (gate) async throws in #expect(try post(gate, "/x/1", "{}").status == 200)
        }
    }

    // MARK: Functions

    @Test("Octets go to functions as base 64, and come back as octets where the client takes them")
    func binary() async throws {
        let integration = #""type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/f/invocations""#
        let script: StubBackend.Script = { _ in
            .answer(200, body: #"{"statusCode":200,"isBase64Encoded":true,"body":"aGk="}"#)
        }
        for (types, isBinary) in [
            (#"["image/*"]"#, true), (#"["*/*"]"#, true), (#"["image/gif"]"#, false), ("[]", false),
        ] {
            let text = Self.route("REST", integration).replacingOccurrences(
                of:
                    "\"apiId\": \"a1b2\"", with: "\"apiId\": \"a1b2\", \"binaryMediaTypes\": \(types)")
            try await GatewayHarness.run(text, script: script) { (gate) async throws in
                let response = try post(gate, "/x/1", "hi", "Content-Type: image/png\r\nAccept: image/png\r\n")
                #expect(response.text == (isBinary ? "hi" : "aGk="), "\(types)")
                let event = String(decoding: try #require(gate.received.first).body, as: UTF8.self)
                #expect(event.contains(isBinary ? #""body":"aGk=","isBase64Encoded":true"# : #""body":"hi""#))
            }
        }
    }

    @Test("A function that the Invoke API does not let be called is a configuration error", arguments: [403, 404, 401])
    func notPermitted(_ status: UInt16) async throws {
        let integration = #""type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/f/invocations""#
        for (type, body) in [
            ("REST", #"{"message": "Internal server error"}"#), ("HTTP", #"{"message":"Internal Server Error"}"#),
        ] {
            try await GatewayHarness.run(Self.route(type, integration), script: { _ in .answer(status) }) {
                (gate) async throws in
                let response = try gate.get("/x/1")
                #expect(response.status == 500 && response.text == body)
            }
        }
    }
}
