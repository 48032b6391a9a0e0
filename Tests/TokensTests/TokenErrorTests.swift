import Testing

@testable import Tokens

@Suite struct TokenErrorTests {
    @Test("The codes stand in the agreed order and have both names")
    func codes() {
        let names = """
            token_missing token_multiple token_too_large malformed_segments malformed_base64 malformed_header \
            malformed_payload duplicate_member alg_not_allowed crit_unsupported typ_mismatch key_not_found key_ambiguous \
            key_alg_mismatch key_use_mismatch weak_key keys_unavailable bad_signature malformed_claim claim_missing \
            expired not_yet_valid issued_in_future token_too_old iss_mismatch aud_mismatch insufficient_scope revoked \
            policy_deny internal claim_mismatch
            """.split(separator: " ").map(String.init)
        #expect(TokenError.Code.allCases.map(\.name) == names)
        #expect(names.count == 31)
        for (index, name) in names.enumerated() {
            let diagnostic = "GH\(4001 + index)"
            #expect(TokenError.Code(name: name)?.diagnostic == diagnostic)
            #expect(TokenError.Code(name: diagnostic)?.name == name)
        }
        #expect(TokenError.Code(name: "GH4032") == nil)
        #expect(TokenError.Code(name: "Expired") == nil)
        #expect(TokenError.Code.expired.diagnostic == "GH4021")
        #expect(TokenError.Code.internal.diagnostic == "GH4030")
    }

    @Test("Codes that only a caller can give have their status")
    func statuses() {
        let other: [TokenError.Code: Int] = [
            .insufficientScope: 403, .policyDeny: 403, .keysUnavailable: 503, .internal: 500,
        ]
        for code in TokenError.Code.allCases {
            #expect(TokenError(code).httpStatus == other[code] ?? 401)
            #expect(TokenError(code).description == "\(code.name): \(code.summary)")
        }
    }

    @Test("Errors are equal when their codes are")
    func equality() {
        #expect(TokenError(.expired, .time(claim: 1, now: 2, allowance: 0)) == TokenError(.expired))
        #expect(TokenError(.expired) != TokenError(.revoked))
        #expect(Set([TokenError(.expired, .note("x")), TokenError(.expired)]).count == 1)
    }

    @Test("The public description holds nothing of the token, the private one what its owner needs")
    func descriptions() throws {
        let issuer = try Issuer.named("HS256")
        let token = try issuer.token(#"{"iss":"https://evil\u001b[31m.example","aud":"api","exp":1760000600}"#)
        let verifier = TokenVerifier(rules: issuer.rules)
        let wrong = #expect(throws: TokenError.self) {
            try verifier.verify(token, with: issuer.keys, at: Issuer.time, using: VerificationContext())
        }
        let mismatch = try wrong.orThrow()
        #expect(mismatch.code == .issMismatch)
        #expect(!mismatch.description.contains("evil"))
        #expect(mismatch.privateDescription.contains(#""https://evil\u{1b}[31m.example""#))
        #expect(mismatch.privateDescription.contains("https://issuer.example"))
        #expect(mismatch.claimName == "iss")
        let valid = try issuer.token()
        let late = #expect(throws: TokenError.self) {
            try verifier.verify(
                valid, with: issuer.keys, at: WallTime(seconds: 1_760_000_600 + 3 * 86_400 + 3600),
                using: VerificationContext())
        }
        #expect(
            try late.orThrow().privateDescription
                == "expired: the token has expired (exp 1760000600 (2025-10-09T09:03:20Z), 3 d 1 h ago)")
    }

    @Test(
        "Times and spans are written for people",
        arguments: [
            (0, "0 (1970-01-01T00:00:00Z)"), (-1, "-1 (1969-12-31T23:59:59Z)"),
            (951_782_400, "951782400 (2000-02-29T00:00:00Z)"),
            (4_102_444_799.5, "4102444799.5 (2099-12-31T23:59:59Z)"), (1e300, "1e+300"), (.infinity, "inf"),
        ] as [(Double, String)])
    func times(_ seconds: Double, _ text: String) {
        #expect(CivilTime.text(seconds) == text)
    }

    @Test("Spans have two units at most")
    func spans() {
        #expect(CivilTime.span(0.5) == "less than a second")
        #expect(CivilTime.span(59) == "59 s")
        #expect(CivilTime.span(300) == "5 min")
        #expect(CivilTime.span(3_661) == "1 h 1 min")
        #expect(CivilTime.span(86_401) == "1 d")
        #expect(CivilTime.span(.infinity) == "an eternity")
        #expect(CivilTime.span(.nan) == "an eternity")
    }

    @Test("Quoted text cannot move the cursor, mix directions or run on")
    func quoting() {
        #expect(TokenError.quoted(Array("a\"\\\n\u{202E}é\u{7F}".utf8)) == #""a\u{22}\u{5c}\u{a}\u{202e}é\u{7f}""#)
        #expect(TokenError.quoted([0xFF]) == #""\u{fffd}""#)
        #expect(TokenError.quoted([UInt8](repeating: 0x61, count: 5000)).count < 140)
    }
}
