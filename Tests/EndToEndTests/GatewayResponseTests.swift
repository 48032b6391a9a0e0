import Foundation
import TestSupport
import Testing

/// `gatewayResponses` of REST APIs: what clients get in place of AWS's words.
@Suite("Gateway responses")
struct GatewayResponseTests {
    private static func responses(_ json: String, _ more: String = "") -> String {
        var configuration = Configuration()
        configuration.policy = #"{ "effect": "Allow", "resources": ["GET/guarded/yes"] }"#
        configuration.stageVariables = #""color": "blue""#
        configuration.top = ", \"gatewayResponses\": { \(json) }"
        configuration.routes = more
        return configuration.text
    }

    private func run(_ json: String, _ more: String = "", _ body: (GatewayHarness) async throws -> Void) async throws {
        try await GatewayHarness.run(Self.responses(json, more), body)
    }

    @Test("Status, headers and body are replaced; the error type and the request ids stay")
    func own() async throws {
        let json = #"""
            "UNAUTHORIZED": { "statusCode": 418, "responseParameters": {
                "gatewayresponse.header.X-Static": "'fixed'", "gatewayresponse.header.X-Asked": "method.request.header.X-Ask",
                "gatewayresponse.header.X-Query": "method.request.querystring.q",
                "gatewayresponse.header.X-Color": "stageVariables.color", "gatewayresponse.header.X-Stage": "context.stage",
                "gatewayresponse.header.X-Type": "context.error.responseType", "gatewayresponse.header.X-None": "method.request.header.None"
              }, "responseTemplates": { "application/json": "{\"m\":$context.error.messageString,\"raw\":\"$context.error.message\",\"v\":\"$stageVariables.color\",\"p\":\"$method.request.path.proxy\"}" } }
            """#
        try await run(json) { (gate) async throws in
            let response = try gate.get("/guarded/a?q=7", "X-Ask: why\r\n")
            #expect(response.status == 418)
            #expect(response.text == #"{"m":"Unauthorized","raw":"Unauthorized","v":"blue","p":"a"}"#)
            for (name, value) in [
                ("x-static", "fixed"), ("x-asked", "why"), ("x-query", "7"), ("x-color", "blue"), ("x-stage", "dev"),
                ("x-type", "UNAUTHORIZED"), ("x-amzn-errortype", "UnauthorizedException"),
                ("content-type", "application/json"),
            ] { #expect(response.values(name) == [value], "\(name)") }
            #expect(response.values("x-none").isEmpty)
            #expect(response.values("x-amzn-requestid").count == 1 && response.values("x-amz-apigw-id").count == 1)
            #expect(try gate.get("/open/a").status == 200)
            #expect(try gate.get("/open/a").values("x-static").isEmpty)
        }
    }

    @Test("A type of its own takes nothing over from the default; all others do")
    func inheritance() async throws {
        let json = #"""
            "DEFAULT_4XX": { "statusCode": "400", "responseParameters": { "gatewayresponse.header.X-D": "'d'" } },
            "UNAUTHORIZED": { "responseParameters": { "gatewayresponse.header.X-U": "'u'" } }
            """#
        try await run(json) { (gate) async throws in
            let own = try gate.get("/guarded/a")
            #expect(own.status == 401 && own.values("x-u") == ["u"] && own.values("x-d").isEmpty)
            #expect(own.text == #"{"message":"Unauthorized"}"#)
            let other = try gate.get("/nothing")
            #expect(other.status == 400 && other.values("x-d") == ["d"])
            #expect(other.text == #"{"message":"Missing Authentication Token"}"#)
            // Without a template a denial keeps its capital letter.
            let denied = try gate.get("/guarded/no", token: try Crew.captain())
            #expect(denied.status == 400)
            #expect(denied.text == #"{"Message":"User is not authorized to access this resource"}"#)
        }
    }

    @Test("DEFAULT_5XX speaks for backends that cannot be reached, and not for what the client did")
    func serverErrors() async throws {
        let json =
            #""DEFAULT_5XX": { "statusCode": 599, "responseTemplates": { "application/json": "{\"down\":$context.error.messageString}" } }"#
        try await GatewayHarness.run(Self.responses(json), backendPort: 1) { (gate) async throws in
            let down = try gate.get("/open/a")
            #expect(down.status == 599)
            #expect(down.text == #"{"down":"Network error communicating with endpoint"}"#)
            #expect(down.values("x-amzn-trace-id").count == 1)
            #expect(try gate.get("/guarded/a").status == 401)
        }
    }

    @Test("The template is chosen by Accept, then JSON, then the first")
    func choice() async throws {
        let json =
            #""UNAUTHORIZED": { "responseTemplates": { "text/html": "<p>$context.error.message</p>", "application/json": "{}", "text/plain": "t" } }"#
        try await run(json) { (gate) async throws in
            #expect(try gate.get("/guarded/a", "Accept: text/html;q=0.8, text/plain\r\n").text == "<p>Unauthorized</p>")
            let plain = try gate.get("/guarded/a", "Accept: image/png, TEXT/plain\r\n")
            #expect(plain.text == "t" && plain.values("content-type") == ["text/plain"])
            #expect(try gate.get("/guarded/a", "Accept: image/png\r\n").text == "{}")
            #expect(try gate.get("/guarded/a").text == "{}")
        }
        try await run(#""UNAUTHORIZED": { "responseTemplates": { "text/html": "h", "text/plain": "t" } }"#) {
            (gate) async throws in #expect(try gate.get("/guarded/a").text == "h")
        }
    }

    @Test("No value ends the text or the header that it stands in")
    func injection() async throws {
        let json = #"""
            "UNAUTHORIZED": { "responseParameters": { "gatewayresponse.header.X-Q": "method.request.querystring.q" },
              "responseTemplates": { "application/json": "{\"q\":\"$method.request.querystring.q\",\"x\":1}",
                                     "text/html": "<b>$method.request.querystring.q</b>" } }
            """#
        try await run(json) { (gate) async throws in
            let evil = "%22%2C%22admin%22%3Atrue%2C%0D%0ASet-Cookie%3A%20a%3Db%3Cscript%3E"
            let response = try gate.get("/guarded/a?q=\(evil)")
            #expect(
                response.text
                    == #"{"q":"\",\"admin\":true,\r\nSet-Cookie: a=b<script>","x":1}"#)
            #expect(response.values("set-cookie").isEmpty)
            #expect(response.values("x-q").first?.contains("%0D%0A") == true)
            let page = try gate.get("/guarded/a?q=\(evil)", "Accept: text/html\r\n")
            #expect(!page.text.contains("<script>"))
        }
    }

    @Test("Message strings keep their quotes in JSON and in markup; denials of a resource policy are customised, too")
    func messageStrings() async throws {
        var configuration = Configuration()
        configuration.api = #", "policy": { "Version": "2012-10-17", "Statement": [] }"#
        configuration.top =
            #", "gatewayResponses": { "ACCESS_DENIED": { "responseTemplates": { "text/html": "<p>$context.error.messageString</p>", "application/json": "[$context.error.messageString]" } } }"#
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let json = try gate.get("/open/a&b")
            #expect(json.status == 403 && json.text.hasPrefix(#"["User: anonymous"#) && json.text.hasSuffix(#"a&b"]"#))
            let page = try gate.get("/open/a&b", "Accept: text/html\r\n")
            #expect(page.text.hasPrefix(#"<p>"User: anonymous"#) && page.text.hasSuffix(#"a&amp;b"</p>"#))
        }
        configuration.top =
            #", "gatewayResponses": { "ACCESS_DENIED": { "responseParameters": { "gatewayresponse.header.Content-Type": "'text/html'" } } }"#
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/open/a&b").text.hasSuffix(#"a&amp;b"}"#))
        }
    }

    @Test("Values are escaped for the type that is sent, whatever the template is called")
    func sentType() async throws {
        for (type, isEscaped) in [
            ("text/html", true), ("text/html; charset=utf-8", true), ("IMAGE/SVG+XML", true), ("text/plain", false),
        ] {
            let json =
                #""MISSING_AUTHENTICATION_TOKEN": { "responseParameters": { "gatewayresponse.header.content-type": "'\#(type)'" }, "responseTemplates": { "application/json": "<b>$method.request.querystring.q</b>$context.error.messageString" } }"#
            try await run(json) { (gate) async throws in
                let response = try gate.get("/nothing/at/all?q=%3Cscript%3E%22")
                #expect(response.values("content-type") == [type])
                #expect(response.text.contains("<b>&lt;script&gt;&quot;</b>") == isEscaped, "\(type)")
                #expect(response.text.contains("<script>") != isEscaped, "\(type)")
            }
        }
        let plain =
            #""MISSING_AUTHENTICATION_TOKEN": { "responseParameters": { "gatewayresponse.header.Content-Type": "'application/problem+json'" }, "responseTemplates": { "text/html": "\"$method.request.querystring.q\"" } }"#
        try await run(plain) { (gate) async throws in
            #expect(try gate.get("/nothing/at/all?q=%3C%22").text == #""<\"""#)
        }
    }

    @Test("Variables that have no value yet are empty, and the status is that of this answer")
    func lateVariables() async throws {
        let json =
            #""UNAUTHORIZED": { "statusCode": 418, "responseTemplates": { "text/plain": "$context.status|$context.integration.status|$context.authorizer.principalId|$context.identity.caller|${context.httpMethod}|$context.error.validationErrorString|$input.body|#set($a = 1)" } }"#
        try await run(json) { (gate) async throws in
            #expect(try gate.get("/guarded/a").text == "418||||GET||$input.body|#set($a = 1)")
        }
    }

    @Test("The answer to requests that are too large stays AWS's")
    func tooLarge() async throws {
        let json = #""DEFAULT_4XX": { "statusCode": 499 }, "REQUEST_TOO_LARGE": { "statusCode": 498 }"#
        let model = #", "models": { "M": { "schema": { "type": "object" } } }"#
        let route =
            #", "POST /m": { "authorizationType": "NONE", "integration": "it", "requestModels": { "$default": "M" }, "requestValidator": { "validateRequestBody": true } }"#
        var text = Self.responses(json, route)
        text = text.replacingOccurrences(
            of: "\"gatewayResponses\"", with: "\(model.dropFirst(2)), \"gatewayResponses\""
        )
        .replacingOccurrences(of: "\"server\": { ", with: "\"server\": { \"limits\": { \"bodyBytes\": 0 }, ")
        try await GatewayHarness.run(text) { (gate) async throws in
            let body = String(repeating: "x", count: 10_485_761)
            let response = try gate.ask(
                "POST /m HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(response.status == 413)
            #expect(response.text == #"{"message":"Request Too Long"}"#)
            #expect(gate.received.isEmpty)
        }
    }
}
