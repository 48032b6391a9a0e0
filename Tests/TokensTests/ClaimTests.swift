import Documents
import Testing

@testable import Tokens

@Suite struct ClaimTests {
    private func code(
        _ claims: String, at now: WallTime = Issuer.time, _ change: (inout TokenRules) -> Void = { _ in }
    )
        throws -> String
    {
        let issuer = try Issuer.named("HS256")
        var rules = TokenRules(algorithms: AlgorithmList(.hmac(.hs256)), issuers: nil, audiences: nil)
        change(&rules)
        return TokensTests.code(try issuer.token(claims), rules, issuer.keys, at: now)
    }

    // MARK: Types

    @Test(
        "A payload that is not a JSON object is refused",
        arguments: [
            "", "[]", "null", "1", #""text""#, "{", #"{"exp":1760000600,}"#, #"{"exp":01}"#, #"{"exp":NaN}"#,
            "{\"exp\":1760000600}\0", "\u{FEFF}{}", #"{"a":"\ud800"}"#, "{'exp':1}",
        ])
    func payload(_ text: String) throws {
        #expect(try code(text) == "malformed_payload")
    }

    @Test("A member that stands twice in the payload is refused, at any depth and however it is written")
    func duplicates() throws {
        #expect(try code(#"{"exp":1760000600,"exp":1}"#) == "duplicate_member")
        #expect(try code(#"{"exp":1760000600,"\u0065xp":1}"#) == "duplicate_member")
        #expect(try code(#"{"exp":1760000600,"a":[{"b":{"c":1,"c":1}}]}"#) == "duplicate_member")
    }

    @Test(
        "A registered claim of the wrong type is refused, whether it is needed or not",
        arguments: [
            #""exp":"1760000600""#, #""exp":null"#, #""exp":true"#, #""exp":[1]"#, #""exp":1e400"#, #""exp":-1e400"#,
            #""nbf":"x""#, #""nbf":{}"#, #""iat":null"#, #""iat":1e999"#, #""iss":1"#, #""iss":["a"]"#, #""iss":null"#,
            #""sub":1"#, #""sub":null"#, #""jti":7"#, #""aud":1"#, #""aud":null"#, #""aud":{}"#, #""aud":["a",1]"#,
            #""aud":[["a"]]"#, #""scope":1"#, #""scope":null"#, #""scp":{}"#, #""scp":["a",null]"#,
        ])
    func types(_ member: String) throws {
        let rest = member.hasPrefix(#""exp""#) ? "" : #","exp":1760000600"#
        #expect(try code("{\(member)\(rest)}") == "malformed_claim")
    }

    // MARK: Additional claims

    @Test(
        "An additional claim is one string, the expected one where there is one, and there if it must be",
        arguments: [
            ("", true, "claim_missing"), (#","t":null"#, true, "claim_missing"), ("", false, "ok"),
            (#","t":"a""#, true, "ok"), (#","t":"a""#, false, "ok"), (#","t":"A""#, true, "claim_mismatch"),
            (#","t":"ab""#, false, "claim_mismatch"), (#","t":"""#, false, "claim_mismatch"),
            (#","t":["a"]"#, true, "claim_mismatch"), (#","t":1"#, false, "claim_mismatch"),
            (#","t":{"a":1}"#, true, "claim_mismatch"), (#","T":"a""#, true, "claim_missing"),
            (#","t":"\u0061""#, true, "ok"),
        ])
    func additionalClaims(_ member: String, _ isRequired: Bool, _ expected: String) throws {
        let text = "{\"exp\":1760000600\(member)}"
        #expect(
            try code(text) { $0.additionalClaims = [.init(name: "t", isRequired: isRequired, value: "a")] } == expected)
    }

    @Test("Without an expected value any string will do, and nothing else")
    func additionalClaimPresence() throws {
        func verdict(_ value: String) throws -> String {
            try code("{\"exp\":1760000600,\"t\":\(value)}") {
                $0.additionalClaims = [.init(name: "t", isRequired: true, value: nil)]
            }
        }
        #expect(try verdict("\"\"") == "ok")
        #expect(try verdict("\"x\"") == "ok")
        #expect(try verdict("true") == "claim_mismatch")
        #expect(try verdict("[]") == "claim_mismatch")
    }

    // MARK: Time

    @Test(
        "The borders of exp are exact",
        arguments: [
            ("1759999999", 0, "expired"), ("1760000000", 0, "expired"), ("1760000000.0", 0, "expired"),
            ("1760000000.25", 0, "ok"), ("1760000001", 0, "ok"), ("1759999970", 30, "expired"),
            ("1759999971", 30, "ok"),
            ("0", 0, "expired"), ("-1", 0, "expired"), ("-9223372036854775808", 30, "expired"),
            ("-1e300", 0, "expired"),
            ("9223372036854775807", 30, "ok"), ("99999999999999999999999", 30, "ok"), ("1e300", 30, "ok"),
            ("1.9e9", 0, "ok"),
        ] as [(String, Int, String)])
    func expiration(_ exp: String, _ skew: Int, _ expected: String) throws {
        #expect(try code(#"{"exp":\#(exp)}"#) { $0.clockSkew = skew } == expected)
    }

    @Test("Parts of a second count")
    func fractions() throws {
        let claims = #"{"exp":1760000000.5,"nbf":1760000000.25}"#
        func verdict(_ nanoseconds: UInt32) throws -> String {
            try code(claims, at: WallTime(seconds: 1_760_000_000, nanoseconds: nanoseconds))
        }
        #expect(try verdict(249_000_000) == "not_yet_valid")
        #expect(try verdict(250_000_000) == "ok")
        #expect(try verdict(499_000_000) == "ok")
        #expect(try verdict(500_000_000) == "expired")
    }

    @Test("exp is demanded unless the rules say otherwise, and checked in any case")
    func missingExpiration() throws {
        #expect(try code("{}") == "claim_missing")
        #expect(try code(#"{"Exp":1760000600}"#) == "claim_missing")
        #expect(try code("{}") { $0.requireExpiration = false } == "ok")
        #expect(try code(#"{"exp":1}"#) { $0.requireExpiration = false } == "expired")
        #expect(try code(#"{"exp":"1"}"#) { $0.requireExpiration = false } == "malformed_claim")
    }

    @Test(
        "The borders of nbf are exact",
        arguments: [
            ("1760000001", 0, "not_yet_valid"), ("1760000000.5", 0, "not_yet_valid"), ("1760000000", 0, "ok"),
            ("1760000031", 30, "not_yet_valid"), ("1760000030", 30, "ok"), ("9223372036854775807", 30, "not_yet_valid"),
            ("1e300", 30, "not_yet_valid"), ("-1e300", 0, "ok"),
        ] as [(String, Int, String)])
    func notBefore(_ nbf: String, _ skew: Int, _ expected: String) throws {
        #expect(try code(#"{"exp":1760000600,"nbf":\#(nbf)}"#) { $0.clockSkew = skew } == expected)
    }

    @Test(
        "With a maximum age iat is demanded and its borders are exact",
        arguments: [
            (nil, 300, 0, "claim_missing"), ("1759999699", 300, 0, "token_too_old"), ("1759999700", 300, 0, "ok"),
            ("1760000001", 300, 0, "issued_in_future"), ("1760000000", 300, 0, "ok"), ("1760000030", 300, 30, "ok"),
            ("1759999670", 300, 30, "ok"), ("1759999669", 300, 30, "token_too_old"),
            ("-1e300", Int.max, 0, "token_too_old"),
            ("1759999999", 0, 0, "token_too_old"), ("1759999999", -5, 0, "token_too_old"),
            ("1e300", 9, 0, "issued_in_future"),
        ] as [(String?, Int, Int, String)])
    func age(_ iat: String?, _ limit: Int, _ skew: Int, _ expected: String) throws {
        let member = iat.map { #","iat":\#($0)"# } ?? ""
        let verdict = try code(#"{"exp":1760000600\#(member)}"#) { rules in
            rules.maxAge = limit
            rules.clockSkew = skew
        }
        #expect(verdict == expected)
    }

    @Test("Without a maximum age iat may lie in the future")
    func futureIssue() throws {
        #expect(try code(#"{"exp":1760000600,"iat":1e300}"#) == "ok")
    }

    @Test("Extreme clocks and allowances do not trap", arguments: [Int64.min, -1, 0, Int64.max])
    func extremes(_ seconds: Int64) throws {
        for skew in [Int.min, -1, 0, Int.max] {
            _ = try code(
                #"{"exp":9223372036854775807,"nbf":-9223372036854775808,"iat":0}"#,
                at: WallTime(seconds: seconds, nanoseconds: .max)
            ) { rules in
                rules.clockSkew = skew
                rules.maxAge = skew
            }
        }
    }

    // MARK: Issuer, audience, others

    @Test(
        "The issuer is one of the accepted ones, octet by octet",
        arguments: [
            ("", "claim_missing"), (#","iss":"https://a.exampl""#, "iss_mismatch"),
            (#","iss":"https://a.example/""#, "iss_mismatch"), (#","iss":"https://a.example\u0000""#, "iss_mismatch"),
            (#","iss":"https://cafe\u0301.example""#, "iss_mismatch"), (#","iss":"""#, "iss_mismatch"),
            (#","iss":"https://a.example""#, "ok"), (#","iss":"https:\/\/\u0061.example""#, "ok"),
            (#","iss":"https://café.example""#, "ok"),
        ])
    func issuer(_ member: String, _ expected: String) throws {
        let verdict = try code(#"{"exp":1760000600\#(member)}"#) { rules in
            rules.issuers = [Array("https://a.example".utf8), Array("https://caf\u{E9}.example".utf8)]
        }
        #expect(verdict == expected)
    }

    @Test(
        "One audience of the token must be one of the accepted ones",
        arguments: [
            ("", "claim_missing"), (#","aud":"ap""#, "aud_mismatch"), (#","aud":"apis""#, "aud_mismatch"),
            (#","aud":"api other""#, "aud_mismatch"), (#","aud":[]"#, "aud_mismatch"),
            (#","aud":["x","y"]"#, "aud_mismatch"),
            (#","aud":"*""#, "aud_mismatch"), (#","aud":"API""#, "aud_mismatch"), (#","aud":["x","api"]"#, "ok"),
            (#","aud":"second""#, "ok"), (#","aud":["\u0061pi"]"#, "ok"),
        ])
    func audience(_ member: String, _ expected: String) throws {
        let verdict = try code(#"{"exp":1760000600\#(member)}"#) { rules in
            rules.audiences = [Array("api".utf8), Array("second".utf8)]
        }
        #expect(verdict == expected)
    }

    @Test("Required claims must be there and not null")
    func required() throws {
        func verdict(_ claims: String) throws -> String {
            try code(claims) { $0.requiredClaims = [Array("tenant".utf8), Array("sub".utf8)] }
        }
        #expect(try verdict(#"{"exp":1760000600}"#) == "claim_missing")
        #expect(try verdict(#"{"exp":1760000600,"sub":"a","tenant":null}"#) == "claim_missing")
        #expect(try verdict(#"{"exp":1760000600,"sub":"a","Tenant":1}"#) == "claim_missing")
        #expect(try verdict(#"{"exp":1760000600,"sub":"a","tenant":false}"#) == "ok")
        #expect(try verdict(#"{"exp":1760000600,"sub":"a","\u0074enant":""}"#) == "ok")
    }

    @Test(
        "All required scopes must be granted, as whole words",
        arguments: [
            ("", "insufficient_scope"), (#","scope":"orders:read""#, "insufficient_scope"),
            (#","scope":"orders:readx orders:write""#, "insufficient_scope"),
            (#","scope":"orders:read,orders:write""#, "insufficient_scope"),
            (#","scp":["orders:read orders:write"]"#, "insufficient_scope"),
            (#","scope":"","scp":["orders:read","orders:write"]"#, "insufficient_scope"),
            (#","scope":" orders:write  orders:read ""#, "ok"), (#","scp":["orders:read","orders:write","x"]"#, "ok"),
            (#","scp":"orders:read orders:write""#, "ok"),
        ])
    func scopes(_ member: String, _ expected: String) throws {
        let verdict = try code(#"{"exp":1760000600\#(member)}"#) { rules in
            rules.scopes = [Array("orders:read".utf8), Array("orders:write".utf8)]
        }
        #expect(verdict == expected)
    }

    @Test("Checks come in their order: type before time before issuer before audience before claims before scopes")
    func order() throws {
        func verdict(_ claims: String) throws -> String {
            try code(claims) { rules in
                rules.issuers = [Array("i".utf8)]
                rules.audiences = [Array("a".utf8)]
                rules.requiredClaims = [Array("r".utf8)]
                rules.scopes = [Array("s".utf8)]
            }
        }
        #expect(try verdict(#"{"exp":1,"jti":1}"#) == "malformed_claim")
        #expect(try verdict(#"{"exp":1,"iss":"x"}"#) == "expired")
        #expect(try verdict(#"{"exp":1760000600,"iss":"x","aud":"x"}"#) == "iss_mismatch")
        #expect(try verdict(#"{"exp":1760000600,"iss":"i","aud":"x"}"#) == "aud_mismatch")
        #expect(try verdict(#"{"exp":1760000600,"iss":"i","aud":"a"}"#) == "claim_missing")
        #expect(try verdict(#"{"exp":1760000600,"iss":"i","aud":"a","r":1}"#) == "insufficient_scope")
        #expect(try verdict(#"{"exp":1760000600,"iss":"i","aud":"a","r":1,"scope":"s"}"#) == "ok")
    }

    // MARK: Reading

    @Test("Claims come out exactly as they stand in the token")
    func claimSet() throws {
        let issuer = try Issuer.named("HS256")
        var rules = issuer.rules
        rules.issuers = nil
        rules.audiences = nil
        let text =
            "{\"exp\":1760000600,\n \"big\":9007199254740993,\"half\":0.50,\"name\":\"\\u00e9\",\"yes\":true,"
            + "\"list\":[1,\"two\"],\"roles\":[\"a\",\"b\"],\"n\\u0061med\":1,\"scope\":\"x  y\"}"
        let claims = try TokenVerifier(rules: rules).verify(
            try issuer.token(text), with: issuer.keys, at: Issuer.time, using: VerificationContext()
        ).claims
        #expect(claims["big"]?.int64 == 9_007_199_254_740_993)
        #expect(claims.number("half")?.numberText == "0.50")
        #expect(claims.string("name") == Array("é".utf8))
        #expect(claims.bool("yes") == true)
        #expect(claims.array("list")?.count == 2)
        #expect(claims.strings("list") == nil)
        #expect(claims.strings("roles") == [[0x61], [0x62]])
        #expect(claims.strings("name") == [Array("é".utf8)])
        #expect(claims["named"]?.int64 == 1)
        #expect(claims["absent"] == nil)
        #expect(claims.number("name") == nil)
        #expect(claims.scopes == [[0x78], [0x79]])
        #expect(claims.json == Array(text.utf8))
        #expect(!claims.singleLineJSON.contains(0x0A))
        #expect(claims.singleLineJSON.count == text.utf8.count)
    }
}
