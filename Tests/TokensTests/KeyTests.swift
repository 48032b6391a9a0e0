import Testing

@testable import Tokens

@Suite struct KeyTests {
    private func set(_ text: String, allowWeak: Bool = false) throws -> KeySet {
        try KeySet(jwks: Array(text.utf8), allowWeak: allowWeak)
    }

    private func member(_ jwk: [UInt8]?, _ changes: (String, String)...) throws -> String {
        var text = String(decoding: try jwk.orThrow(), as: UTF8.self)
        for (old, new) in changes {
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        return text
    }

    // MARK: Sets

    @Test(
        "Text that is not a key set is refused as a whole",
        arguments: [
            "", "[]", "{}", "null", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":[]"#, #"{"keys":[],"keys":[]}"#,
            #"{"keys":[{"kty":"oct","kty":"RSA"}]}"#,
        ])
    func notASet(_ text: String) {
        #expect(throws: KeyError.self) { try KeySet(jwks: Array(text.utf8)) }
    }

    @Test("More keys than the bound are refused")
    func tooMany() throws {
        let keys = repeatElement(#"{"kty":"oct"}"#, count: KeySet.maximumKeys + 1).joined(separator: ",")
        #expect(throws: KeyError(.count, "the key set holds more than 100 keys")) { try set(#"{"keys":[\#(keys)]}"#) }
    }

    @Test("Unusable keys are left out with position, name and reason, and the rest of the set works")
    func skipped() throws {
        let issuer = try Issuer.named("ES256")
        let good = try member(issuer.generated.publicJWK)
        let keys = try set(
            #"""
            {"keys":[
              1, {"kid":"a"}, {"kty":"AKP","kid":"b"}, {"kty":"EC","kid":"c","crv":"P-999","x":"AA","y":"AA"},
              {"kty":"EC","kid":"d","crv":"P-256","x":"AA","y":"AA"}, {"kty":"RSA","kid":"e","n":"A*","e":"AQAB"},
              {"kty":"RSA","kid":7,"n":"AA","e":"AQAB"}, {"kty":"RSA","kid":"f","n":"","e":"AQAB"},
              {"kty":"OKP","kid":"g","crv":"Ed25519","x":"AA"}, {"kty":"oct","kid":"h","k":1},
              {"kty":"oct","kid":"i","k":"AA","alg":1}, {"kty":"oct","kid":"j","k":"AA","key_ops":"verify"},
              {"kty":"oct","kid":"l","k":"AA","use":1}, {"kty":"OKP","kid":"m","crv":"Q","x":"AA"},
              {"kty":"ec","kid":"n"}, \#(good)
            ]}
            """#)
        #expect(keys.skipped.map(\.position) == Array(0..<15))
        let names = keys.skipped.map { $0.keyID.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
        #expect(names.joined() == "-abcde-fghijlmn")
        #expect(keys.records.count == 1)
        #expect(keys.hasUsableKey)
        #expect(code(try issuer.token(), issuer.rules, keys) == "ok")
        #expect(keys.skipped[1].description == #"key 2, kid "a": there is no kty"#)
    }

    @Test("A point that is not on the curve makes a key unusable", arguments: ["ES256", "ES384", "ES512", "ES256K"])
    func badPoint(_ name: String) throws {
        let issuer = try Issuer.named(name)
        let text = try member(issuer.generated.publicJWK)
        let start = try text.range(of: #""y":""#).orThrow().upperBound
        let end = try text[start...].firstIndex(of: "\"").orThrow()
        var y = try Base64URL.decode(text[start..<end].utf8).orThrow()
        y[5] ^= 1
        let keys = try set(text.replacing(start..<end, with: String(decoding: Base64URL.encode(y), as: UTF8.self)))
        #expect(!keys.hasUsableKey)
        #expect(keys.skipped.first?.reason == .malformed)
        let zero = String(decoding: Base64URL.encode([UInt8](repeating: 0, count: y.count)), as: UTF8.self)
        #expect(try !set(text.replacing(start..<end, with: zero)).hasUsableKey)
    }

    // MARK: Strength

    @Test("Weak RSA keys are refused by their numbers")
    func weakRSA() {
        let modulus = [0xC1] + [UInt8](repeating: 0x5B, count: 254) + [0x01]
        let usual: [UInt8] = [1, 0, 1]
        func flaw(_ modulus: [UInt8], _ exponent: [UInt8]) -> KeyError.Reason? {
            KeyStrength.flaw(modulus: modulus, exponent: exponent)?.reason
        }
        #expect(flaw(Array(modulus.dropFirst()), usual) == .weak)
        #expect(flaw([0x7F] + modulus.dropFirst(), usual) == .weak, "2047 bits")
        #expect(flaw(modulus.dropLast() + [2], usual) == .weak)
        #expect(flaw(modulus, [1]) == .weak)
        #expect(flaw(modulus, [2]) == .weak)
        #expect(flaw(modulus, [1, 0, 0]) == .weak)
        #expect(flaw(modulus, [UInt8](repeating: 0xFF, count: 9)) == .unsupported)
        #expect(flaw([0xC1] + [UInt8](repeating: 1, count: 2048), usual) == .unsupported)
        #expect(flaw([], usual) == .malformed)
        #expect(flaw(modulus, []) == .malformed)
        #expect(flaw(modulus, [3]) == nil)
        #expect(flaw(modulus, usual) == nil)
    }

    @Test("A modulus in the subgroup of 65537 has the ROCA fingerprint")
    func roca() {
        // A power of 65537 is in that subgroup for every prime, and odd; the 128th has 2049 bits.
        var power: [UInt8] = [1]
        for _ in 0..<128 {
            var carry = 0
            var next: [UInt8] = []
            for (place, low) in (power.reversed() + [0, 0]).enumerated() {
                let digits = Array(power.reversed())
                let shifted = place >= 2 && place - 2 < digits.count ? Int(digits[place - 2]) : 0
                let sum = Int(low) + shifted + carry
                next.append(UInt8(truncatingIfNeeded: sum))
                carry = sum >> 8
            }
            if carry > 0 { next.append(UInt8(carry)) }
            while next.last == 0 { next.removeLast() }
            power = next.reversed()
        }
        #expect(KeyStrength.bitCount(power) == 2049)
        #expect(KeyStrength.hasROCAFingerprint(power))
        #expect(KeyStrength.flaw(modulus: power, exponent: [1, 0, 1])?.reason == .weak)
        #expect(!KeyStrength.hasROCAFingerprint(power.dropLast() + [power[power.count - 1] ^ 2]))
    }

    @Test("An Ed25519 point of small order is refused", arguments: [0, 1] as [UInt8])
    func smallOrder(_ low: UInt8) throws {
        let point = [low] + [UInt8](repeating: 0, count: 31)
        let x = String(decoding: Base64URL.encode(point), as: UTF8.self)
        let keys = try set(#"{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"\#(x)"}"#)
        #expect(keys.weaknesses.count == 1)
        let issuer = try Issuer.named("EdDSA")
        #expect(code(try issuer.token(), issuer.rules, keys) == "weak_key")
    }

    @Test("Secrets shorter than the hash are weak keys, unless their owner accepts that; empty ones always are")
    func weakSecrets() throws {
        func verdict(_ count: Int, _ name: String, alg: Bool, allowWeak: Bool) throws -> String {
            let secret = [UInt8](repeating: 0x5A, count: count)
            let k = String(decoding: Base64URL.encode(secret), as: UTF8.self)
            let keys = try set(
                #"{"kty":"oct","kid":"k1","k":"\#(k)"\#(alg ? #","alg":"\#(name)""# : "")}"#, allowWeak: allowWeak)
            let algorithm = try SignatureAlgorithm(name: name).orThrow()
            let signer = try TokenSigner(
                key: SigningKey(secret: count == 0 ? [1] : secret), algorithm: algorithm, keyID: Array("k1".utf8))
            let rules = TokenRules(algorithms: AlgorithmList(algorithm), issuers: nil, audiences: nil)
            return code(try signer.sign(payload: Array(Issuer.claims.utf8)), rules, keys)
        }
        for alg in [true, false] {
            #expect(try verdict(0, "HS256", alg: alg, allowWeak: false) == "weak_key")
            #expect(try verdict(0, "HS256", alg: alg, allowWeak: true) == "weak_key")
            #expect(try verdict(31, "HS256", alg: alg, allowWeak: false) == "weak_key")
            #expect(try verdict(32, "HS512", alg: alg, allowWeak: false) == "weak_key")
            #expect(try verdict(47, "HS384", alg: alg, allowWeak: false) == "weak_key")
            #expect(try verdict(1, "HS256", alg: alg, allowWeak: true) == "ok")
            #expect(try verdict(32, "HS512", alg: alg, allowWeak: true) == "ok")
            #expect(try verdict(32, "HS256", alg: alg, allowWeak: false) == "ok")
            #expect(try verdict(300, "HS512", alg: alg, allowWeak: false) == "ok")
        }
        #expect(throws: KeyError.self) { try KeyRecord.secret([], allowWeak: true) }
        #expect(throws: KeyError.self) { try KeyRecord.secret([1, 2, 3]) }
        #expect(try KeyRecord.secret([1, 2, 3], allowWeak: true).isUsable)
    }

    // MARK: Choice

    @Test("kid chooses by exact octets and nothing else is tried")
    func choice() throws {
        let issuer = try Issuer("ES256", keyID: "cl\u{E9}")
        let other = try Issuer("ES256", keyID: "other")
        let keys = KeySet(merging: [issuer.keys, other.keys])
        func verdict(_ kid: String) throws -> String {
            code(try issuer.token(header: #"{"alg":"ES256","kid":"\#(kid)"}"#), issuer.rules, keys)
        }
        for kid in ["", "cle\\u0301", "CL\u{E9}", "cl\u{E9}\\u0000", "cl", "../cl\u{E9}"] {
            #expect(try verdict(kid) == "key_not_found")
        }
        #expect(try verdict("other") == "bad_signature")
        #expect(try verdict("cl\u{E9}") == "ok")
        #expect(try verdict("cl\\u00e9") == "ok")
    }

    @Test("A kid that two keys of one type have is ambiguous, even when one of them is unusable")
    func duplicateKid() throws {
        let issuer = try Issuer.named("ES256")
        let good = try member(issuer.generated.publicJWK)
        let other = try member(Issuer("ES256").generated.publicJWK)
        let rsa = try member(Issuer("RS256").generated.publicJWK)
        let token = try issuer.token()
        #expect(code(token, issuer.rules, try set(#"{"keys":[\#(good),\#(other)]}"#)) == "key_ambiguous")
        let broken = #"{"kty":"EC","kid":"k1","crv":"P-256","x":"!","y":"!"}"#
        #expect(code(token, issuer.rules, try set(#"{"keys":[\#(good),\#(broken)]}"#)) == "key_ambiguous")
        #expect(code(token, issuer.rules, KeySet(merging: [issuer.keys, issuer.keys])) == "key_ambiguous")
        #expect(code(token, issuer.rules, try set(#"{"keys":[\#(good),\#(rsa)]}"#)) == "ok")
    }

    @Test("Without kid exactly one key may fit, or up to four when the rules say try")
    func withoutKid() throws {
        let issuers = try (0..<5).map { try Issuer("ES256", keyID: "k\($0)") }
        var rules = issuers[0].rules
        let token = try issuers[3].token(header: #"{"alg":"ES256"}"#)
        func set(_ count: Int) -> KeySet { KeySet(merging: issuers.prefix(count).map(\.keys)) }
        #expect(code(token, rules, .empty) == "key_not_found")
        #expect(code(token, rules, try Issuer.named("RS256").keys) == "key_not_found")
        #expect(code(token, rules, set(1)) == "bad_signature")
        #expect(code(token, rules, set(2)) == "key_ambiguous")
        #expect(code(token, rules, issuers[3].keys) == "ok")
        rules.withoutKid = .try
        #expect(code(token, rules, set(3)) == "bad_signature")
        #expect(code(token, rules, set(4)) == "ok")
        #expect(code(token, rules, set(5)) == "key_ambiguous")
        let named = try issuers[3].token(header: #"{"alg":"ES256","kid":"k0"}"#)
        #expect(code(named, rules, set(4)) == "bad_signature", "a token that names its key has no other")
    }

    @Test("Keys for other purposes are refused")
    func purposes() throws {
        let issuer = try Issuer.named("ES256")
        let token = try issuer.token()
        for (change, expected) in [
            (#""use":"enc""#, "key_use_mismatch"), (#""use":"sig","key_ops":["sign"]"#, "key_use_mismatch"),
            (#""key_ops":[]"#, "key_use_mismatch"), (#""use":"enc","key_ops":["verify"]"#, "key_use_mismatch"),
            (#""key_ops":["verify","sign"]"#, "ok"), (#""use":"sig""#, "ok"),
        ] {
            let keys = try set(member(issuer.generated.publicJWK, (#""use":"sig""#, change)))
            #expect(code(token, issuer.rules, keys) == expected, "\(change)")
            let nameless = try issuer.token(header: #"{"alg":"ES256"}"#)
            #expect(code(nameless, issuer.rules, keys) == expected, "\(change) without kid")
        }
    }

    @Test("A key whose alg does not fit its kind, or does not exist, judges nothing")
    func wrongAlg() throws {
        let issuer = try Issuer.named("ES256")
        for alg in ["ES512", "RS256", "HS256", "ES521", "none", ""] {
            let keys = try set(member(issuer.generated.publicJWK, (#""alg":"ES256""#, #""alg":"\#(alg)""#)))
            #expect(code(try issuer.token(), issuer.rules, keys) == "key_alg_mismatch", "\(alg)")
            #expect(!keys.hasUsableKey)
        }
    }

    @Test("A secret beside public keys is not used where the route accepts both kinds")
    func mixedSet() throws {
        let secret = try Issuer("HS256", keyID: "s")
        let rsa = try Issuer.named("ES256")
        let keys = try set(
            "{\"keys\":[\(String(decoding: secret.generated.privateJWK, as: UTF8.self)),\(member(rsa.generated.publicJWK))]}"
        )
        var rules = secret.rules
        #expect(code(try secret.token(), rules, keys) == "ok")
        rules.algorithms = AlgorithmList(.hmac(.hs256), .publicKey(.es256))
        #expect(code(try secret.token(), rules, keys) == "key_ambiguous")
        #expect(code(try rsa.token(), rules, keys) == "ok")
        #expect(code(try secret.token(), rules, KeySet(merging: [secret.keys, rsa.keys])) == "ok", "two sources")
    }

    @Test("The candidates for a header are the sound keys that fit it")
    func candidates() throws {
        let issuer = try Issuer.named("ES256")
        let keys = KeySet(merging: [issuer.keys, try Issuer("ES256", keyID: "k2").keys, try Issuer.named("RS256").keys])
        func count(_ header: String) throws -> Int {
            keys.candidates(for: try TokenHeader(parsing: Array(header.utf8))).count
        }
        #expect(try count(#"{"alg":"none"}"#) == 0)
        #expect(try count(#"{"alg":"ES256","kid":"x"}"#) == 0)
        #expect(try count(#"{"alg":"ES256"}"#) == 2)
        #expect(try count(#"{"alg":"ES256","kid":"k1"}"#) == 1)
        #expect(keys.algorithms.map(\.name) == ["RS256", "ES256"])
        #expect(keys.withGeneration(9).generation == 9)
        #expect(keys.withGeneration(9).records.count == 3)
    }
}

extension String {
    fileprivate func replacing(_ range: Range<String.Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }

    fileprivate func range(of text: String) -> Range<String.Index>? {
        for start in indices where self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
        return nil
    }
}
