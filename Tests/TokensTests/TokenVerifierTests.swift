import Testing

@testable import Tokens

@Suite struct TokenVerifierTests {
    // MARK: Form

    @Test(
        "A token of the wrong form is refused with the code of the first check that fails",
        arguments: [
            ("", "malformed_segments"), (".", "malformed_segments"), ("..", "malformed_segments"),
            ("a.b", "malformed_segments"), ("a.b.c.d", "malformed_segments"), (".e30.", "malformed_segments"),
            ("a.e30.", "malformed_base64"), ("e30.a.", "malformed_base64"), ("e30.e30.a", "malformed_base64"),
            ("e30=.e30.", "malformed_base64"), ("e31.e30.", "malformed_base64"), ("e30.e30.", "malformed_header"),
            ("W10.e30.", "malformed_header"), ("bnVsbA.e30.", "malformed_header"), ("_w.e30.", "malformed_header"),
        ])
    func form(_ text: String, _ expected: String) throws {
        let issuer = try Issuer.named("RS256")
        #expect(code(Array(text.utf8), issuer.rules, issuer.keys) == expected)
    }

    @Test("The size limit counts bytes and includes the limit itself")
    func size() throws {
        let issuer = try Issuer.named("HS256")
        let token = try issuer.token()
        var rules = issuer.rules
        rules.maxTokenBytes = token.count - 1
        #expect(code(token, rules, issuer.keys) == "token_too_large")
        #expect(throws: TokenError(.tokenTooLarge)) {
            try TokenVerifier(rules: rules).verify(
                CompactToken(parsing: token, limit: 9000), with: issuer.keys, at: Issuer.time,
                using: VerificationContext())
        }
        rules.maxTokenBytes = token.count
        #expect(code(token, rules, issuer.keys) == "ok")
    }

    @Test(
        "A header that is not what RFC 7515 demands is refused",
        arguments: [
            (#"{"kid":"k1"}"#, "malformed_header"), (#"{"alg":null}"#, "malformed_header"),
            (#"{"alg":["HS256"]}"#, "malformed_header"), (#"{"alg":"HS256","kid":1}"#, "malformed_header"),
            (#"{"alg":"HS256","kid":null}"#, "malformed_header"), (#"{"alg":"HS256","typ":{}}"#, "malformed_header"),
            (#"{"alg":"HS256"}x"#, "malformed_header"), ("\u{FEFF}{\"alg\":\"HS256\"}", "malformed_header"),
            (#"{"alg":"HS256","alg":"HS256"}"#, "duplicate_member"),
            (#"{"alg":"HS256","\u0061lg":"none"}"#, "duplicate_member"),
            (#"{"alg":"none"}"#, "alg_not_allowed"), (#"{"alg":"None"}"#, "alg_not_allowed"),
            (#"{"alg":""}"#, "alg_not_allowed"), (#"{"alg":"hs256"}"#, "alg_not_allowed"),
            (#"{"alg":"HS256\u0000"}"#, "alg_not_allowed"), (#"{"alg":"HS512"}"#, "alg_not_allowed"),
            (#"{"alg":"RS256","kid":"k1"}"#, "alg_not_allowed"),
            (#"{"alg":"HS256","crit":[]}"#, "malformed_header"), (#"{"alg":"HS256","crit":"b64"}"#, "malformed_header"),
            (#"{"alg":"HS256","crit":["kid"]}"#, "malformed_header"),
            (#"{"alg":"HS256","crit":["x","x"]}"#, "malformed_header"),
            (#"{"alg":"HS256","crit":[1]}"#, "malformed_header"),
            (#"{"alg":"HS256","crit":["x"]}"#, "crit_unsupported"),
            (#"{"alg":"HS256","crit":["b64"],"b64":true}"#, "crit_unsupported"),
            (#"{"alg":"HS256","b64":false}"#, "crit_unsupported"), (#"{"alg":"HS256","b64":0}"#, "crit_unsupported"),
            (#"{"alg":"RS256","crit":["x"]}"#, "alg_not_allowed"),
        ])
    func header(_ header: String, _ expected: String) throws {
        let issuer = try Issuer.named("HS256")
        #expect(code(try issuer.token(header: header), issuer.rules, issuer.keys) == expected)
    }

    @Test("A header of more members than anybody needs is refused before it is parsed")
    func manyMembers() throws {
        let issuer = try Issuer.named("HS256")
        let members = (0..<300).map { #""m\#($0)":0"# }.joined(separator: ",")
        #expect(
            code(try issuer.token(header: #"{"alg":"HS256",\#(members)}"#), issuer.rules, issuer.keys)
                == "malformed_header")
    }

    @Test("Headers that bring their own key change nothing")
    func embeddedKey() throws {
        let issuer = try Issuer.named("ES256")
        let other = try Issuer("ES256", keyID: "evil")
        let jwk = String(decoding: try other.generated.publicJWK.orThrow(), as: UTF8.self)
        let evil = try other.token(
            header: #"{"alg":"ES256","kid":"k1","jwk":\#(jwk),"jku":"https://evil.example/","x5c":["AA=="],"x5u":"x"}"#)
        #expect(code(evil, issuer.rules, issuer.keys) == "bad_signature")
        let own = try issuer.token(header: #"{"alg":"ES256","kid":"k1","jwk":\#(jwk),"zip":"DEF","x":1}"#)
        #expect(code(own, issuer.rules, issuer.keys) == "ok")
    }

    @Test("The type is compared without case and without application/, and only when configured")
    func type() throws {
        let issuer = try Issuer.named("HS256")
        var rules = issuer.rules
        rules.tokenTypes = [Array("at+jwt".utf8)]
        for (header, expected) in [
            (#"{"alg":"HS256"}"#, "typ_mismatch"), (#"{"alg":"HS256","typ":"JWT"}"#, "typ_mismatch"),
            (#"{"alg":"HS256","typ":"at+jwt "}"#, "typ_mismatch"),
            (#"{"alg":"HS256","typ":"text/at+jwt"}"#, "typ_mismatch"),
            (#"{"alg":"HS256","typ":"at+jwt"}"#, "ok"), (#"{"alg":"HS256","typ":"Application/AT+JWT"}"#, "ok"),
        ] {
            #expect(code(try issuer.token(header: header), rules, issuer.keys) == expected, "\(header)")
        }
        #expect(code(try issuer.token(header: #"{"alg":"HS256","typ":"whatever"}"#), issuer.rules, issuer.keys) == "ok")
    }

    // MARK: Algorithms and keys

    @Test("A public key used as an HMAC secret is refused, even when the route accepts both families")
    func confusion() throws {
        let issuer = try Issuer.named("RS256")
        var rules = issuer.rules
        rules.algorithms = AlgorithmList(.publicKey(.rs256), .hmac(.hs256))
        for secret in [issuer.generated.keySet, try issuer.generated.publicJWK.orThrow()] {
            let forger = try TokenSigner(key: SigningKey(secret: secret), keyID: Array("k1".utf8))
            #expect(code(try forger.sign(payload: Array(Issuer.claims.utf8)), rules, issuer.keys) == "key_alg_mismatch")
            let nameless = try TokenSigner(key: SigningKey(secret: secret))
            #expect(code(try nameless.sign(payload: Array(Issuer.claims.utf8)), rules, issuer.keys) == "key_not_found")
        }
    }

    @Test("A key judges only the algorithm that its own alg names")
    func bound() throws {
        let issuer = try Issuer.named("PS256")
        var rules = issuer.rules
        rules.algorithms = AlgorithmList(.publicKey(.rs256), .publicKey(.ps256), .publicKey(.ps384))
        for name in ["RS256", "PS384"] {
            let token = try issuer.token(header: #"{"alg":"\#(name)","kid":"k1"}"#)
            #expect(code(token, rules, issuer.keys) == "key_alg_mismatch")
        }
    }

    @Test("A signature of one algorithm is none of another with the same key")
    func paddings() throws {
        let issuer = try Issuer.named("RS256")
        let open = try KeySet(jwks: Self.withoutAlg(issuer.generated.keySet, "RS256"))
        var rules = issuer.rules
        let all: [PublicKeyAlgorithm] = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
        rules.algorithms = try AlgorithmList(all.map { .publicKey($0) }).orThrow()
        let token = try issuer.token()
        #expect(code(token, rules, open) == "ok")
        for algorithm in all.dropFirst() {
            let name = SignatureAlgorithm.publicKey(algorithm).name
            let renamed = try issuer.token(header: #"{"alg":"\#(name)","kid":"k1"}"#)
            #expect(code(renamed, rules, open) == "bad_signature", "\(name)")
        }
    }

    @Test("Every algorithm verifies what it signed", arguments: SignatureAlgorithm.allCases.map(\.name))
    func everyAlgorithm(_ name: String) throws {
        let issuer = try Issuer.named(name)
        let token = try TokenVerifier(rules: issuer.rules).verify(
            try issuer.token(), with: issuer.keys, at: Issuer.time, using: VerificationContext())
        #expect(token.header.algorithm == issuer.algorithm)
        #expect(token.claims.subject == Array("user-1".utf8))
        #expect(token.keyID == Array("k1".utf8))
        #expect(token.keyGeneration == 1)
        #expect(token.expiration == 1_760_000_600)
    }

    @Test("EdDSA accepts both curves, the names of one curve only that one")
    func edwards() throws {
        let small = try Issuer.named("Ed25519")
        let large = try Issuer.named("Ed448")
        var rules = small.rules
        rules.algorithms = AlgorithmList(.publicKey(.edDSA), .publicKey(.ed25519), .publicKey(.ed448))
        for issuer in [small, large] {
            let open = try KeySet(jwks: Self.withoutAlg(issuer.generated.keySet, issuer.algorithm.name))
            #expect(code(try issuer.token(header: #"{"alg":"EdDSA","kid":"k1"}"#), rules, open) == "ok")
            #expect(code(try issuer.token(), rules, open) == "ok")
            let wrong = issuer.algorithm.name == "Ed448" ? "Ed25519" : "Ed448"
            #expect(
                code(try issuer.token(header: #"{"alg":"\#(wrong)","kid":"k1"}"#), rules, open) == "key_alg_mismatch")
        }
    }

    static func withoutAlg(_ set: [UInt8], _ name: String) -> [UInt8] {
        Array(String(decoding: set, as: UTF8.self).split(separator: #","alg":"\#(name)""#).joined().utf8)
    }

    // MARK: Results

    @Test("A verified token tells how long its times hold, skew and age included")
    func validity() throws {
        let issuer = try Issuer.named("HS256")
        var rules = issuer.rules
        rules.clockSkew = 5
        let claims =
            #"{"iss":"https://issuer.example","aud":"api","exp":1760000600,"nbf":1759999000,"iat":1759999990.5}"#
        let verifier = TokenVerifier(rules: rules)
        let token = try verifier.verify(
            try issuer.token(claims), with: issuer.keys, at: Issuer.time, using: VerificationContext())
        #expect(token.validFrom == 1_759_998_995)
        #expect(token.validUntil == 1_760_000_605)
        #expect(token.issuedAt == 1_759_999_990.5)
        rules.maxAge = 60
        let aged = try TokenVerifier(rules: rules).verify(
            try issuer.token(claims), with: issuer.keys, at: Issuer.time, using: VerificationContext())
        #expect(aged.validUntil == 1_760_000_055.5)
        #expect(aged.validFrom == 1_759_999_985.5)
        rules.requireExpiration = false
        rules.maxAge = nil
        let eternal = try TokenVerifier(rules: rules).verify(
            try issuer.token(#"{"iss":"https://issuer.example","aud":"api"}"#), with: issuer.keys, at: Issuer.time,
            using: VerificationContext())
        #expect(eternal.validUntil == .infinity)
        #expect(eternal.validFrom == -.infinity)
    }

    @Test("Neither a token nor its parts appear when it is printed or dumped")
    func secrecy() throws {
        let issuer = try Issuer.named("HS256")
        let token = try issuer.token()
        let verified = try TokenVerifier(rules: issuer.rules).verify(
            token, with: issuer.keys, at: Issuer.time, using: VerificationContext())
        let compact = try CompactToken(parsing: token, limit: 16_384)
        var dumped = ""
        dump(verified, to: &dumped)
        dump(compact, to: &dumped)
        dump(try SigningKey(jwk: issuer.generated.privateJWK), to: &dumped)
        dumped += "\(verified) \(compact)"
        for part in segments(token) {
            #expect(!dumped.contains(String(decoding: part, as: UTF8.self)))
            for octet in part.prefix(4) { #expect(!dumped.contains("- \(octet)\n")) }
        }
        #expect(!dumped.contains("user-1"))
    }

    @Test("A header met before is read from memory and means the same")
    func headerMemory() throws {
        let issuer = try Issuer.named("HS256")
        let context = VerificationContext()
        let other = try issuer.token(header: #"{"alg":"HS256","kid":"k2"}"#)
        for _ in 0..<3 {
            #expect(code(try issuer.token(), issuer.rules, issuer.keys, using: context) == "ok")
            #expect(code(other, issuer.rules, issuer.keys, using: context) == "key_not_found")
        }
        // More headers than are remembered, and one that is too long to be.
        for number in 0..<40 {
            let token = try issuer.token(header: #"{"alg":"HS256","kid":"k1","n":\#(number)}"#)
            #expect(code(token, issuer.rules, issuer.keys, using: context) == "ok")
        }
        let long = try issuer.token(header: #"{"alg":"HS256","kid":"k1","n":"\#(String(repeating: "x", count: 900))"}"#)
        #expect(code(long, issuer.rules, issuer.keys, using: context) == "ok")
        #expect(code(long, issuer.rules, issuer.keys, using: context) == "ok")
    }

    @Test("More keys than a context has places for still verify")
    func manyContexts() throws {
        let context = VerificationContext()
        let issuers = try (0..<70).map { try Issuer("ES256", keyID: "k\($0)") }
        for _ in 0..<2 {
            for issuer in issuers {
                #expect(code(try issuer.token(), issuer.rules, issuer.keys, using: context) == "ok")
            }
        }
        context.removeAll()
        #expect(code(try issuers[3].token(), issuers[3].rules, issuers[3].keys, using: context) == "ok")
    }

    @Test("Many threads may use one key at the same time, each with its own context")
    func threads() async throws {
        let issuer = try Issuer.named("PS256")
        let secret = try Issuer.named("HS384")
        let (token, mac) = (try issuer.token(), try secret.token())
        let good = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let context = VerificationContext()
                    return (0..<100).count { _ in
                        code(token, issuer.rules, issuer.keys, using: context) == "ok"
                            && code(mac, secret.rules, secret.keys, using: context) == "ok"
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(good == 800)
    }
}
