import TestSupport
import Testing

@Suite("The lesson's session token")
struct LessonTests {
    private func run(_ body: (GatewayHarness) async throws -> Void) async throws {
        let secret = try Fixture.text("tokens/lesson.secret")
        SecretLedger.note(secret, as: "secret")
        try await GatewayHarness.run(Fixture.text("gateway/lesson.jsonc"), variables: ["SECRET": secret], body)
    }

    private func token(_ name: String) throws -> String {
        let token = try Fixture.load("tokens/\(name).jwt")
        SecretLedger.note(token: token)
        return String(decoding: token, as: UTF8.self)
    }

    @Test("Without exp it is refused as claim_missing")
    func withoutExpiration() async throws {
        try await run { (gate) async throws in
            #expect(try gate.get("/bridge", token: token("lesson-without-exp")).status == 401)
            #expect(gate.log.waitForLines(1).first?.contains(#""reason":"claim_missing""#) == true)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("Rank \"9\" is below 10, although it is above it as text")
    func rankNine() async throws {
        try await run { (gate) async throws in
            let response = try gate.get("/bridge", token: token("lesson-rank-9"))
            #expect(response.status == 403)
            #expect(response.text == #"{"Message":"User is not authorized to access this resource"}"#)
            #expect(gate.received.isEmpty)
        }
    }

    @Test("Rank \"15\" is at least 10")
    func rankFifteen() async throws {
        try await run { (gate) async throws in
            #expect(try gate.get("/bridge", token: token("lesson-with-exp")).status == 200)
            #expect(gate.received.count == 1)
        }
    }

    @Test("A token ends at its exp, known or new", arguments: [true, false])
    func expiry(isCached: Bool) async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            let token = try Crew.token("u-200", rank: "captain", lifetime: 30)
            if isCached {
                #expect(try gate.get("/ships", token: token).status == 200)
                #expect(try gate.get("/ships", token: token).status == 200)
                #expect(gate.log.waitForLines(2).last?.contains(#""cache":"hit""#) == true)
            }
            gate.clock.advance(seconds: 29)
            let before = gate.received.count
            #expect(try gate.get("/ships", token: token).status == 200)
            gate.clock.advance(seconds: 1)
            #expect(try gate.get("/ships", token: token).status == 401)
            gate.clock.advance(seconds: 100_000)
            #expect(try gate.get("/ships", token: token).status == 401)
            #expect(gate.received.count == before + 1)
            #expect(gate.log.waitForLines(before + 3).last?.contains(#""reason":"expired""#) == true)
        }
    }

    @Test("A token that is not yet valid becomes valid with time")
    func notBefore() async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            let token = try Crew.token("u-200", rank: "captain", extra: ",\"nbf\":\(Crew.now + 20)")
            #expect(try gate.get("/ships", token: token).status == 401)
            gate.clock.advance(seconds: 20)
            #expect(try gate.get("/ships", token: token).status == 200)
        }
    }

    @Test("One policy decides for each request, also when the token is known")
    func cachedTokenOtherResource() async throws {
        try await GatewayHarness.run(Fixture.text("gateway/fleet-rest.jsonc")) { (gate) async throws in
            let token = try Crew.cadet()
            #expect(try gate.get("/ships", token: token).status == 200)
            #expect(try gate.get("/ships/1", token: token, method: "DELETE").status == 403)
            #expect(try gate.get("/ships/1", token: token).status == 200)
            #expect(gate.received.map(\.method) == ["GET", "GET"])
        }
    }
}
