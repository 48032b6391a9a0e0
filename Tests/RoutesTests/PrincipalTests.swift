import Documents
import Routes
import Testing

@Suite("principals of gateway.json")
struct PrincipalTests {
    private static func text(_ principals: String) -> String? {
        GoodConfiguration.rest.replacing("\"version\": 1,", with: "\"version\": 1, \"principals\": \(principals),")
    }

    @Test(
        "A mistake is reported with its code",
        arguments: [
            (#"{ "a": { "extends": "b" } }"#, "GH2207"),
            (#"{ "a": { "extends": "b" }, "b": { "extends": "a" } }"#, "GH2208"),
            (#"{ "a": { "extends": "a" } }"#, "GH2208"),
            (#"{ "a": { "token": "stale" } }"#, "GH2103"),
            (#"{ "a": { "token": { "lifetime": "soon" } } }"#, "GH2103"),
            (#"{ "a": { "token": { "lifetime": "0s" } } }"#, "GH2103"),
            (#"{ "a": { "claims": [] } }"#, "GH2101"),
            (#"{ "a": { "claim": {} } }"#, "GH2104"),
            (#"{ "a": { "claims": { "sub": "${env:NOT_SET}" } } }"#, "GH2501"),
        ])
    func mistakes(principals: String, code: String) throws {
        let (document, diagnostics) = load(try #require(Self.text(principals)))
        #expect(document == nil)
        #expect(diagnostics.map(\.code) == [code])
    }

    @Test("Principals beside a stage that is not for debugging are a warning")
    func productionStage() throws {
        let text = try #require(Self.text(#"{ "a": {} }"#)?.replacing("\"debug\": true", with: "\"debug\": false"))
        let (document, diagnostics) = load(text)
        #expect(document != nil)
        #expect(diagnostics.map(\.code) == ["GH2209"])
        #expect(diagnostics.first?.severity == .warning)
    }

    @Test("A principal starts from another one's claims and changes some")
    func extends() throws {
        let text = try #require(
            Self.text(
                """
                { "captain": { "extends": "cadet", "claims": { "rank": "captain", "teams": ["a", "${env:PORT}"] } },
                  "cadet": { "claims": { "sub": "u-1", "rank": "cadet", "age": 1.50 }, "token": { "lifetime": "2h" } },
                  "late": { "extends": "captain", "token": "expired" } }
                """))
        let document = try #require(load(text).document)
        #expect(document.principals.map(\.name) == ["captain", "cadet", "late"])
        let captain = try #require(document.principal(named: "captain"))
        let claims = captain.claims.map { "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))" }
        #expect(claims == ["sub=\"u-1\"", "rank=\"captain\"", "age=1.50", "teams=[\"a\",\"3000\"]"])
        #expect(captain.preset == nil && captain.lifetimeInSeconds == 3600)
        #expect(document.principal(named: "cadet")?.lifetimeInSeconds == 7200)
        #expect(document.principal(named: "late")?.preset == .expired)
    }

    @Test("Spans of time have a unit")
    func spans() {
        let all = ["90s", "30m", "1h", "7d", "1", "h", "-1h", "1w", "99999999999d", ""].map { SpanText.seconds($0) }
        #expect(all == [90, 1800, 3600, 604_800, nil, nil, nil, nil, nil, nil])
    }
}
