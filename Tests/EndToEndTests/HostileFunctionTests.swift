import Foundation
import TestSupport
import Testing

/// Functions of AWS_PROXY integrations that answer what none should: AWS's status and body for the client, the reason
/// for the owner, and nobody else held up.
@Suite("Hostile answers of functions")
struct HostileFunctionTests {
    /// `milliseconds` is the function's time: ample where an answer is to come, however busy the machine is.
    private static func configuration(_ type: String, milliseconds: Int = 29_000) -> String {
        """
        {
          "version": 1, "api": { "type": "\(type)", "defaultStage": "\(type == "REST" ? "dev" : "$default")" },
          "server": { "listen": "${env:LISTEN}", "workers": 1 },
          "routes": {
            "ANY /fn": { "authorizationType": "NONE", "integration": { "type": "AWS_PROXY", "timeoutInMillis": \(milliseconds),
              "uri": "${env:BACKEND}/2015-03-31/functions/f/invocations" } },
            "GET /free": { "authorizationType": "NONE", "integration": { "type": "MOCK", "response": { "body": "free" } } }
          }
        }
        """
    }

    private func refuses(
        _ type: String, _ answer: ScriptedAnswer, _ status: Int, _ body: String, _ reason: String,
        milliseconds: Int = 29_000
    ) async throws {
        let configuration = Self.configuration(type, milliseconds: milliseconds)
        try await GatewayHarness.run(configuration, script: { _ in answer }) { (gate) async throws in
            let response = try gate.get("/fn")
            #expect(response.status == status && response.text == body, "\(response.status) \(response.text)")
            #expect(try gate.get("/free").text == "free")
            let line = gate.log.waitForLines(2).first ?? ""
            #expect(line.contains("\"reason\":\"\(reason)\""), "\(line)")
            #expect(!line.contains("canary"))
        }
    }

    private static let restBody = #"{"message": "Internal server error"}"#
    private static let httpBody = #"{"message":"Internal Server Error"}"#

    @Test(
        "Malformed answers are 502 on REST APIs and 500 on HTTP APIs",
        arguments: [
            ("", "answer_not_json"), ("canary", "answer_not_json"), (#"{"statusCode":200"#, "answer_not_json"),
            (#"{"statusCode":200,"statusCode":201}"#, "answer_not_json"),
            (#"{"statusCode":"canary"}"#, "status_code_invalid"), (#"{"statusCode":99}"#, "status_code_invalid"),
            (#"{"statusCode":100}"#, "status_code_invalid"), (#"{"statusCode":600}"#, "status_code_invalid"),
            (#"{"statusCode":[200]}"#, "status_code_invalid"), (#"{"statusCode":200.5}"#, "status_code_invalid"),
            (#"{"statusCode":200,"headers":["canary"]}"#, "headers_invalid"),
            (#"{"statusCode":200,"headers":{"X-A":["canary"]}}"#, "headers_invalid"),
            (#"{"statusCode":200,"headers":{"X A":"canary"}}"#, "header_name_invalid"),
            (#"{"statusCode":200,"headers":{"":"canary"}}"#, "header_name_invalid"),
            (#"{"statusCode":200,"headers":{"X-A\r\nX-B":"canary"}}"#, "header_name_invalid"),
            (#"{"statusCode":200,"headers":{"X-A":"a\r\nSet-Cookie: canary=1"}}"#, "header_value_invalid"),
            (#"{"statusCode":200,"headers":{"X-A":"a\u0000canary"}}"#, "header_value_invalid"),
            (#"{"statusCode":200,"body":{"a":"canary"}}"#, "body_invalid"),
            (#"{"statusCode":200,"body":1}"#, "body_invalid"),
            (#"{"statusCode":200,"isBase64Encoded":"true"}"#, "is_base64_encoded_invalid"),
        ])
    func malformed(_ answer: String, _ reason: String) async throws {
        try await refuses("REST", .answer(200, body: answer), 502, Self.restBody, "integration_\(reason)")
        try await refuses("HTTP", .answer(200, body: answer), 500, Self.httpBody, "integration_\(reason)")
    }

    @Test("A header block without measure is no answer")
    func manyHeaders() async throws {
        let many = (0..<2000).map { "\"X-\($0)\":\"v\"" }.joined(separator: ",")
        let reason = "integration_headers_too_large"
        try await refuses(
            "REST", .answer(200, body: "{\"headers\":{\(many)}}"), 502, Self.restBody, reason)
        let long = String(repeating: "v", count: 70_000)
        try await refuses("REST", .answer(200, body: "{\"headers\":{\"X\":\"\(long)\"}}"), 502, Self.restBody, reason)
    }

    @Test("An answer of 10 MB is cut off at Lambda's limit")
    func large() async throws {
        let body = "{\"statusCode\":200,\"body\":\"\(String(repeating: "canary ", count: 1_500_000))\"}"
        for (type, status, text) in [("REST", 502, Self.restBody), ("HTTP", 500, Self.httpBody)] {
            try await refuses(type, .answer(200, body: body), status, text, "integration_answer_too_large")
        }
    }

    @Test("A slow function, and one that stops in the middle, are answered when their time is over")
    func slow() async throws {
        let timeout = #"{"message": "Endpoint request timed out"}"#
        for answer in [ScriptedAnswer.silence, .stalled(200, beginning: #"{"statusCode":200,"#)] {
            let unavailable = #"{"message":"Service Unavailable"}"#
            try await refuses("REST", answer, 504, timeout, "upstream_head_timeout", milliseconds: 400)
            try await refuses("HTTP", answer, 503, unavailable, "upstream_head_timeout", milliseconds: 400)
        }
    }

    @Test("A function that breaks off has not answered")
    func broken() async throws {
        try await refuses("REST", .abort, 502, Self.restBody, "integration_function_unreachable")
        try await refuses("HTTP", .abort, 500, Self.httpBody, "integration_function_unreachable")
        try await refuses("REST", .answer(500), 502, Self.restBody, "integration_function_unreachable")
        try await refuses("REST", .answer(403), 500, Self.restBody, "integration_function_not_permitted")
        let error = ScriptedAnswer.answer(
            200, fields: "X-Amz-Function-Error: Unhandled\r\n", body: #"{"errorMessage":"canary","errorType":"E"}"#)
        try await refuses("REST", error, 502, Self.restBody, "integration_function_error")
    }

    @Test("What is not the function's to say does not get out")
    func reserved() async throws {
        let answer =
            #"{"statusCode":200,"headers":{"Transfer-Encoding":"chunked","Content-Length":"1","Connection":"close","X-Amz-Apigw-Id":"forged","X-Amzn-Trace-Id":"forged","Upgrade":"h2c"},"body":"whole"}"#
        for type in ["REST", "HTTP"] {
            try await GatewayHarness.run(Self.configuration(type), script: { _ in .answer(200, body: answer) }) {
                (gate) async throws in
                let client = try gate.client()
                for _ in 0..<2 {
                    let response = try client.ask("GET /fn HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(response.text == "whole" && response.values("content-length") == ["5"])
                    #expect(response.values("transfer-encoding").isEmpty && response.values("upgrade").isEmpty)
                    #expect(!response.values("x-amz-apigw-id").contains("forged"))
                    #expect(!response.values("x-amzn-trace-id").contains("forged"))
                }
            }
        }
    }
}
