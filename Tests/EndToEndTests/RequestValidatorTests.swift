import Foundation
import TestSupport
import Testing

/// Request validators of REST APIs.
@Suite("Request validators")
struct RequestValidatorTests {
    private static let schema = #"""
        { "type": "object", "required": ["name", "tons"], "additionalProperties": false,
          "properties": { "name": { "type": "string", "minLength": 2 }, "tons": { "$ref": "#/definitions/tons" } },
          "definitions": { "tons": { "type": "number", "minimum": 1 } } }
        """#

    private static func configuration(_ members: String, top: String = "", integration: String? = nil) -> String {
        """
        {
          "version": 1, "api": { "type": "REST", "defaultStage": "dev" }, "server": { "listen": "${env:LISTEN}" },
          "models": { "Ship": { "schema": \(schema) } },
          "routes": { "ANY /v/{id}": { "authorizationType": "NONE", \(members),
            "integration": { \(integration ?? #""type": "HTTP_PROXY", "uri": "${env:BACKEND}/up""#) } } }\(top)
        }
        """
    }

    private static let parameters = #"""
        "requestValidator": { "validateRequestParameters": true }, "requestParameters": { "method.request.querystring.q": true,
          "method.request.querystring.o": false, "method.request.header.X-B": true, "method.request.header.x-a": true,
          "method.request.path.id": true }
        """#

    @Test("Missing and blank parameters are named, headers first, each by its name as written")
    func parameters() async throws {
        try await GatewayHarness.run(Self.configuration(Self.parameters)) { (gate) async throws in
            let cases: [(String, String, String)] = [
                ("/v/1", "", "X-B, x-a, q"), ("/v/1?q=", "X-B: 1\r\nx-a: 1\r\n", "q"),
                ("/v/1?q=%20", "X-B: 1\r\nx-a: 1\r\n", "q"), ("/v/1?Q=1", "X-B: 1\r\nx-a: 1\r\n", "q"),
                ("/v/1?q=1", "x-b: 1\r\nx-a:\r\n", "X-B, x-a"),
            ]
            for (path, lines, missing) in cases {
                let response = try gate.get(path, lines)
                #expect(response.status == 400, "\(path)")
                #expect(response.text == #"{"message": "Missing required request parameters: [\#(missing)]"}"#)
                #expect(response.values("x-amzn-errortype") == ["BadRequestException"])
            }
            #expect(gate.received.isEmpty)
            #expect(try gate.get("/v/1?q=1", "X-B: 1\r\nx-a: 1\r\n").status == 200)
        }
        let idle = Self.parameters.replacingOccurrences(of: "true }, \"requestP", with: "false }, \"requestP")
        try await GatewayHarness.run(Self.configuration(idle)) { (gate) async throws in
            #expect(try gate.get("/v/1").status == 200)
        }
    }

    private static let body = #"""
        "requestValidator": { "validateRequestBody": true }, "requestModels": { "application/json": "Ship" }
        """#

    private func post(
        _ gate: GatewayHarness, _ body: String, _ type: String = "application/json", chunked: Bool = false
    ) throws -> RawResponse {
        let length = "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let chunk = "Transfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        return try gate.ask("POST /v/1 HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\n\(chunked ? chunk : length)")
    }

    @Test(
        "Bodies that do not fit their model are refused before the backend is asked",
        arguments: [
            "{}", "[]", "null", "\"x\"", "{", "not json", #"{"name":"A","tons":1}"#, #"{"name":"Ann","tons":0}"#,
            #"{"name":"Ann","tons":"1"}"#, #"{"name":"Ann","tons":1,"x":1}"#, #"{"name":"Ann","name":"Bob","tons":1}"#,
            #"{"name":"Ann","tons":1} x"#,
        ])
    func badBodies(_ text: String) async throws {
        try await GatewayHarness.run(Self.configuration(Self.body)) { (gate) async throws in
            for chunked in [false, true] {
                let response = try post(gate, text, chunked: chunked)
                #expect(response.status == 400 && response.text == #"{"message": "Invalid request body"}"#)
            }
            #expect(try gate.get("/v/1").status == 400)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("No trick with Content-Type leaves a body unchecked")
    func contentTypes() async throws {
        try await GatewayHarness.run(Self.configuration(Self.body)) { (gate) async throws in
            let good = #"{"name":"Ann","tons":1}"#
            func lines(_ types: [String], _ body: String) throws -> UInt16 {
                let types = types.map { "Content-Type: \($0)\r\n" }.joined()
                let length = "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                return UInt16(try gate.ask("POST /v/1 HTTP/1.1\r\nHost: a\r\n\(types)\(length)").status)
            }
            for types in [
                [], [""], [" "], [";"], ["application/json", "text/plain"], ["text/plain", "application/json"],
                ["application/json", ""], ["application/json", "application/json"], ["application/json, text/plain"],
            ] { #expect(try lines(types, "{}") == 400, "\(types)") }
            #expect(gate.received.isEmpty)
            #expect(try lines(["application/json", "text/plain"], good) == 400)
            #expect(try lines(["", ""], good) == 200)
            #expect(try lines(["application/json", "Application/JSON; charset=utf-8"], good) == 200)
        }
    }

    @Test("A body that fits goes on as it is; other content types are not checked")
    func goodBodies() async throws {
        try await GatewayHarness.run(Self.configuration(Self.body)) { (gate) async throws in
            let good = #"{ "tons" : 1.5, "name" : "Ännchen" }"#
            for chunked in [false, true] {
                #expect(try post(gate, good, "Application/JSON; charset=utf-8", chunked: chunked).status == 200)
                #expect(gate.received.last.map { String(decoding: $0.body, as: UTF8.self) } == good)
            }
            #expect(try post(gate, "x", "text/plain").status == 200)
        }
        let all = Self.body.replacingOccurrences(of: "application/json", with: "$default")
        try await GatewayHarness.run(Self.configuration(all)) { (gate) async throws in
            #expect(try post(gate, "x", "text/plain").status == 400)
        }
        let idle = Self.body.replacingOccurrences(of: "true", with: "false")
        try await GatewayHarness.run(Self.configuration(idle)) { (gate) async throws in
            #expect(try post(gate, "x").status == 200)
        }
    }

    @Test(
        "Functions and MOCK are validated for as well; gateway responses say what is wrong, the log never what was sent"
    )
    func everywhere() async throws {
        let top =
            #", "gatewayResponses": { "BAD_REQUEST_BODY": { "responseTemplates": { "application/json": "{\"m\":$context.error.messageString,\"v\":\"$context.error.validationErrorString\"}" } } }"#
        for integration in [
            #""type": "MOCK""#, #""type": "AWS_PROXY", "uri": "${env:BACKEND}/2015-03-31/functions/f/invocations""#,
        ] {
            try await GatewayHarness.run(Self.configuration(Self.body, top: top, integration: integration)) {
                (gate) async throws in
                let response = try post(gate, #"{"name":"canary-value","x\"y":1}"#)
                #expect(
                    response.text
                        == #"{"m":"Invalid request body","v":"[object has missing required properties ([\"tons\"]), object has properties which are not allowed by the schema]"}"#
                )
                #expect(gate.received.isEmpty)
                let line = gate.log.waitForLines(1).first ?? ""
                #expect(line.contains("body_invalid") && line.contains("missing required properties"))
                #expect(!line.contains("canary"))
            }
        }
    }

    @Test("A schema that cannot be carried out is refused at its place")
    func badSchemas() throws {
        for (wrong, place) in [
            (#""const": 1"#, "\"const\""), (#""$ref": "http://x.example/s""#, "\"http://x.example/s\""),
            ("\"$ref\": \"#/definitions/none\"", "\"#/definitions/none\""), (#""minLength": -1"#, "-1"),
            (#""pattern": "(""#, "\"(\""), (#""type": "text""#, "\"text\""), (#""enum": []"#, "[]"),
            (#""exclusiveMinimum": 3"#, "3"), (#""items": { "if": {} }"#, "\"if\""), (#""required": "a""#, "\"a\""),
        ] {
            let text = Self.configuration(Self.body).replacingOccurrences(of: Self.schema, with: "{ \(wrong) }")
            #expect(throws: GatewayHarness.Refused.self, "\(wrong)") {
                do {
                    _ = try GatewayHarness.compile(text, backendPort: 1)
                } catch let refused as GatewayHarness.Refused {
                    #expect(refused.description.contains("GH3330"), "\(wrong): \(refused)")
                    #expect(refused.description.contains(place), "\(wrong)")
                    throw refused
                }
            }
        }
    }
}
