import TestSupport
import Testing

@Suite("Stages with debug")
struct DebugStageTests {
    private func run(debug: Bool, _ body: (GatewayHarness) async throws -> Void) async throws {
        let plain = #""dev": { "stageVariables""#
        let text = try Fixture.text("gateway/fleet-rest.jsonc")
        let parts = text.split(separator: plain, maxSplits: 1)
        try #require(parts.count == 2)
        let changed = parts.joined(separator: #""dev": { "debug": \#(debug), "stageVariables""#)
        try await GatewayHarness.run(changed, script: { _ in .answer(200) }, body)
    }

    @Test("Without debug no answer tells why")
    func off() async throws {
        try await run(debug: false) { (gate) async throws in
            #expect(try gate.get("/ships").values("x-gatehouse-decision").isEmpty)
            #expect(try gate.get("/ships", token: Crew.captain()).values("x-gatehouse-decision").isEmpty)
        }
    }

    @Test("With debug every answer names the decision, its reason and the statement")
    func on() async throws {
        try await run(debug: true) { (gate) async throws in
            func decision(_ response: RawResponse) -> [String] { response.values("x-gatehouse-decision") }
            #expect(decision(try gate.get("/ships")) == ["deny; reason=token_missing"])
            #expect(decision(try gate.get("/ships", token: Crew.expired())) == ["deny; reason=expired"])
            #expect(decision(try gate.get("/nowhere")) == ["none; reason=no_route"])
            #expect(decision(try gate.get("/ships", token: Crew.captain()))[0].hasPrefix("allow; statement="))
            let scuttle = try gate.get("/ships/42", token: Crew.cadet(), method: "DELETE")
            #expect(decision(scuttle)[0].hasPrefix("deny; reason=explicit_deny; statement="))
        }
    }
}
