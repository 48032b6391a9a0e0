import Gateway
import Limits
import Routes
import Testing

@Suite("What explanations say of API keys, rates and quotas")
struct LimitExplanationTests {
    private static let key = "abcdefghij0123456789"

    private func fleet(_ route: String, _ top: String = "", api: String = "") throws -> FleetFixture {
        try FleetFixture(
            .rest,
            [
                ("\"GET /logbook\": { ", "\"GET /logbook\": { \"authorizationType\": \"NONE\", \(route), "),
                ("\"routes\": {", "\"apiKeys\": { \"one\": { \"value\": \"\(Self.key)\" } }, \(top) \"routes\": {"),
                ("\"defaultStage\": \"dev\"", "\"defaultStage\": \"dev\"\(api)"),
            ])
    }

    private func decision(_ explanation: Explanation) -> String {
        ([explanation[.decision].text] + explanation[.decision].notes.map(\.text)).joined(separator: "; ")
    }

    private static let plan = """
        "usagePlans": { "gold": { "apiKeys": ["one"], "throttle": { "rateLimit": 0.25, "burstLimit": 7 },
                        "quota": { "limit": 12, "period": "WEEK" } } },
        """

    @Test("A missing key is a refusal with its remedy; the client is told Forbidden")
    func missing() throws {
        let explanation = try fleet("\"apiKeyRequired\": true").explain("GET", "/logbook")
        #expect(explanation.outcome == .deny)
        #expect(explanation.reason == "api_key_missing")
        #expect(
            decision(explanation) == "DENY: the route asks for an API key, and header X-API-Key holds none")
        #expect(explanation.remedy == "send one X-API-Key header with the value of an entry of apiKeys")
        #expect(explanation.answer.status == 403)
        #expect(explanation.cause?.stage == .decision)
        let wanted = try fleet("\"apiKeyRequired\": true", api: ", \"apiKeySource\": \"AUTHORIZER\"")
        #expect(decision(try wanted.explain("GET", "/logbook")).contains("the authorizer's usageIdentifierKey"))
    }

    @Test("The limits of an allowed request are named, and that nothing was counted; the key itself is not shown")
    func limits() throws {
        let fleet = try fleet(
            "\"apiKeyRequired\": true, \"throttlingRateLimit\": 50, \"throttlingBurstLimit\": 100", Self.plan)
        let explanation = try fleet.explain("GET", "/logbook", headers: ["X-API-Key: \(Self.key)"])
        #expect(explanation.outcome == .allow)
        #expect(
            decision(explanation) == "ALLOW: authorizationType NONE; API key \"one\"; "
                + "usage plan \"gold\": 0.25 requests a second, 7 at once; not counted here; "
                + "usage plan \"gold\": 12 requests each week; not counted here; "
                + "limit: 50 requests a second, 100 at once; not counted here")
        // As often as one likes: commands use nothing up.
        for _ in 0..<20 {
            #expect(try fleet.exchange("GET", "/logbook", headers: ["X-API-Key: \(Self.key)"]).failure == nil)
        }
        #expect(fleet.snapshot.limits.ledger.changes().isEmpty)
    }

    @Test("A refusal by a rate or a quota says which")
    func refused() throws {
        let fleet = try fleet("\"apiKeyRequired\": true", Self.plan)
        var exchange = try fleet.exchange("GET", "/logbook", headers: ["X-API-Key: \(Self.key)"])
        for (failure, text) in [
            (GatewayFailure.throttled(.route), "DENY: more requests than the rate of the route lets through"),
            (.throttled(.plan), "DENY: more requests than the rate of the usage plan \"gold\" lets through"),
            (.quotaExceeded, "DENY: the quota of the usage plan \"gold\" is spent"),
        ] {
            exchange.failure = failure
            let explanation = Explanation(of: exchange)
            #expect(explanation[.decision].text == text)
            #expect(explanation.answer.status == 429)
            #expect(explanation.remedy != nil)
        }
    }
}
