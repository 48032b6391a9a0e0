import Documents
import Foundation
import Gateway
import Routes
import TestSupport
import Testing

@Suite("Access logs in formats of AWS")
struct AccessLogTests {
    private static func text(
        _ format: String, file: String? = nil, server: String = "", type: String = "REST"
    ) -> String {
        let quoted = format.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        let place = file.map { ", \"file\": \"\($0)\"" } ?? ""
        let settings = ", \"accessLogSettings\": { \"format\": \"\(quoted)\"\(place) }"
        if type == "REST" { return LimitTests.text(stage: settings, server: server) }
        return """
            { "version": 1, "api": { "type": "HTTP" }, "server": { "listen": "${env:LISTEN}"\(server) },
              "stages": { "$default": { "debug": false\(settings) } },
              "routes": { "GET /free/{id}": { "authorizationType": "NONE",
                          "integration": { "type": "MOCK", "response": { "body": "abc" } } } } }
            """
    }

    /// The first line that the log gets.
    private func line(
        _ text: String, _ ask: @escaping (GatewayHarness) throws -> RawResponse
    ) async throws -> (line: String, response: RawResponse) {
        var line = ""
        var response: RawResponse?
        try await GatewayHarness.run(text) { (gate) async throws in
            response = try ask(gate)
            line = gate.log.waitForLines(1).first ?? ""
        }
        return (line, try #require(response))
    }

    private static let time = "09/Oct/2025:08:53:20 +0000"

    // MARK: AWS's formats

    @Test("AWS's formats of a REST API, to the byte", arguments: ["CLF", "JSON", "XML", "CSV"])
    func rest(_ format: String) async throws {
        let (line, response) = try await line(Self.text(format)) { try $0.get("/keyed") }
        let id = response.values("x-amzn-RequestId").first ?? "none"
        let extended = response.values("x-amz-apigw-id").first ?? "none"
        let expected =
            switch format {
            case "CLF": "127.0.0.1 - - [\(Self.time)] \"GET /keyed HTTP/1.1\" 403 23 \(id) \(extended)"
            case "JSON":
                "{ \"requestId\":\"\(id)\", \"extendedRequestId\":\"\(extended)\", \"ip\": \"127.0.0.1\", "
                    + "\"caller\":\"-\", \"user\":\"-\", \"requestTime\":\"\(Self.time)\", \"httpMethod\":\"GET\", "
                    + "\"resourcePath\":\"/keyed\", \"status\":\"403\", \"protocol\":\"HTTP/1.1\", "
                    + "\"responseLength\":\"23\" }"
            case "XML":
                "<request id=\"\(id)\"> <extendedRequestId>\(extended)</extendedRequestId> <ip>127.0.0.1</ip> "
                    + "<caller>-</caller> <user>-</user> <requestTime>\(Self.time)</requestTime> "
                    + "<httpMethod>GET</httpMethod> <resourcePath>/keyed</resourcePath> <status>403</status> "
                    + "<protocol>HTTP/1.1</protocol> <responseLength>23</responseLength> </request>"
            default: "127.0.0.1,-,-,\(Self.time),GET,/keyed,HTTP/1.1,403,23,\(id),\(extended)"
            }
        #expect(line == expected)
    }

    @Test("AWS's formats of an HTTP API, to the byte", arguments: ["CLF", "JSON", "XML", "CSV"])
    func http(_ format: String) async throws {
        let (line, response) = try await line(Self.text(format, type: "HTTP")) { try $0.get("/free/7") }
        let id = response.values("apigw-requestid").first ?? "none"
        let expected =
            switch format {
            case "CLF": "127.0.0.1 - - [\(Self.time)] \"GET GET /free/{id} HTTP/1.1\" 200 3 \(id)"
            case "JSON":
                "{ \"requestId\":\"\(id)\", \"ip\": \"127.0.0.1\", \"requestTime\":\"\(Self.time)\", "
                    + "\"httpMethod\":\"GET\",\"routeKey\":\"GET /free/{id}\", \"status\":\"200\","
                    + "\"protocol\":\"HTTP/1.1\", \"responseLength\":\"3\" }"
            case "XML":
                "<request id=\"\(id)\"> <ip>127.0.0.1</ip> <requestTime>\(Self.time)</requestTime> "
                    + "<httpMethod>GET</httpMethod> <routeKey>GET /free/{id}</routeKey> <status>200</status> "
                    + "<protocol>HTTP/1.1</protocol> <responseLength>3</responseLength> </request>"
            default: "127.0.0.1,\(Self.time),GET,GET /free/{id},HTTP/1.1,200,3,\(id)"
            }
        #expect(line == expected)
    }

    // MARK: Injection

    private static let agent = "a\" b,c;d]e|f<g>&'h\\i\tj{}$context.status \u{E9}\u{85}\u{2028}k"

    @Test("Whatever a client sends stays in its field: JSON")
    func json() async throws {
        let format =
            "{\"id\":\"$context.requestId\",\"agent\":\"$context.identity.userAgent\","
            + "\"bare\":$context.identity.userAgent,\"path\":\"$context.path\",\"status\":$context.status,"
            + "\"user\":$context.identity.user,\"error\":$context.error.messageString}"
        let (line, _) = try await line(Self.text(format)) {
            try $0.get("/keyed", "User-Agent: \(Self.agent)\r\n")
        }
        let root = try JSONParser.parse(Array(line.utf8)).root
        #expect(root.count == 7)
        #expect(root["agent"]?.string == Self.agent)
        #expect(root["bare"]?.string == Self.agent)
        #expect(root["status"]?.int64 == 403)
        #expect(root["user"]?.string == "-")
        #expect(root["error"]?.string == "Forbidden")
    }

    @Test("Whatever a client sends stays in its field: XML, CSV and text")
    func others() async throws {
        let xml = "<r id=\"$context.requestId\" agent=\"$context.identity.userAgent\">$context.identity.userAgent</r>"
        let (first, _) = try await line(Self.text(xml)) { try $0.get("/free", "User-Agent: \(Self.agent)\r\n") }
        let escaped =
            "a&quot; b,c;d]e|f&lt;g&gt;&amp;&apos;h\\i&#9;j{}$context.status \u{E9}\u{85}\u{2028}k"
        #expect(first.hasSuffix(" agent=\"\(escaped)\">\(escaped)</r>"))
        let csv = "$context.identity.userAgent,$context.status,$context.requestId"
        let (second, _) = try await line(Self.text(csv)) { try $0.get("/free", "User-Agent: \(Self.agent)\r\n") }
        #expect(
            second.hasPrefix(
                "\"a\"\" b,c;d]e|f<g>&'h\\\\i\\x09j{}$context.status \u{E9}\\xC2\\x85\\xE2\\x80\\xA8k\",200,"))
        let words = "$context.requestId|$context.identity.userAgent|\"$context.identity.userAgent\" $context.status"
        let (third, _) = try await line(Self.text(words)) { try $0.get("/free", "User-Agent: \(Self.agent)\r\n") }
        let safe = "a\\\" b,c;d]e\\x7Cf<g>&'h\\\\i\\x09j{}$context.status \u{E9}\\xC2\\x85\\xE2\\x80\\xA8k"
        #expect(third.hasSuffix("|\(safe)|\"\(safe.replacingOccurrences(of: "\\x7C", with: "|"))\" 200"))
    }

    @Test("Claims, paths and keys, too; a principal as server.log.principal says, and of an API key its end only")
    func values() async throws {
        let format =
            "$context.requestId $context.authorizer.principalId $context.authorizer.claims.sub "
            + "$context.authorizer.claims.team $context.status $context.path"
        for mode in ["clear", "hash", "off"] {
            let server = ", \"log\": { \"principal\": \"\(mode)\" }"
            let (line, _) = try await line(Self.text(format, server: server)) {
                try $0.get(
                    "/crew?a=b", token: Crew.token("u 200\\\"", rank: "captain", extra: ",\"team\":\"red\\n- 200 /x\""))
            }
            let words = line.split(separator: " ")
            #expect(words.count == 6, "\(line)")
            #expect(words.dropFirst(3) == ["red\\x0A-\\x20200\\x20/x", "200", "/crew"])
            if mode == "off" { #expect(words[1...2] == ["-", "-"]) }
            #expect(words[1] == words[2])
            if mode == "clear" { #expect(words[1] == "u\\x20200\\\"") }
            if mode == "hash" { #expect(words[1].count >= 8 && !line.contains("u")) }
        }
        let (line, _) = try await line(
            Self.text("$context.requestId $context.identity.apiKey $context.identity.apiKeyId")
        ) { try $0.get("/keyed", LimitTests.sent) }
        #expect(line.hasSuffix(" **************456789 one"))
    }

    // MARK: Variables

    @Test("What is known when a request is over")
    func over() async throws {
        let format =
            "$context.requestId $context.error.responseType $context.error.message $context.integration.error "
            + "$context.authorizer.error $context.authorizer.status $context.integrationStatus "
            + "$context.integration.status $context.responseLatency $context.dataProcessed $context.waf.status"
        func words(_ ask: @escaping (GatewayHarness) throws -> RawResponse) async throws -> [Substring] {
            try await line(Self.text(format), ask).line.split(separator: " ").dropFirst().map { $0 }
        }
        let missing = try await words { try $0.get("/nothing") }
        #expect(
            missing.prefix(7) == [
                "MISSING_AUTHENTICATION_TOKEN", "Missing\\x20Authentication\\x20Token", "-", "-", "-", "-", "-",
            ])
        let token = try await words { try $0.get("/crew") }
        #expect(token.prefix(5) == ["UNAUTHORIZED", "Unauthorized", "-", "token_missing", "401"])
        let good = try await words { try $0.get("/free") }
        #expect(good.prefix(7) == ["-", "-", "-", "-", "-", "200", "-"])
        #expect(good[9] == "-")
        let broken = try await words { try $0.ask("BROKEN\r\n\r\n") }
        #expect(broken.prefix(2) == ["DEFAULT_4XX", "Bad\\x20Request"])
    }

    @Test("Every variable that the reference names has a value or is a dash, in a line that stays one")
    func all() async throws {
        let names = LogVariable.names + LogVariable.absentNames.map { $0.replacingOccurrences(of: "NAME", with: "x") }
        let format = "$context.requestId " + names.map { "\($0)=[$context.\($0)]" }.joined(separator: " ")
        let (line, _) = try await line(Self.text(format)) {
            try $0.get("/keyed", "\(LimitTests.sent)User-Agent: ua\r\n")
        }
        let page = String(decoding: try Fixture.file("docs/reference/access-log-variables.md"), as: UTF8.self)
        for name in names {
            #expect(line.contains("\(name)=["), "\(name)")
            let shown = name.hasSuffix(".x") ? String(name.dropLast(1)) + "NAME" : name
            #expect(page.contains("`\(shown)`"), "\(shown) is not in the reference")
        }
        #expect(line.contains("identity.userAgent=[ua]") && line.contains("waf.status=[-]"))
        #expect(line.contains("httpMethod=[GET]") && line.contains("status=[200]"))
    }

    // MARK: Destinations

    @Test("With a file, its lines go there and the gateway's own stay; a moved file is opened anew by a reload")
    func file() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, moved) = (folder.appendingPathComponent("a.log"), folder.appendingPathComponent("b.log"))
        let text = Self.text("$context.requestId $context.path", file: file.path)
        try await GatewayHarness.run(text) { (gate) async throws in
            #expect(try gate.get("/free").status == 200)
            #expect(gate.log.waitForLines(1).first?.contains("\"msg\":\"request\"") == true)
            try FileManager.default.moveItem(at: file, to: moved)
            try await gate.reload(text)
            #expect(try gate.get("/keyed").status == 403)
            _ = gate.log.waitForLines(2)
            await gate.stopGateway()
            #expect(gate.service.lostLogLines == 0)
        }
        let lines = try [moved, file].map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(lines[0].hasSuffix(" /free\n") && lines[0].split(separator: "\n").count == 1)
        #expect(lines[1].hasSuffix(" /keyed\n") && lines[1].split(separator: "\n").count == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(
        "A file that cannot be opened refuses the start and the reload; one that cannot take more loses lines, counted")
    func unwritable() async throws {
        let text = Self.text("$context.requestId", file: "/nowhere/a.log")
        await #expect(throws: GatewayService.StartError.self) { try await GatewayHarness.run(text) { _ in } }
        try await GatewayHarness.run(Self.text("$context.requestId", file: "/dev/full")) { (gate) async throws in
            #expect(try gate.get("/free").status == 200)
            await #expect(throws: (any Error).self) { try await gate.reload(text) }
            #expect(try gate.get("/free").status == 200)
            await gate.stopGateway()
            #expect(gate.service.lostLogLines == 2)
        }
    }
}
