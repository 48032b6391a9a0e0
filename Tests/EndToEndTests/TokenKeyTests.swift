import TestSupport
import Testing
import Tokens

/// Keys of `keys`, `jwt` and authorizers. Each case names a value, a token and the status; cases come in pairs, so that
/// an ignored value fails one of them.
@Suite("Keys of keys, jwt and authorizers")
struct TokenKeyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var jwt: String
        var claims: String
        var type: String? = "JWT"
        var status: Int
        var reason: String?

        init(_ jwt: String, _ claims: String, type: String? = "JWT", _ status: Int, _ reason: String? = nil) {
            self.jwt = jwt
            self.claims = claims
            self.type = type
            self.status = status
            self.reason = reason
        }

        var testDescription: String { "\(jwt) -> \(status)" }
    }

    private static let base = "\"sub\":\"u-1\",\"iat\":\(Crew.now - 10)"
    private static let timed = "\(base),\"exp\":\(Crew.now + 60)"
    private static let open = "\"keys\": [\"hs\"], \"issuer\": null, \"audience\": null"

    static let cases: [Case] = [
        Case(
            "\"keys\": [\"hs\"], \"issuer\": \"https://a\", \"audience\": null", timed + ",\"iss\":\"https://b\"", 401,
            "iss_mismatch"),
        Case(
            "\"keys\": [\"hs\"], \"issuer\": \"https://a\", \"audience\": null", timed + ",\"iss\":\"https://a\"", 200),
        Case(open, timed + ",\"iss\":\"https://b\",\"aud\":\"any\"", 200),
        Case(
            "\"keys\": [\"hs\"], \"issuer\": null, \"audience\": \"a\"", timed + ",\"aud\":\"b\"", 401, "aud_mismatch"),
        Case(
            "\"keys\": [\"hs\"], \"issuer\": null, \"audience\": [\"a\", \"b\"]", timed + ",\"aud\":[\"c\",\"b\"]", 200),
        Case("\(open), \"requiredClaims\": [\"jti\"]", timed, 401, "claim_missing"),
        Case("\(open), \"requiredClaims\": [\"jti\"]", timed + ",\"jti\":\"1\"", 200),
        Case(open, base, 401, "claim_missing"),
        Case("\(open), \"requireExpiration\": false", base, 200),
        Case("\(open), \"maxAgeSeconds\": 5", timed, 401, "token_too_old"),
        Case("\(open), \"maxAgeSeconds\": 15", timed, 200),
        Case(open, "\"sub\":\"u-1\",\"exp\":\(Crew.now - 4)", 401, "expired"),
        Case("\(open), \"clockSkewSeconds\": 5", "\"sub\":\"u-1\",\"exp\":\(Crew.now - 4)", 200),
        Case("\(open), \"clockSkewSeconds\": 5", "\"sub\":\"u-1\",\"exp\":\(Crew.now - 6)", 401, "expired"),
        Case(
            "\(open), \"maxTokenBytes\": 150", timed + ",\"jti\":\"0123456789012345678901234567890123456789\"", 401,
            "token_too_large"),
        Case("\(open), \"maxTokenBytes\": 400", timed + ",\"jti\":\"0123456789012345678901234567890123456789\"", 200),
        Case("\(open), \"tokenTypes\": [\"at+jwt\"]", timed, 401, "typ_mismatch"),
        Case("\(open), \"tokenTypes\": [\"at+jwt\"]", timed, type: "at+jwt", 200),
        Case("\(open), \"scopes\": [\"write\"]", timed + ",\"scope\":\"read\"", 403, "insufficient_scope"),
        Case("\(open), \"scopes\": [\"write\"]", timed + ",\"scope\":\"read write\"", 200),
    ]

    @Test("jwt", arguments: cases)
    func jwt(_ sample: Case) async throws {
        var configuration = Configuration()
        configuration.jwt = sample.jwt
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try TokenMint.standard().token("{\(sample.claims)}", type: sample.type)
            #expect(try gate.get("/guarded/x", token: token).status == sample.status)
            #expect(gate.received.count == (sample.status == 200 ? 1 : 0))
            if let reason = sample.reason {
                #expect(
                    gate.log.waitForLines(1).first?.contains("\"reason\":\"\(reason)\"") == true, "\(gate.log.lines)")
            }
        }
    }

    private func status(
        keys: String, jwt: String = "\"keys\": [\"k\"], \"issuer\": null, \"audience\": null", _ token: String,
        variables: [String: String] = [:], files: [String: [UInt8]] = [:]
    ) async throws -> Int {
        var configuration = Configuration()
        configuration.keys = keys
        configuration.jwt = jwt
        var status = 0
        try await GatewayHarness.run(configuration.text, variables: variables, files: files) { (gate) async throws in
            status = try gate.get("/guarded/x", token: token).status
        }
        return status
    }

    @Test("Every way to write a secret gives the same key", arguments: ["raw", "base64", "base64url", "hex", "file"])
    func secretForms(_ form: String) async throws {
        // Bytes whose base64 and base64url differ.
        let secret: [UInt8] =
            form == "raw" || form == "file" ? Array(TokenMint.secret.utf8) : (0..<48).map { 250 &+ $0 }
        let token = try TokenMint(secret: secret).token("{\(Self.timed)}")
        let url = String(decoding: Base64URL.encode(secret), as: UTF8.self)
        let text =
            switch form {
            case "base64": String(url.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
            case "base64url": url
            case "hex": secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            default: TokenMint.secret
            }
        SecretLedger.note(text, as: "secret")
        let material =
            form == "file" ? "\"secretFile\": \"s.txt\"" : "\"secret\": \"${env:TEXT}\", \"encoding\": \"\(form)\""
        let status = try await status(
            keys: "\"k\": { \"type\": \"secret\", \"alg\": \"HS256\", \(material) }", token, variables: ["TEXT": text],
            files: ["s.txt": secret + [0x0A]])
        #expect(status == 200)
    }

    @Test("A short secret needs allowWeak")
    func allowWeak() async throws {
        let token = try TokenMint(secret: Array("short-secret".utf8)).token("{\(Self.timed)}")
        let key = "\"k\": { \"type\": \"secret\", \"alg\": \"HS256\", \"secret\": \"${env:WEAK}\""
        await #expect(throws: GatewayHarness.Refused.self) {
            _ = try await status(keys: key + " }", token, variables: ["WEAK": "short-secret"])
        }
        let admitted = try await status(
            keys: key + ", \"allowWeak\": true }", token, variables: ["WEAK": "short-secret"])
        #expect(admitted == 200)
    }

    @Test("alg binds a key to one algorithm", arguments: [("HS256", 401), ("HS384", 200)])
    func algorithm(_ name: String, _ expected: Int) async throws {
        let secret = String(repeating: "0123456789abcdef", count: 4)
        let mint = try TokenMint(secret: Array(secret.utf8), algorithm: .hmac(.hs384))
        let status = try await status(
            keys: "\"k\": { \"type\": \"secret\", \"alg\": \"\(name)\", \"secret\": \"${env:S}\" }",
            mint.token("{\(Self.timed)}"), variables: ["S": secret])
        #expect(status == expected)
    }

    @Test("algorithms narrows what a key set could do", arguments: [("ES256", 200), ("RS256", 401)])
    func algorithms(_ name: String, _ expected: Int) async throws {
        let key = try JWKGenerator.generate(for: try #require(SignatureAlgorithm(name: "ES256")))
        let status = try await status(
            keys: "\"k\": { \"type\": \"jwks\", \"jwksFile\": \"set.json\" }",
            jwt: "\"keys\": [\"k\"], \"algorithms\": [\"\(name)\"], \"issuer\": null, \"audience\": null",
            TokenMint(key).token("{\(Self.timed)}"), files: ["set.json": key.keySet])
        #expect(status == expected)
    }

    @Test("kid names the only key that a token may use", arguments: [("one", 200), ("two", 401)])
    func kid(_ name: String, _ expected: Int) async throws {
        let mint = try TokenMint(secret: Array(TokenMint.secret.utf8), keyID: name)
        let status = try await status(
            keys:
                "\"k\": { \"type\": \"secret\", \"alg\": \"HS256\", \"kid\": \"one\", \"secret\": \"${env:SECRET}\" }",
            mint.token("{\(Self.timed)}"))
        #expect(status == expected)
    }

    @Test(
        "withoutKid: a token that names no key is tried with all or with none",
        arguments: [("single", 401), ("try", 200)])
    func withoutKid(_ value: String, _ expected: Int) async throws {
        let other = "another secret of the tests, long enough"
        SecretLedger.note(other, as: "secret")
        let status = try await status(
            keys: """
                "k": { "type": "secret", "alg": "HS256", "kid": "1", "secret": "${env:SECRET}" },
                "l": { "type": "secret", "alg": "HS256", "kid": "2", "secret": "${env:OTHER}" }
                """,
            jwt: "\"keys\": [\"l\", \"k\"], \"issuer\": null, \"audience\": null, \"withoutKid\": \"\(value)\"",
            TokenMint.standard().token("{\(Self.timed)}"), variables: ["OTHER": other])
        #expect(status == expected)
    }

    @Test("jwt.keys: only the named keys count", arguments: [("k", 200), ("l", 401)])
    func namedKeys(_ name: String, _ expected: Int) async throws {
        let status = try await status(
            keys: """
                "k": { "type": "secret", "alg": "HS256", "secret": "${env:SECRET}" },
                "l": { "type": "secret", "alg": "HS256", "secret": "${env:OTHER}" }
                """,
            jwt: "\"keys\": [\"\(name)\"], \"issuer\": null, \"audience\": null",
            TokenMint.standard().token("{\(Self.timed)}"),
            variables: ["OTHER": "another secret of the tests, long enough"])
        #expect(status == expected)
    }

    @Test("tokenCache.entries 0 verifies every time", arguments: [(0, "off", "off"), (10, "miss", "hit")])
    func tokenCache(_ entries: Int, _ first: String, _ second: String) async throws {
        var configuration = Configuration()
        configuration.top = ", \"tokenCache\": { \"entries\": \(entries) }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            for _ in 0..<2 { #expect(try gate.get("/guarded/x", token: token).status == 200) }
            let lines = gate.log.waitForLines(2)
            #expect(lines[0].contains("\"cache\":\"\(first)\""))
            #expect(lines[1].contains("\"cache\":\"\(second)\""))
        }
    }

    @Test("tokenCache.ttlSeconds ends what is remembered", arguments: [(5, "miss"), (50, "hit")])
    func tokenCacheTime(_ seconds: Int, _ second: String) async throws {
        var configuration = Configuration()
        configuration.top = ", \"tokenCache\": { \"ttlSeconds\": \(seconds) }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            #expect(try gate.get("/guarded/x", token: token).status == 200)
            gate.clock.advance(seconds: 10)
            #expect(try gate.get("/guarded/x", token: token).status == 200)
            #expect(gate.log.waitForLines(2)[1].contains("\"cache\":\"\(second)\""))
        }
    }

    @Test("tokenCache.bytes bounds what is remembered", arguments: [(1, "miss"), (100_000, "hit")])
    func tokenCacheBytes(_ bytes: Int, _ second: String) async throws {
        var configuration = Configuration()
        configuration.top = ", \"tokenCache\": { \"bytes\": \(bytes) }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try Crew.captain()
            for _ in 0..<2 { #expect(try gate.get("/guarded/x", token: token).status == 200) }
            #expect(gate.log.waitForLines(2)[1].contains("\"cache\":\"\(second)\""))
        }
    }

    @Test("identitySource names where the token is")
    func identitySource() async throws {
        let text = try Configuration(type: "HTTP").text
            .replacing("$request.header.Authorization", with: "$request.querystring.token")
        try await GatewayHarness.run(text) { (gate) async throws in
            let token = try Crew.captain()
            #expect(try gate.get("/guarded/x", token: token).status == 401)
            #expect(try gate.get("/guarded/x?token=\(token)").status == 200)
            // As on AWS the last of several counts.
            #expect(try gate.get("/guarded/x?token=\(token)&token=x").status == 401)
        }
    }

    @Test("principalId and context decide what backends are told")
    func principal() async throws {
        var configuration = Configuration()
        configuration.authorizer = """
            , "principalId": "$claims.name", "context": { "who": "$claims.sub", "level": 3, "flag": true, "gone": "$claims.gone" }
            """
        configuration.integration = """
            , "requestParameters": {
              "integration.request.header.X-P": "context.authorizer.principalId",
              "integration.request.header.X-W": "context.authorizer.who",
              "integration.request.header.X-L": "context.authorizer.level",
              "integration.request.header.X-F": "context.authorizer.flag",
              "integration.request.header.X-G": "context.authorizer.gone" }
            """
        configuration.server = ", \"log\": { \"principal\": \"off\" }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/guarded/x", token: Crew.captain()).status == 200)
            let request = try #require(gate.received.first)
            #expect(["X-P", "X-W", "X-L", "X-F"].map { request[$0] } == ["Canary of u-200", "u-200", "3", "true"])
            #expect(request.values("X-G").isEmpty)
            // No name, no principal.
            let nameless = try TokenMint.standard().token("{\(Self.timed)}")
            #expect(try gate.get("/guarded/x", token: nameless).status == 401)
        }
    }

    static let whenCases: [(String, String, Int)] = [
        (#"{ "rank": { "equals": "captain" } }"#, #""rank":"captain""#, 200),
        (#"{ "rank": { "equals": "captain" } }"#, #""rank":"Captain""#, 403),
        (#"{ "rank": { "notEquals": "cadet" } }"#, #""rank":"cadet""#, 403),
        (#"{ "rank": { "in": ["a", "b"] } }"#, #""rank":"b""#, 200),
        (#"{ "rank": { "notIn": ["a", "b"] } }"#, #""rank":"b""#, 403),
        (#"{ "roles": { "contains": "admin" } }"#, #""roles":["user","admin"]"#, 200),
        (#"{ "roles": { "contains": "admin" } }"#, #""roles":["user"]"#, 403),
        (#"{ "mail": { "exists": true } }"#, #""x":1"#, 403),
        (#"{ "mail": { "exists": false } }"#, #""x":1"#, 200),
        (#"{ "rank": { "matches": "cap*" } }"#, #""rank":"captain""#, 200),
        (#"{ "rank": { "matches": "cap*" } }"#, #""rank":"recap""#, 403),
        (#"{ "rank": { "atLeast": 10 } }"#, #""rank":"15""#, 200),
        (#"{ "rank": { "atLeast": 10 } }"#, #""rank":"9""#, 403),
        (#"{ "rank": { "atLeast": 10 } }"#, #""rank":"much""#, 403),
        (#"{ "rank": { "atMost": "10" } }"#, #""rank":9"#, 200),
        (#"{ "team.name": { "equals": "red" }, "rank": { "atLeast": 1 } }"#, #""team":{"name":"red"},"rank":1"#, 200),
        (#"{ "team.name": { "equals": "red" }, "rank": { "atLeast": 1 } }"#, #""team":{"name":"red"}"#, 403),
        (#"[ { "rank": { "equals": "a" } }, { "rank": { "equals": "b" } } ]"#, #""rank":"b""#, 200),
    ]

    @Test("policy.when", arguments: whenCases)
    func when(_ when: String, _ claims: String, _ status: Int) async throws {
        var configuration = Configuration()
        configuration.policy = "{ \"effect\": \"Allow\", \"resources\": [\"GET/guarded/*\"], \"when\": \(when) }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            let token = try TokenMint.standard().token("{\(Self.timed),\(claims)}")
            #expect(try gate.get("/guarded/x", token: token).status == status)
        }
    }

    @Test(
        "Region, account, api and stage stand in the method ARN that policies are matched with",
        arguments: [
            ("eu-west-1:111122223333:abc/dev", 200), ("us-east-1:111122223333:abc/dev", 403),
            ("eu-west-1:999922223333:abc/dev", 403), ("eu-west-1:111122223333:abd/dev", 403),
            ("eu-west-1:111122223333:abc/prod", 403),
        ])
    func arn(_ api: String, _ status: Int) async throws {
        var configuration = Configuration()
        configuration.api = ", \"region\": \"eu-west-1\", \"accountId\": \"111122223333\", \"apiId\": \"abc\""
        configuration.policy =
            "{ \"effect\": \"Allow\", \"resources\": [\"arn:aws:execute-api:\(api)/GET/guarded/*\"] }"
        try await GatewayHarness.run(configuration.text) { (gate) async throws in
            #expect(try gate.get("/guarded/x", token: Crew.captain()).status == status)
        }
    }
}
