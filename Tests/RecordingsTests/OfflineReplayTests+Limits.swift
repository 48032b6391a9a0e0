import Foundation
import Gateway
import Testing

@testable import Recordings

/// API keys, rates and quotas.
extension OfflineReplayTests {
    private static let key = "abcdefghij0123456789"

    private static func configuration(_ keys: String, demand: String = "true", more: String = "") -> String {
        OfflineGate.configuration(
            routes: """
                , "GET /keyed": { "authorizationType": "NONE", "integration": "mock", "apiKeyRequired": \(demand) }
                """, more: "\"apiKeys\": { \(keys) },\(more)")
    }

    private static func keyed(_ value: String?) -> String {
        OfflineGate.request("GET /keyed", value.map { "X-API-Key: \($0)\r\n" } ?? "")
    }

    private static let one = "\"one\": { \"value\": \"\(key)\" }"

    @Test("API keys are looked up again by their pseudonyms, and none of them is in a recording")
    func keys() throws {
        let gate = try OfflineGate(Self.configuration(Self.one))
        let recording = try Self.recording(
            gate, [Self.keyed(Self.key), Self.keyed(nil), Self.keyed("something else entirely")])
        #expect(!String(decoding: recording, as: UTF8.self).contains(Self.key))
        let same = try gate.replay(recording)
        #expect(same.same == 3 && same.undecidable == 0)
        // Disabled, gone, and in no plan for the stage: refused now.
        for keys in [
            "\"one\": { \"value\": \"\(Self.key)\", \"enabled\": false }", "\"two\": { \"value\": \"\(Self.key)2\" }",
        ] {
            let result = try OfflineGate(Self.configuration(keys)).replay(recording)
            #expect(result.same == 2 && result.drifted == 1)
        }
        let plan = ##""usagePlans": { "gold": { "apiKeys": [] } },"##
        #expect(try OfflineGate(Self.configuration(Self.one, more: plan)).replay(recording).drifted == 1)
        let open = try OfflineGate(Self.configuration(Self.one, demand: "false")).replay(recording)
        #expect(open.same == 1 && open.drifted == 2)
    }

    @Test("With another salt, and with keys from authorizers, nothing can be said")
    func undecidable() throws {
        let gate = try OfflineGate(Self.configuration(Self.one))
        let recording = try Self.recording(gate, [Self.keyed(Self.key), Self.keyed(nil)])
        let other = try gate.replay(recording, salt: nil)
        #expect(other.undecidable == 1 && other.same == 1)
        let text = Self.configuration(Self.one).replacingOccurrences(
            of: "\"defaultStage\"", with: "\"apiKeySource\": \"AUTHORIZER\", \"defaultStage\"")
        #expect(try OfflineGate(text).replay(recording).undecidable == 2)
    }

    @Test("What a rate or a quota refused is not decided again", arguments: ["throttled", "quota_exceeded"])
    func counted(_ reason: String) throws {
        let gate = try OfflineGate(Self.configuration(Self.one))
        var exchange = try #require(gate.decide(Self.keyed(Self.key), at: Self.now))
        exchange.isAdmitted = false
        exchange.failure = reason == "throttled" ? .throttled(.route) : .quotaExceeded
        exchange.status = 429
        let result = try gate.replay(gate.opening + gate.line(exchange))
        #expect(result.undecidable == 1 && result.same == 0)
        #expect(result.undecidableReasons.keys.first?.hasPrefix("a rate or a quota had refused it") == true)
    }

    @Test("A claim that holds an API key is left out of recordings")
    func claim() throws {
        let text = OfflineGate.configuration(
            more: "\"apiKeys\": { \(Self.one) },", authorizer: "\"usageIdentifierKey\": \"$claims.plan_key\",")
        let gate = try OfflineGate(text)
        let token = try Self.token(",\"plan_key\":\"\(Self.key)\"")
        let recording = try Self.recording(gate, [Self.get("/ships", token)])
        #expect(String(decoding: recording, as: UTF8.self).contains("\"dropped\":[\"plan_key\"]"))
        #expect(!String(decoding: recording, as: UTF8.self).contains(Self.key))
    }
}
