import Documents
import Gateway
import Routes
import TestSupport
import Testing

@Suite("The access log")
struct LogTests {
    private static func walk(_ gate: GatewayHarness) async throws {
        for token in [
            try Crew.captain(), try Crew.cadet(), try Crew.passenger(), try Crew.expired(), try Crew.tampered(),
        ] {
            _ = try gate.get("/ships?token=\(token)", token: token)
            _ = try gate.get("/ships/42", token: token, method: "DELETE")
        }
        _ = try gate.get("/ships", token: Crew.token("u-200", rank: "captain", audience: "elsewhere"))
        _ = try gate.get("/nothing%22quoted%5B31m%C3%A9")
        _ = try gate.get("/ships%0a", "Cookie: session=\(try Crew.captain())\r\n")
        _ = try gate.get("/health")
        _ = try gate.ask("BROKEN\r\n\r\n")
    }

    @Test("Every line is one JSON object with time, status and the reason of every refusal")
    func json() async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            try await Self.walk(gate)
            let lines = gate.log.waitForLines(15)
            #expect(lines.count == 15)
            var reasons: [String] = []
            for line in lines {
                let value = try JSONParser.parse(Array(line.utf8), maximumDepth: 4).root
                #expect(value["ts"]?.string == "2025-10-09T08:53:20.000Z")
                let status = try #require(value["status"]?.int64)
                let reason = value["reason"]?.string
                #expect((status >= 400) == (reason != nil), "\(line)")
                reasons.append(reason ?? "-")
                if value["msg"]?.string == "request" {
                    #expect(value["request_id"]?.string?.utf8.count == 36)
                    #expect(value["total_ms"]?.double != nil)
                }
            }
            #expect(
                reasons == [
                    "-", "-", "-", "explicit_deny", "-", "implicit_deny", "expired", "expired", "bad_signature",
                    "bad_signature", "aud_mismatch", "no_route", "path_encoded_control", "-", "method_invalid",
                ])
        }
    }

    @Test(
        "Nothing that is written holds a token, a signature, the secret or a claim other than sub",
        arguments: [LogDefinition.Format.json, .text])
    func secrets(_ format: LogDefinition.Format) async throws {
        // The harness searches the log of every test of this suite; here it must have had something to find.
        let before = SecretLedger.count
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc"), format: format) { (gate) async throws in
            try await Self.walk(gate)
            let text = gate.log.waitForLines(15).joined(separator: "\n")
            #expect(text.contains("u-200"))
        }
        #expect(SecretLedger.count >= max(before, 12))
    }

    @Test("The search itself finds what it must find")
    func search() throws {
        let token = try Crew.captain()
        #expect(SecretLedger.found(in: Array("line \(token) end".utf8)).count >= 3)
        #expect(!SecretLedger.found(in: Array("email u-200-canary@fleet.example".utf8)).isEmpty)
        #expect(!SecretLedger.found(in: Array(TokenMint.secret.utf8)).isEmpty || SecretLedger.count > 0)
        #expect(SecretLedger.found(in: Array("principal u-200 rank captain".utf8)).isEmpty)
        #expect(throws: GatewayHarness.Leak.self) { try GatewayHarness.check(token) }
    }

    @Test("An explanation shows the claims that decided, and neither the token, the secret nor any other claim")
    func explanation() async throws {
        let tokens = [
            try Crew.captain(), try Crew.cadet(), try Crew.passenger(), try Crew.expired(), try Crew.tampered(),
            "a.b.c",
        ]
        for (token, status) in zip(tokens, ["200", "403", "403", "401", "401", "401"]) {
            let outcome = try await Threads.run {
                try Program.run(
                    [
                        "authorize", "DELETE", "/ships/42", "--config", "fixtures/gateway/fleet-rest.jsonc", "--token",
                        token,
                        "--clock", "\(Crew.now)",
                    ], environment: ["SECRET": TokenMint.secret])
            }
            #expect(outcome.status == (status == "200" ? 0 : 1))
            #expect(outcome.output.hasPrefix(status == "200" ? "ALLOW  " : "DENY  \(status)  "), "\(outcome.output)")
            try GatewayHarness.check(outcome.output)
            try GatewayHarness.check(outcome.errors)
        }
    }

    @Test("A secret in a broken configuration is not shown in its diagnostics")
    func diagnostics() throws {
        let secrets = ["leak-one-0123456789", "leak-two-0123456789abcdef0123456789abcdef"]
        for secret in secrets {
            SecretLedger.note(secret, as: "secret")
            for wrong in [
                "\"secret\": \"\(secret)\", \"allowWeek\": true", "\"secret\": \"\(secret)\", \"encoding\": \"hex\"",
                "\"secret\": \"\(secret)\", \"secretFile\": \"\(secret)\"", "\"secret\": \"\(secret)\" \"kid\": 5",
                "\"sceret\": \"\(secret)\"", "\"secret\": [\"\(secret)\"]", "\"secret\": \"${env:NOPE}\(secret)\"",
            ] {
                var configuration = Configuration()
                configuration.keys = "\"hs\": { \"type\": \"secret\", \"alg\": \"HS256\", \(wrong) }"
                // A leak is thrown as Leak, before the refusal.
                #expect(throws: GatewayHarness.Refused.self, "\(wrong)") {
                    try GatewayHarness.compile(configuration.text, backendPort: 1)
                }
            }
        }
    }

    @Test("server.log.level leaves out what is below it")
    func level() async throws {
        var configuration = Configuration()
        configuration.server = ", \"log\": { \"level\": \"warning\" }"
        configuration.integration = ", \"timeoutInMillis\": 50"
        try await GatewayHarness.run(configuration.text, script: { _ in .silence }) { (gate) async throws in
            #expect(try gate.get("/guarded/x").status == 401)
            #expect(try gate.get("/open/x").status == 504)
            await gate.stopGateway()
            #expect(gate.log.waitForLines(1).count == 1)
            #expect(gate.log.lines.first?.contains("upstream_head_timeout") == true)
        }
    }

    @Test(
        "server.log.principal decides how the subject is written", arguments: ["clear", "hash", "off"],
        ["json", "text"])
    func principal(_ principal: String, _ format: String) async throws {
        var configuration = Configuration()
        configuration.server = ", \"log\": { \"principal\": \"\(principal)\", \"format\": \"\(format)\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            #expect(try gate.get("/guarded/x", token: token).status == 200)
            #expect(try gate.get("/guarded/y", token: token).status == 200)
            let lines = gate.log.waitForLines(2)
            #expect(lines.allSatisfy { $0.contains("u-200") == (principal == "clear") })
            #expect(lines.allSatisfy { ($0.first == "{") == (format == "json") })
            guard format == "json" else { return }
            let values = try lines.map {
                try JSONParser.parse(Array($0.utf8), maximumDepth: 4).root["principal_id"]?.string
            }
            // A hash tells the same caller again without naming it.
            #expect(values[0] == values[1])
            #expect((values[0] != nil) == (principal != "off"))
        }
    }
}
