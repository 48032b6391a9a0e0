import Authorizers
import Gateway
import HTTP
import Routes
import Testing

/// Explanations and offline runs tell the answer that `serve` would send.
@Suite("Answers without sockets")
struct GatewayAnswerTests {
    private static let custom = """
        "gatewayResponses": { "MISSING_AUTHENTICATION_TOKEN": { "statusCode": 404, "responseTemplates": {
          "application/json": "{\\"none\\":\\"$context.httpMethod\\"}" } } },
        """

    @Test("An explanation shows the gateway response of the configuration and names it")
    func explanation() throws {
        let fleet = try FleetFixture(
            .rest,
            [
                (
                    "\"upstreams\": {",
                    "\"gatewayResponses\": { \"UNAUTHORIZED\": { \"statusCode\": 418, \"responseTemplates\": { \"application/json\": \"no\" } } }, \"upstreams\": {"
                )
            ])
        let explanation = try fleet.explain("GET", "/ships")
        #expect(explanation.answer.status == 418)
        #expect(explanation.answer.body == Array("no".utf8))
        #expect(explanation.answer.note == "gatewayResponses.UNAUTHORIZED")
        #expect(try fleet.explain("GET", "/nothing").answer.status == 403)
    }

    @Test("A preflight is explained as one")
    func preflight() throws {
        let bench = try GateBench(.http, top: "\"cors\": { \"allowOrigins\": [\"*\"] },")
        let headers = ["Origin: https://a.example", "Access-Control-Request-Method: GET"]
        let answer = try #require(try bench.answer("OPTIONS", "/x/1", headers))
        #expect(answer.status == 204 && answer.lines.contains("access-control-allow-origin: *"))
        var exchange = try bench.exchange("OPTIONS", "/x/1", headers)
        _ = RequestPipeline.run(&exchange, in: .init(cacheLimits: nil, seed: (1, 2)))
        let explanation = Explanation(of: exchange)
        #expect(explanation.outcome == .allow && explanation.answer.status == 204)
        #expect(explanation[.route].text.contains("preflight"))
        #expect(explanation.steps.allSatisfy { $0.status == .satisfied || $0.status == .notApplicable })
    }

    @Test("The offline gate answers as configured, and validates")
    func offline() throws {
        let bench = try GateBench(.rest, top: Self.custom)
        let answer = try #require(try bench.answer("GET", "/nothing"))
        #expect(answer.status == 404 && answer.body == #"{"none":"GET"}"#)
        let validated = try GateBench(
            .rest,
            members: """
                , "requestValidator": { "validateRequestParameters": true, "validateRequestBody": true },
                "requestParameters": { "method.request.querystring.q": true }, "requestModels": { "$default": "M" }
                """, top: "\"models\": { \"M\": { \"schema\": { \"required\": [\"a\"] } } },")
        let missing = try #require(try validated.answer("POST", "/x/1", body: "{\"a\":1}"))
        #expect(missing.status == 400 && missing.body.contains("[q]"))
        let wrong = try #require(try validated.answer("POST", "/x/1?q=1", body: "{}"))
        #expect(wrong.body == #"{"message": "Invalid request body"}"#)
        #expect(try !validated.sent("POST", "/x/1?q=1", body: "{\"a\":1}").isEmpty)
        var exchange = try validated.exchange("POST", "/x/1")
        _ = RequestPipeline.run(&exchange, in: .init(cacheLimits: nil, seed: (1, 2)))
        let explanation = Explanation(of: exchange)
        #expect(explanation.outcome == .allow && explanation.answer.status == 400)
        #expect(explanation.answer.note?.contains("request validator") == true)
        #expect(explanation.answer.note?.contains("q") == true)
    }

    @Test(
        "Every kind of answer can be customised, but the one that AWS keeps", arguments: GatewayResponseType.allCases)
    func types(_ type: GatewayResponseType) throws {
        let bench = try GateBench(
            .rest, top: "\"gatewayResponses\": { \"\(type.rawValue)\": { \"statusCode\": 499 } },")
        let table = bench.snapshot.gatewayResponses
        #expect((table.customisation(of: type) == nil) == (type == .requestTooLarge))
        let others = GatewayResponseType.allCases.filter { $0 != type && table.customisation(of: $0) != nil }
        let isDefault = type == .default4XX || type == .default5XX
        #expect(
            Set(others)
                == (isDefault
                    ? Set(
                        GatewayResponseType.allCases.filter {
                            $0.fallback == type && $0 != type && $0 != .requestTooLarge
                        }) : []))
    }
}
