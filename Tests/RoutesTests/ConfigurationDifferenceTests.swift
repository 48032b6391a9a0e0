import Testing

@testable import Routes

@Suite("What a reload changes")
struct ConfigurationDifferenceTests {
    private func difference(
        _ edits: [(String, String)], in text: String = GoodConfiguration.rest, stage: String = "dev"
    ) throws -> ConfigurationDifference {
        var changed = text
        for (old, new) in edits { changed = try #require(changed.replacing(old, with: new), "\(old)") }
        let (before, _) = load(text)
        let (after, diagnostics) = load(changed)
        return ConfigurationDifference(
            from: try #require(before), to: try #require(after, "\(diagnostics)"), stage: stage)
    }

    private func changes(
        _ edits: [(String, String)], in text: String = GoodConfiguration.rest
    ) throws -> [String] {
        try difference(edits, in: text).changes.map { "\($0.kind.rawValue): \($0)" }
    }

    // MARK: Routes

    @Test("A route that loses its authorizer has become public")
    func lost() throws {
        let edit = (#""GET /ships": { "#, #""GET /ships": { "authorizationType": "NONE", "#)
        let found = try difference([edit])
        #expect(
            found.changes.map(\.description) == ["GET /ships authorizer session -> none, now public"])
        #expect(found.changes.first?.kind == .becamePublic)
        #expect(found.changedRoutes == ["GET /ships"])
        #expect(found.summary == "1 route changed")
    }

    @Test("Requests of a guarded route that is gone may reach a public one")
    func uncovered() throws {
        let open = #", "GET /{all+}": { "authorizationType": "NONE", "integration": "fleet" } "#
        let base = try #require(
            GoodConfiguration.rest.replacing(
                #""POST /ships": { "integration": "fleet" },"#,
                with: #""POST /ships": { "integration": "fleet" }\#(open)"#
            ))
        let removed = (#""GET /ships/{id}": { "authorizer": "session", "integration": "fleet" },"#, "")
        #expect(
            try changes([removed], in: base) == [
                "becamePublic: GET /{all+} authorizer session -> none (before: GET /ships/{id}), now public"
            ])
        #expect(try difference([removed], in: base).removedRoutes == ["GET /ships/{id}"])
    }

    @Test("A new public route may take requests away from a guarded one")
    func carvedOut() throws {
        let health = #""GET /health": { "authorizationType": "NONE","#
        let edit = (
            health, #""GET /ships/free": { "authorizationType": "NONE", "integration": "fleet" }, \#(health)"#
        )
        #expect(
            try changes([edit]) == [
                "becamePublic: GET /ships/free authorizer session -> none (before: GET /ships/{id}), now public"
            ])
    }

    @Test("A public ANY beside guarded verbs opens only the others, and says that it is new")
    func anyVerb() throws {
        let health = #""GET /health": { "authorizationType": "NONE","#
        let edit = (health, #""ANY /ships": { "authorizationType": "NONE", "integration": "fleet" }, \#(health)"#)
        #expect(try changes([edit]) == ["newPublicRoute: ANY /ships is new and public"])
    }

    @Test("Another authorizer is told, a route that is now guarded or gone is not")
    func otherAuthorizer() throws {
        let second = (
            #""authorizers": {"#,
            #"""
            "authorizers": { "other": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
              "jwt": { "keys": ["hs"], "algorithms": ["HS256"], "issuer": "https://login.example", "audience": ["api"] },
              "policy": [ { "effect": "Allow", "resources": ["*"] } ] },
            """#
        )
        let moved = (
            #""GET /ships/{id}": { "authorizer": "session","#, #""GET /ships/{id}": { "authorizer": "other","#
        )
        #expect(try changes([second, moved]) == ["authorizerChanged: GET /ships/{id} authorizer session -> other"])
        let guarded = (#""GET /health": { "authorizationType": "NONE","#, #""GET /health": {"#)
        #expect(try changes([guarded]).isEmpty)
        #expect(try difference([guarded]).summary == "1 route changed")
        let gone = (#""GET /one/{id}": { "authorizer": "jwt", "integration": "one" },"#, "")
        let closed = (#""$default": { "authorizationType": "NONE","#, #""$default": { "authorizer": "jwt","#)
        let found = try difference([gone, closed], in: GoodConfiguration.http)
        #expect(found.changes.isEmpty)
        #expect(found.summary == "1 route removed, 1 route changed")
    }

    @Test("The catch-all of HTTP APIs, and other names of parameters")
    func fallback() throws {
        let text = GoodConfiguration.http
        let closed = (
            #""$default": { "authorizationType": "NONE","#, #""$default": { "authorizer": "jwt","#
        )
        #expect(try changes([closed], in: text).isEmpty)
        let guarded = try #require(text.replacing(closed.0, with: closed.1))
        #expect(
            try changes([(closed.1, closed.0)], in: guarded) == [
                "becamePublic: $default authorizer jwt -> none, now public"
            ])
        let renamed = [(#""GET /one/{id}""#, #""GET /one/{key}""#), ("/v1/{id}", "/v1/{key}")]
        let found = try difference(renamed, in: text)
        #expect(found.changes.isEmpty)
        #expect(found.addedRoutes.isEmpty && found.removedRoutes.isEmpty)
        #expect(found.summary == "1 integration changed")
    }

    // MARK: Authorizers

    @Test(
        "Policies that allow more, or deny less, are told with the statement",
        arguments: [
            (
                #"["GET/ships", "GET/ships/*"]"#, #"["GET/ships", "GET/*"]"#,
                ["allowWidened: authorizer session policy statement Read now allows GET/*"]
            ),
            (
                #"["POST/ships"]"#, #"["POST/ships", "*/ships"]"#,
                ["allowWidened: authorizer session policy statement Write now allows */ships"]
            ),
            (
                #""when": { "rank": { "in": ["captain"] } }"#, #""when": { "rank": { "in": ["cadet"] } }"#,
                ["conditionChanged: authorizer session policy statement Write allows on another condition"]
            ),
            (
                // The condition has moved to another statement.
                #"["POST/ships"],"#, #"["POST/ships"] }, { "effect": "Allow", "resources": ["*"],"#,
                [
                    "conditionChanged: authorizer session policy statement Write allows on another condition",
                    "allowWidened: authorizer session policy statement #2 now allows *",
                ]
            ),
            // Narrower, or the same in other words.
            (#"["GET/ships", "GET/ships/*"]"#, #"["GET/ships/*"]"#, []),
            (#"["GET/ships", "GET/ships/*"]"#, #"["GET/ships/*", "GET/ships", "GET/ships/?/*"]"#, []),
            (
                #""resources": ["GET/ships", "GET/ships/*"]"#,
                #""resources": ["GET/ships"], "when": { "a": { "exists": true } }"#, []
            ),
        ] as [(String, String, [String])])
    func policies(_ old: String, _ new: String, _ expected: [String]) throws {
        #expect(try changes([(old, new)]) == expected)
    }

    @Test("A denial that is gone or smaller is told")
    func denials() throws {
        let deny = #"{ "sid": "No", "effect": "Deny", "resources": ["*/ships/*"] }, { "sid": "Read","#
        let base = try #require(GoodConfiguration.rest.replacing(#"{ "sid": "Read","#, with: deny))
        #expect(
            try changes([(deny, #"{ "sid": "Read","#)], in: base) == [
                "denyNarrowed: authorizer session policy statement No no longer denies */ships/*"
            ])
        #expect(
            try changes([(#"["*/ships/*"]"#, #"["GET/ships/*"]"#)], in: base) == [
                "denyNarrowed: authorizer session policy statement No no longer denies */ships/*"
            ])
        #expect(
            try changes([(#"["*/ships/*"]"#, #"["*/ships/*"], "when": { "a": { "exists": true } }"#)], in: base) == [
                "conditionChanged: authorizer session policy statement No denies on another condition"
            ])
        #expect(try changes([(#"["*/ships/*"]"#, #"["*/ships*"]"#)], in: base).isEmpty)
    }

    @Test(
        "Token rules that let more in are told, stricter ones are not",
        arguments: [
            (#""issuer": "https://login.example""#, #""issuer": null"#, "no longer checks the issuer"),
            (#""issuer": "https://login.example""#, #""issuer": "https://other.example""#, "trusts another issuer"),
            (#""audience": ["api"]"#, #""audience": null"#, "no longer checks the audience"),
            (#""audience": ["api"]"#, #""audience": ["api", "b"]"#, "accepts further audiences"),
            (#""requiredClaims": ["sub"]"#, #""requiredClaims": []"#, "requires fewer claims"),
            (#""clockSkewSeconds": 5"#, #""clockSkewSeconds": 6"#, "allows more clock skew"),
            (
                #""clockSkewSeconds": 5"#, #""clockSkewSeconds": 5, "requireExpiration": false"#,
                "accepts tokens that never expire"
            ),
            (
                #""clockSkewSeconds": 5"#, #""clockSkewSeconds": 5, "withoutKid": "try""#,
                "tries every key for tokens without kid"
            ),
            (#""algorithms": ["HS256"],"#, #""algorithms": ["HS256", "HS512"],"#, "accepts further algorithms"),
            (#""clockSkewSeconds": 5"#, #""clockSkewSeconds": 4, "maxAgeSeconds": 60, "scopes": ["a"]"#, nil),
            (#""requiredClaims": ["sub"]"#, #""requiredClaims": ["sub", "x"], "tokenTypes": ["at+jwt"]"#, nil),
        ] as [(String, String, String?)])
    func tokenRules(_ old: String, _ new: String, _ text: String?) throws {
        #expect(
            try changes([(old, new)]) == (text.map { ["tokenRulesLoosened: authorizer session \($0)"] } ?? []))
    }

    @Test("Removing what a stricter document had added is told")
    func removedRules() throws {
        let rules = #""clockSkewSeconds": 5, "maxAgeSeconds": 60, "scopes": ["a"], "tokenTypes": ["at+jwt"]"#
        let base = try #require(GoodConfiguration.rest.replacing(#""clockSkewSeconds": 5"#, with: rules))
        let found = try changes([(rules, #""clockSkewSeconds": 5"#)], in: base)
        let texts = ["accepts older tokens", "accepts further token types", "accepts further scopes"]
        #expect(found == texts.map { "tokenRulesLoosened: authorizer session \($0)" })
    }

    @Test("Another function, another source and another expression are told; no address is")
    func functions() throws {
        let uri = "http://127.0.0.1:9/2015-03-31/functions/a/invocations"
        let base = """
            { "version": 1, "api": { "type": "REST", "defaultStage": "dev" }, "server": { "listen": "127.0.0.1:0" },
              "authorizers": { "f": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                "identityValidationExpression": "a+", "authorizerUri": "\(uri)" } },
              "routes": { "GET /x": { "authorizer": "f",
                "integration": { "type": "MOCK", "response": { "statusCode": 200 } } } } }
            """
        let moved = uri.replacing("/a/", with: "/b/") ?? ""
        #expect(try changes([(uri, moved)], in: base) == ["authorizerReplaced: authorizer f asks another function"])
        #expect(
            try changes([("header.Authorization", "header.X-Key")], in: base) == [
                "authorizerReplaced: authorizer f reads other identity sources"
            ])
        #expect(
            try changes([(#""identityValidationExpression": "a+","#, "")], in: base) == [
                "tokenRulesLoosened: authorizer f has no identityValidationExpression any more"
            ])
    }

    // MARK: Keys and settings

    @Test("A changed key is told without its material")
    func keys() throws {
        let edit = ("${env:SECRET}", "fedcba9876543210fedcba9876543210")
        let found = try difference([edit])
        #expect(found.changes.map(\.description) == ["key hs changed: other signatures are believed"])
        #expect(found.summary == "1 key changed")
    }

    @Test(
        "Weaker settings are told, stronger ones are not",
        arguments: [
            (#""trustedProxies": ["10.0.0.0/8"]"#, #""trustedProxies": ["10.0.0.0/8", "11.0.0.0/8"]"#, true),
            (#""trustedProxies": ["10.0.0.0/8"]"#, #""trustedProxies": []"#, false),
            (#""reservedHeaders": ["X-Claim-*"]"#, #""reservedHeaders": []"#, true),
            (#""reservedHeaders": ["X-Claim-*"]"#, #""reservedHeaders": ["X-Claim-*", "X-A"]"#, false),
            (
                #""reservedHeaders": ["X-Claim-*"]"#,
                #""reservedHeaders": ["X-Claim-*"], "pathNormalization": { "ambiguous": "allow" }"#, true
            ),
            (
                #""reservedHeaders": ["X-Claim-*"]"#,
                #""reservedHeaders": ["X-Claim-*"], "pathNormalization": { "encodedSlash": "keep" }"#, true
            ),
            (#""type": "HTTP","#, #""type": "HTTP", "profile": "aws","#, true),
            (#""$default": {}"#, #""$default": { "debug": true }"#, true),
        ])
    func settings(_ old: String, _ new: String, _ isWeaker: Bool) throws {
        let found = try difference([(old, new)], in: GoodConfiguration.http, stage: "$default")
        #expect(found.changes.map(\.kind) == (isWeaker ? [.settingLoosened] : []), "\(found.changes)")
        #expect(found.summary != "no difference")
    }

    @Test("A list of revoked tokens that is no longer read is told")
    func revocations() throws {
        let list = #""version": 1, "revocations": { "file": "revoked.jsonl" },"#
        let base = try #require(GoodConfiguration.rest.replacing(#""version": 1,"#, with: list))
        #expect(
            try changes([(list, #""version": 1,"#)], in: base) == [
                "settingLoosened: revocations removed: revoked tokens pass again"
            ])
        #expect(
            try changes([("revoked.jsonl", "other.jsonl")], in: base) == [
                "settingLoosened: revocations are read from another file"
            ])
        #expect(try changes([(#""version": 1,"#, list)]).isEmpty)
    }

    @Test(
        "What only a restart changes is named",
        arguments: [
            (#""listen": "127.0.0.1:8080""#, #""listen": "127.0.0.1:8081""#, "server.listen"),
            (#""listen": "127.0.0.1:8080""#, #""listen": "127.0.0.1:8080", "workers": 3"#, "server.workers"),
            (#""headerBytes": 10240"#, #""headerBytes": 10241"#, "server.limits"),
            (#""limits": {"#, #""timeouts": { "drainInMillis": 7 }, "limits": {"#, "server.timeouts"),
            (#""limits": {"#, #""headerNames": "drop", "limits": {"#, "server.headerNames"),
            (#""limits": {"#, #""log": { "format": "text" }, "limits": {"#, "server.log.format"),
            (#""version": 1,"#, #""version": 1, "tokenCache": { "entries": 9 },"#, "tokenCache"),
            // These are in force at once.
            (#""headerBytes": 10240"#, #""headerBytes": 10240, "integrationTimeoutInMillis": 900"#, nil),
            (#""limits": {"#, #""log": { "principal": "off", "level": "error" }, "limits": {"#, nil),
        ] as [(String, String, String?)])
    func restarts(_ old: String, _ new: String, _ name: String?) throws {
        #expect(try difference([(old, new)]).restarts == (name.map { [$0] } ?? []))
    }

    @Test("White space, comments and the order of members are no difference")
    func sameMeaning() throws {
        let found = try difference([
            ("// A fleet.", "/* Another word. */"),
            (#""alg": "HS256", "kid": "1","#, #""kid":   "1",   "alg": "HS256","#),
        ])
        #expect(found.changes.isEmpty && found.restarts.isEmpty)
        #expect(found.summary == "no difference")
    }

    @Test(
        "A pattern covers another only when each text of the other is one of its own",
        arguments: [
            ("*", "GET/a*", true), ("GET/*", "GET/a/*", true), ("GET/?", "GET/?", true), ("GET/*", "GET/?", true),
            ("*/a", "GET/a", true), ("a*b*c", "a*bb*c", true), ("GET/a", "GET/*", false), ("GET/?", "GET/*", false),
            ("GET/a?", "GET/a", false), ("a*b", "a*", false), ("GET/a*", "GET/*", false), ("?*", "*", false),
            ("", "", true), ("", "*", false), ("**", "*?*", true),
        ])
    func coverage(_ wide: String, _ narrow: String, _ expected: Bool) {
        #expect(PatternCoverage.covers(Array(wide.utf8), Array(narrow.utf8)) == expected)
    }
}

@Suite("What a reload changes of rates, quotas and API keys")
struct LimitDifferenceTests {
    private func difference(_ old: (String, String), _ new: (String, String)) throws -> ConfigurationDifference {
        let before = try #require(GoodConfiguration.rest.replacing(old.0, with: old.1))
        let after = try #require(GoodConfiguration.rest.replacing(new.0, with: new.1))
        return ConfigurationDifference(
            from: try #require(load(before).document), to: try #require(load(after).document), stage: "dev")
    }

    private static let route = "\"GET /ships\": { "
    private static let begin = "\"version\": 1,"

    private static func plan(_ members: String) -> String {
        "\(begin) \"apiKeys\": { \"one\": { \"value\": \"${env:SECRET}\" } }, "
            + "\"usagePlans\": { \"gold\": { \"apiKeys\": [\"one\"], \(members) } },"
    }

    @Test(
        "What lets more through is told; what is tighter is not",
        arguments: [
            ("\"throttlingRateLimit\": 5,", "", "GET /ships has no rate any more"),
            ("\"throttlingRateLimit\": 5,", "\"throttlingRateLimit\": 6,", "GET /ships lets more requests through"),
            (
                "\"throttlingRateLimit\": 5,", "\"throttlingRateLimit\": 5, \"throttlingBurstLimit\": 9,",
                "GET /ships lets more requests through"
            ),
            ("\"throttlingRateLimit\": 5,", "\"throttlingRateLimit\": 4,", ""),
            ("", "\"throttlingRateLimit\": 4,", ""),
            ("\"apiKeyRequired\": true,", "", "GET /ships no longer asks for an API key"),
            ("", "\"apiKeyRequired\": true,", ""),
        ])
    func routes(_ before: String, _ after: String, _ expected: String) throws {
        let found = try difference((Self.route, Self.route + before), (Self.route, Self.route + after))
        #expect(found.changes.map(\.description) == (expected.isEmpty ? [] : [expected]))
        #expect(found.changes.allSatisfy { $0.kind == .limitLoosened })
        #expect(found.changedRoutes == ["GET /ships"])
    }

    @Test(
        "Plans, too",
        arguments: [
            ("\"throttle\": { \"rateLimit\": 1 }", "\"throttle\": { \"rateLimit\": 2 }", "lets more requests through"),
            ("\"throttle\": { \"rateLimit\": 2 }", "\"throttle\": { \"rateLimit\": 1 }", ""),
            ("\"quota\": { \"limit\": 1, \"period\": \"DAY\" }", "", "has another quota"),
            (
                "\"quota\": { \"limit\": 1, \"period\": \"DAY\" }", "\"quota\": { \"limit\": 2, \"period\": \"DAY\" }",
                "has another quota"
            ),
            (
                "\"quota\": { \"limit\": 2, \"period\": \"DAY\" }", "\"quota\": { \"limit\": 1, \"period\": \"DAY\" }",
                ""
            ),
        ])
    func plans(_ before: String, _ after: String, _ expected: String) throws {
        let found = try difference((Self.begin, Self.plan(before)), (Self.begin, Self.plan(after)))
        #expect(found.changes.map(\.description) == (expected.isEmpty ? [] : ["usage plan gold \(expected)"]))
        #expect(found.changedParts == ["usage plan gold"])
    }

    @Test("Another file for what is used needs a restart")
    func usage() throws {
        let found = try difference(
            (Self.begin, "\(Self.begin) \"usage\": { \"file\": \"a\" },"),
            (Self.begin, "\(Self.begin) \"usage\": { \"file\": \"b\" },"))
        #expect(found.restarts == ["usage.file"])
    }
}
