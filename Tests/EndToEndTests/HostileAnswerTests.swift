import Foundation
import TestSupport
import Testing

/// Functions that answer an authorizer with what no function should: AWS's status and body for the client, the reason
/// for the owner, and nobody else held up.
@Suite("Hostile answers of authorizers")
struct HostileAnswerTests {
    /// Every way in which a function is asked and its answer read.
    enum Form: String, CaseIterable, Sendable {
        case token
        case request
        case http1
        case http2
        case simple

        var isREST: Bool { self == .token || self == .request }

        var configuration: String {
            let source = isREST ? "\"method.request.header.Authorization\"" : "[\"$request.header.Authorization\"]"
            let members =
                switch self {
                case .token, .request: ""
                case .http1: ", \"authorizerPayloadFormatVersion\": \"1.0\""
                case .http2: ", \"authorizerPayloadFormatVersion\": \"2.0\""
                case .simple: ", \"enableSimpleResponses\": true"
                }
            let mapping = isREST ? "integration.request.header.X-Rank" : "overwrite:header.x-rank"
            let value = isREST ? "context.authorizer.rank" : "$context.authorizer.rank"
            return """
                {
                  "version": 1,
                  "api": { "type": "\(isREST ? "REST" : "HTTP")", "defaultStage": "\(isREST ? "dev" : "$default")" },
                  "server": { "listen": "${env:LISTEN}", "workers": 1 },
                  "authorizers": { "f": { "type": "\(self == .token ? "TOKEN" : "REQUEST")", "identitySource": \(source),
                    "authorizerUri": "${env:BACKEND}/2015-03-31/functions/auth/invocations"\(members) } },
                  "routes": {
                    "GET /x/{p+}": { "authorizer": "f", "integration": { "type": "HTTP_PROXY", "uri": "${env:BACKEND}/up",
                      "requestParameters": { "\(mapping)": "\(value)" } } },
                    "GET /free": { "authorizationType": "NONE", "integration": {
                      "type": "MOCK", "response": { "statusCode": 200, "body": "free" } } }
                  }
                }
                """
        }

        /// AWS's answer to an authorizer that gave no verdict.
        var failure: (status: Int, body: String) {
            (500, isREST ? #"{"message":null}"# : #"{"message":"Internal Server Error"}"#)
        }

        /// An answer that says yes, in the form that is read.
        func allowing(context: String = "{}") -> String {
            self == .simple
                ? "{\"isAuthorized\":true,\"context\":\(context)}"
                : FunctionPolicy.answer(
                    principal: "p-1", #"{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}"#,
                    context: context)
        }
    }

    private static func script(_ answer: ScriptedAnswer) -> StubBackend.Script {
        { $0.target == "/up" ? .answer(200, body: "up") : answer }
    }

    /// Asks once with a token of its own and expects AWS's failure and one log line with reason and detail.
    private func refuses(_ form: Form, _ answer: ScriptedAnswer, _ reason: String, _ detail: String) async throws {
        try await GatewayHarness.run(form.configuration, script: Self.script(answer)) { (gate) async throws in
            let response = try gate.get("/x/1", token: "opaque")
            #expect(response.status == form.failure.status)
            #expect(response.text == form.failure.body)
            #expect(!gate.received.contains { $0.target == "/up" })
            #expect(try gate.get("/free").text == "free")
            let line = gate.log.waitForLines(2).first ?? ""
            #expect(line.contains("\"level\":\"error\""), "\(line)")
            #expect(line.contains("\"reason\":\"\(reason)\""), "\(line)")
            #expect(line.contains(detail), "\(line)")
        }
    }

    @Test("Wrong shapes", arguments: Form.allCases)
    func shapes(_ form: Form) async throws {
        let canary = "canary-of-a-hostile-answer"
        SecretLedger.note(canary, as: "answer")
        try await refuses(form, .answer(200, body: "null"), "answer_not_an_object", "not null")
        try await refuses(form, .answer(200, body: "[\"\(canary)\"]"), "answer_not_an_object", "not a list")
        try await refuses(form, .answer(200, body: ""), "answer_not_json", "not valid JSON")
        try await refuses(
            form, .answer(200, body: form.allowing() + form.allowing()), "answer_not_json", "at byte")
        try await refuses(
            form, .answer(200, body: #"{"statusCode":401,"body":"\#(canary)"}"#),
            form == .simple ? "is_authorized_invalid" : "policy_document_missing", "is missing")
        try await refuses(
            form, .answer(200, fields: "X-Amz-Function-Error: Unhandled\r\n", body: form.allowing()), "function_error",
            "the function raised an error")
        try await refuses(
            form,
            .answer(
                200, fields: "X-Amz-Function-Error: Unhandled\r\n",
                body: #"{"errorMessage":"\#(canary)\r\nALLOW 200","errorType":"Oops\u001b[31m\r\n"}"#),
            "function_error", #"of type \"Oops?[31m??\""#)
        try await refuses(form, .answer(404, body: canary), "authorizer_unreachable", "status 404")
        try await refuses(form, .abort, "authorizer_unreachable", "cannot be reached")
        if form == .simple {
            let answer = #"{"isAuthorized":"true"}"#
            try await refuses(form, .answer(200, body: answer), "is_authorized_invalid", "not a string")
        } else {
            let answer = FunctionPolicy.answer(principal: "p", #"{"Effect":"\#(canary)","Action":"*","Resource":"*"}"#)
            try await refuses(form, .answer(200, body: answer), "policy_document_invalid", "/Statement/0/Effect")
        }
    }

    @Test("Text that is no UTF-8, in a value and in a name", arguments: Form.allCases)
    func illFormed(_ form: Form) async throws {
        for context in ["{\"rank\":\"?\"}", "{\"?\":\"x\"}"] {
            let answer = Array(form.allowing(context: context).utf8).map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
            try await refuses(form, .octets(200, answer), "answer_not_json", "at byte")
        }
    }

    @Test("Ten megabytes are not read to their end", arguments: Form.allCases)
    func huge(_ form: Form) async throws {
        let padding = String(repeating: "x", count: 10 << 20)
        try await refuses(
            form, .answer(200, body: form.allowing(context: "{\"rank\":\"\(padding)\"}")), "answer_too_large",
            "Lambda's limit")
    }

    @Test("An answer that ends before its length is none", arguments: Form.allCases)
    func truncated(_ form: Form) async throws {
        let answer = form.allowing()
        let function = try RawBackend([
            "HTTP/1.1 200 OK\r\nContent-Length: \(answer.utf8.count + 1)\r\n\r\n\(answer)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(answer.utf8.count, radix: 16))\r\n\(answer)\r\n",
        ])
        defer { function.stop() }
        try await GatewayHarness.run(form.configuration, backendPort: function.port) { (gate) async throws in
            for _ in 0..<2 {
                let response = try gate.get("/x/1", token: "opaque")
                #expect(response.status == form.failure.status)
                #expect(response.text == form.failure.body)
            }
            for line in gate.log.waitForLines(2) { #expect(line.contains("\"reason\":\"authorizer_unreachable\"")) }
        }
    }

    @Test("A function that begins and never ends holds up nobody else", arguments: Form.allCases)
    func slow(_ form: Form) async throws {
        let allow = form.allowing()
        let script: StubBackend.Script = { request in
            if request.target == "/up" { return .answer(200, body: "up") }
            let event = String(decoding: request.body, as: UTF8.self)
            if event.contains("stalled") { return .stalled(200, beginning: String(allow.prefix(20))) }
            return event.contains("silent") ? .silence : .answer(200, body: allow)
        }
        try await GatewayHarness.run(form.configuration, script: script) { (gate) async throws in
            var waiting = try ["stalled", "silent", "stalled", "silent"].map { token in
                let client = try gate.client()
                client.send("GET /x/1 HTTP/1.1\r\nHost: a\r\nAuthorization: \(token)\r\n\r\n")
                return client
            }
            // Two identities, two calls where answers are kept: the others of the same identity wait for these.
            try await gate.reach { gate.received.count == (form.isREST ? 2 : 4) }
            for number in 0..<20 {
                #expect(try gate.get("/x/1", token: "quick-\(number)").status == 200)
                #expect(try gate.get("/free").status == 200)
            }
            // Those who leave are gone at once; the log says so for each.
            for client in waiting { client.socket.resetOnClose() }
            waiting.removeAll()
            let lines = gate.log.waitForLines(44)
            #expect(lines.count { $0.contains("\"reason\":\"client_gone\"") } == 4)
        }
    }

    @Test(
        "A context cannot bring a header or a log line of its own",
        arguments: Form.allCases, [#"a\r\nX-Admin: 1"#, #"a\nX-Admin: 1"#, #"a\u0000b"#, #"a\u001b[2Jb"#])
    func injection(_ form: Form, _ value: String) async throws {
        let answer = form.allowing(context: #"{"rank":"\#(value)","x\r\nX-Admin: 1":"\#(value)"}"#)
        try await GatewayHarness.run(form.configuration, script: Self.script(.answer(200, body: answer))) {
            (gate) async throws in
            let response = try gate.get("/x/1", token: "opaque")
            #expect(response["X-Admin"] == nil)
            let passed = gate.received.filter { $0.target == "/up" }
            #expect(response.status == (passed.isEmpty ? 500 : 200))
            for request in passed { #expect(request["X-Admin"] == nil) }
            #expect(try gate.get("/free").status == 200)
            let lines = gate.log.waitForLines(2)
            #expect(lines.count == 2)
            for line in lines { #expect(!line.contains("X-Admin")) }
        }
    }

    @Test("A principal cannot write a log line of its own", arguments: [Form.token, .request, .http1, .http2])
    func principal(_ form: Form) async throws {
        let answer = form.allowing().replacingOccurrences(of: "p-1", with: #"p\r\n{\"forged\":true}\u001b[2J"#)
        try await GatewayHarness.run(form.configuration, script: Self.script(.answer(200, body: answer))) {
            (gate) async throws in
            #expect(try gate.get("/x/1", token: "opaque").status == 200)
            let lines = gate.log.waitForLines(1)
            #expect(lines.count == 1)
            #expect(lines.first?.contains(#""principal_id":"p\r\n{\"forged\":true}"#) == true, "\(lines)")
            #expect(lines.first?.utf8.contains(0x1B) == false)
        }
    }

    @Test(
        "Five thousand statements are judged like one, for every request anew",
        arguments: [Form.token, .request, .http1, .http2])
    func manyStatements(_ form: Form) async throws {
        var statements = (0..<4999).map { number in
            #"{"Sid":"S\#(number)","Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/GET/x/\#(number)"}"#
        }
        statements.append(
            #"{"Sid":"Last","Effect":"Deny","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/GET/x/7"}"#
        )
        let answer = FunctionPolicy.answer(principal: "p", statements.joined(separator: ","))
        try await GatewayHarness.run(form.configuration, script: Self.script(.answer(200, body: answer))) {
            (gate) async throws in
            #expect(try gate.get("/x/4998", token: "opaque").status == 200)
            #expect(try gate.get("/x/7", token: "opaque").status == 403)
            #expect(try gate.get("/x/4999", token: "opaque").status == 403)
            // AWS keeps nothing for HTTP APIs unless told to.
            #expect(gate.received.count { $0.target != "/up" } == (form.isREST ? 1 : 3))
            let lines = gate.log.waitForLines(3)
            #expect(lines[0].contains("\"statement\":\"S4998\""))
            #expect(lines[1].contains("\"statement\":\"Last\"") && lines[1].contains("\"reason\":\"explicit_deny\""))
            #expect(lines[2].contains("\"reason\":\"implicit_deny\""))
        }
    }

    @Test("Hostile globs against a long path are judged, and nobody waits", arguments: [Form.token, .http2])
    func globs(_ form: Form) async throws {
        let statements = ["*a*a*a*a*b", "*a*a*a*a*b*", "*?a?*a?*a?*b*", "*aaaaaaaaaaaaaaaab*"].map { glob in
            #"{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/*/GET/x/\#(glob)"}"#
        }
        let answer = FunctionPolicy.answer(principal: "p", statements.joined(separator: ","))
        try await GatewayHarness.run(form.configuration, script: Self.script(.answer(200, body: answer))) {
            (gate) async throws in
            let long = String(repeating: "a", count: 8000)
            #expect(try gate.get("/x/\(long)", token: "opaque").status == 403)
            #expect(try gate.get("/x/\(long)b", token: "opaque").status == 200)
            #expect(try gate.get("/x/\(long)bc", token: "opaque").status == 200)
            #expect(try gate.get("/free").status == 200)
        }
    }
}
