import TestSupport
import Testing

@Suite("Headers on their way to the backend")
struct HeaderTests {
    static let spellings = [
        "X-Principal", "x-principal", "X-PRINCIPAL", "x-PrInCiPaL", "X_Principal", "X-Principal ", "X.Principal",
        "x_principal", "X-Claim-Rank", "x-claim-rank", "X_CLAIM_RANK", "X-Claim_Rank", "X.Claim.Rank", "X-Claim-",
    ]

    @Test("A client's copy of an identity header never arrives, however it is spelled", arguments: spellings)
    func reserved(_ name: String) async throws {
        for path in ["/ships", "/open/x"] {
            for mode in ["strict", "drop", "pass"] {
                let text = try Fixture.text("gateway/fleet-rest.jsonc")
                    .replacing("\"reservedHeaders\"", with: "\"headerNames\": \"\(mode)\", \"reservedHeaders\"")
                try await GatewayHarness.run(text) { (gate) async throws in
                    let response = try gate.get(path, token: Crew.captain(), "\(name): forged\r\nX-Trace: t1\r\n")
                    #expect([200, 400].contains(response.status))
                    #expect(gate.received.count == (response.status == 200 ? 1 : 0))
                    for request in gate.received {
                        #expect(request.fields.allSatisfy { !$0.value.contains("forged") }, "\(request.fields)")
                        #expect(request["X-Trace"] == "t1")
                    }
                }
            }
        }
    }

    @Test(
        "On an HTTP API the mapped header holds the gateway's value alone",
        arguments: ["X-Principal", "x_principal", "X-PRINCIPAL"])
    func mappedOnHTTP(_ name: String) async throws {
        let text = try Fixture.text("gateway/fleet-http.jsonc")
            .replacing("\"reservedHeaders\"", with: "\"headerNames\": \"pass\", \"reservedHeaders\"")
        for operation in ["overwrite", "append"] {
            let variant = try text.replacing("overwrite:header.X-Principal", with: "\(operation):header.X-Principal")
            try await GatewayHarness.run(variant) { (gate) async throws in
                #expect(try gate.get("/admin", token: Crew.captain(), "\(name): forged\r\n").status == 200)
                // The open route maps nothing; the name is reserved there all the same.
                #expect(try gate.get("/open", "\(name): forged\r\n").status == 200)
                #expect(gate.received[0].values("X-Principal") == ["u-200"])
                #expect(gate.received.allSatisfy { $0.fields.allSatisfy { !$0.value.contains("forged") } })
            }
        }
    }

    @Test(
        "Fields of one hop and fields that override path or method stay at the gate",
        arguments: [
            "Connection: X-Trace\r\nX-Trace: 1", "Keep-Alive: 5", "TE: trailers", "Proxy-Authorization: x",
            "Proxy: http://evil", "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-HTTP-Method-Override: DELETE",
            "X-Forwarded-Host: evil", "Forwarded: for=evil", "X-Forwarded-For: 1.2.3.4", "X-Real-IP: 1.2.3.4",
        ])
    func dropped(_ lines: String) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            #expect(try gate.get("/open/x", "\(lines)\r\n").status == 200)
            let request = try #require(gate.received.first)
            for line in lines.split(separator: "\r\n") {
                let parts = line.split(separator: ": ", maxSplits: 1)
                #expect(!request.values(String(parts[0])).contains(String(parts[1])), "\(request.fields)")
            }
        }
    }
}
