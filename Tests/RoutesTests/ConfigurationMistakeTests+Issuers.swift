import Documents
import Routes
import Testing

/// JWT authorizers of REST APIs.
extension ConfigurationMistakeTests {
    private static let begin = "}\n  },\n  \"authorizers\": {"
    private static let one = "{ \"issuer\": \"https://one.example\", \"audiences\": [\"a\"] }"
    private static let algorithms = "\"defaultAlgorithms\": [\"ES256\"]"

    private static func native(_ members: String, _ code: String, _ severity: Diagnostic.Severity = .error) -> Mistake {
        Mistake(begin, KeyArrivalTests.native(members), code, severity)
    }

    private static func issuers(_ entries: String, _ code: String) -> Mistake {
        native("\(algorithms), \"jwtConfiguration\": { \"issuers\": [\(entries)] }", code)
    }

    private static func claim(_ claim: String, _ code: String) -> Mistake {
        issuers(one.dropLast(2) + ", \"additionalClaims\": [\(claim)] }", code)
    }

    static let issuers: [Mistake] = [
        native("\(algorithms), \"jwtConfiguration\": «{}»", "GH2106"),
        native("\(algorithms), \"jwtConfiguration\": { \"issuers\": «[]» }", "GH2107"),
        native(
            "\(algorithms), \"jwtConfiguration\": { \"issuers\": [\(one)], «\"issuer\"»: \"https://one.example\" }",
            "GH2108"),
        native("\"jwtConfiguration\": { \"issuers\": [\(one)] }", "GH2106"),
        native("\"defaultAlgorithms\": [«\"HS256\"»], \"jwtConfiguration\": { \"issuers\": [\(one)] }", "GH2103"),
        native(
            "\(algorithms), \"jwtConfiguration\": { \"defaultAlgorithms\": «[\"ES256\"]», \"issuers\": [\(one)] }",
            "GH2109"),
        native(
            "\(algorithms), \"jwt\": { \"algorithms\": «[\"ES256\"]» }, \"jwtConfiguration\": { \"issuers\": [\(one)] }",
            "GH2109"),
        native(
            "\(algorithms), \"jwt\": { \"keys\": [«\"hs\"»] }, \"jwtConfiguration\": { \"issuers\": [\(one)] }",
            "GH4308"),
        native(
            "\(algorithms), «\"authorizerResultTtlInSeconds\"»: 60, \"jwtConfiguration\": { \"issuers\": [\(one)] }",
            "GH2109"),
        issuers("{ \"issuer\": \"https://one.example\", \"audiences\": «[]» }", "GH2107"),
        issuers("{ \"issuer\": \"https://one.example\", \"audiences\": [«\"\"»] }", "GH2107"),
        issuers("«{» \"issuer\": \"https://one.example\" }", "GH2106"),
        issuers(one.dropLast(2) + ", \"keys\": [«\"q\"»] }", "GH2203"),
        issuers("{ \"issuer\": «\"http://one.example\"», \"audiences\": [\"a\"] }", "GH4313"),
        issuers("{ \"issuer\": «\"one.example\"», \"audiences\": [\"a\"] }", "GH4312"),
        issuers("{ \"issuer\": «\"https://one.example/?x=1\"», \"audiences\": [\"a\"] }", "GH4312"),
        issuers("{ \"issuer\": «\"https://one.example/#x\"», \"audiences\": [\"a\"] }", "GH4312"),
        issuers("{ \"issuer\": «\"https://me@one.example/\"», \"audiences\": [\"a\"] }", "GH4312"),
        issuers(
            "\(one), { \"issuer\": «\"https://one.example\"», \"audiences\": [\"b\"], \"keys\": [\"p\"] }", "GH3117"),
        claim("{ \"claimName\": «\"aud\"» }", "GH3119"), claim("{ \"claimName\": «\"\"» }", "GH2107"),
        claim("{ \"claimName\": \"t\" }, { \"claimName\": «\"t\"» }", "GH3119"),
        claim("{ \"claimName\": \"t\", \"expectedValues\": «[\"a\", \"b\"]» }", "GH3119"),
        claim("{ \"claimName\": \"t\", \"expectedValues\": «[]» }", "GH2107"),
        claim("{ \"claimName\": \"t\", \"format\": «\"LIST\"» }", "GH2103"),
        claim("«{» \"required\": true }", "GH2106"),
    ]

    @Test("Keys that several issuers share are warned of; a set that one issuer publishes is that issuer's alone")
    func sharedKeys() throws {
        let two = "{ \"issuer\": \"https://two.example\", \"audiences\": [\"a\"] }"
        let native = KeyArrivalTests.native(
            "\(Self.algorithms), \"jwt\": { \"keys\": [KEYS] }, \"jwtConfiguration\": { \"issuers\": [\(Self.one), \(two)] }"
        )
        func loaded(_ keys: String) throws -> (keys: [[String]], codes: [String]) {
            let more = try #require(
                native.replacing(
                    "\"p\": {", with: "\"set\": { \"type\": \"jwks\", \"issuer\": \"https://two.example\" }, \"p\": {"))
            let named = try #require(more.replacing("KEYS", with: keys))
            let text = try #require(GoodConfiguration.rest.replacing(Self.begin, with: named))
            let (document, diagnostics) = load(text)
            let issuers = try #require(document?.authorizers.first?.jwt?.issuers)
            return (issuers.map { $0.keys.map(\.value) }, diagnostics.map(\.code).filter { $0 != "GH2210" })
        }
        let shared = try loaded("\"p\"")
        #expect(shared.keys == [["p"], ["p"]] && shared.codes == ["GH3118"])
        let own = try loaded("\"set\"")
        #expect(own.keys == [["https://one.example, issuer of native"], ["set"]] && own.codes.isEmpty)
    }

    @Test(
        "A JWT authorizer of a REST API takes its token from one header",
        arguments: [
            "method.request.querystring.t", "$request.header.Authorization", "context.path", "",
            "method.request.header.A, method.request.header.B",
        ])
    func nativeSource(_ source: String) throws {
        let native = KeyArrivalTests.native("\(Self.algorithms), \"jwtConfiguration\": { \"issuers\": [\(Self.one)] }")
        let wrong = try #require(native.replacing("method.request.header.Authorization", with: source))
        let good = try #require(GoodConfiguration.rest.replacing(Self.begin, with: native))
        #expect(load(good).document != nil)
        let (document, diagnostics) = load(try #require(GoodConfiguration.rest.replacing(Self.begin, with: wrong)))
        #expect(document == nil)
        #expect(diagnostics.filter { $0.severity == .error }.map(\.code).first == "GH3102")
    }
}
