import Documents
import Testing

@testable import Tokens

@Suite struct SigningTests {
    @Test("A key signs only with its own algorithm")
    func wrongAlgorithm() throws {
        let key = try SigningKey(jwk: Issuer.named("ES256").generated.privateJWK)
        for algorithm in SignatureAlgorithm.allCases where algorithm.name != "ES256" {
            #expect(throws: KeyError.self) { try TokenSigner(key: key, algorithm: algorithm) }
        }
        #expect(try TokenSigner(key: key).algorithm.name == "ES256")
    }

    @Test("A public JWK, a set of several keys and a key for encryption do not sign")
    func notForSigning() throws {
        let generated = try Issuer.named("ES256").generated
        let complete = String(decoding: generated.privateJWK, as: UTF8.self)
        #expect(throws: KeyError.self) { try SigningKey(jwk: generated.publicJWK.orThrow()) }
        #expect(throws: KeyError.self) { try SigningKey(jwk: Array("{\"keys\":[\(complete),\(complete)]}".utf8)) }
        #expect(throws: KeyError.self) { try SigningKey(jwk: Array("{\"keys\":[]}".utf8)) }
        #expect(throws: KeyError.self) { try SigningKey(secret: []) }
        let encryption = complete.split(separator: #""use":"sig""#).joined(separator: #""use":"enc""#)
        #expect(throws: KeyError.self) { try SigningKey(jwk: Array(encryption.utf8)) }
        #expect(try SigningKey(jwk: Array("{\"keys\":[\(complete)]}".utf8)).keyID == Array("k1".utf8))
    }

    @Test(
        "A private half that belongs to another public one does not sign as that one",
        arguments: ["EdDSA", "Ed448", "ES256", "RS256"])
    func mismatchedHalves(_ name: String) throws {
        let one = try JSONParser.parse(Issuer.named(name).generated.privateJWK).root
        let other = try JSONParser.parse(Issuer(name).generated.privateJWK).root
        var writer = JSONWriter()
        writer.object { writer in
            for member in one.members {
                let isPrivate = ["d", "p", "q", "dp", "dq", "qi"].contains(member.name)
                writer.member(member.name, (isPrivate ? other[member.name] : member.value)?.string)
            }
        }
        #expect(throws: KeyError.self) { try SigningKey(jwk: writer.bytes) }
    }

    @Test(
        "Generated keys carry their use, algorithm and thumbprint, and nothing private in the public half",
        arguments: SignatureAlgorithm.allCases)
    func generated(_ algorithm: SignatureAlgorithm) throws {
        let key = try JWKGenerator.generate(for: algorithm)
        let complete = try JSONParser.parse(key.privateJWK).root
        #expect(complete["alg"]?.string == algorithm.name)
        #expect(complete["use"]?.string == "sig")
        #expect(key.keyID.count == 43)
        #expect(complete["kid"]?.utf8 == key.keyID)
        let set = try JSONParser.parse(key.keySet).root
        #expect(set["keys"]?.count == 1)
        if let published = key.publicJWK {
            let names = try JSONParser.parse(published).root.members.map(\.name)
            #expect(names.allSatisfy { ["kid", "use", "alg", "kty", "crv", "x", "y", "n", "e"].contains($0) })
            #expect(!algorithm.isHMAC)
        } else {
            #expect(algorithm.isHMAC)
        }
        #expect(try KeySet(jwks: key.keySet).hasUsableKey)
    }

    @Test("The thumbprint is that of RFC 8037 A.3")
    func thumbprint() throws {
        let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        let reader = try JWKReader(JSONParser.parse(Array(jwk.utf8)).root, isPrivate: false)
        #expect(
            JWKGenerator.thumbprint(try reader.components.orThrow())
                == Array("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".utf8))
    }

    @Test("HMAC states give the codes of RFC 4231")
    func hmacVectors() {
        // Test cases 1 and 6: a short key, and one longer than a block.
        let first = HMACKey([UInt8](repeating: 0x0B, count: 20))
        let message = Array("Hi There".utf8)
        #expect(
            first.authenticate(message, 0..<8, .hs256)
                == Array(hex: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"))
        #expect(
            first.authenticate(message, 0..<8, .hs384)
                == Array(
                    hex:
                        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"
                ))
        #expect(first.authenticate(message, 0..<8, .hs512).count == 64)
        let long = HMACKey([UInt8](repeating: 0xAA, count: 131))
        let text = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        #expect(
            long.authenticate(text, 0..<text.count, .hs256)
                == Array(hex: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
        #expect(
            long.authenticate(text, 0..<text.count, .hs512)
                == Array(
                    hex: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"))
        #expect(!first.isValid([], for: message, 0..<8, .hs256))
        #expect(!first.isValid([UInt8](repeating: 0, count: 32), for: message, 0..<8, .hs256))
        #expect(first.isValid(first.authenticate(message, 0..<8, .hs512), for: message, 0..<8, .hs512))
    }

    @Test("The examples of RFC 7515 A.1 and A.3 verify, A.5 does not")
    func rfc7515() throws {
        let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let secret =
            #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#
        let point =
            #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
            + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        var rules = TokenRules(algorithms: AlgorithmList(.hmac(.hs256)), issuers: ["joe"], audiences: nil)
        let now = WallTime(seconds: 1_300_819_379)
        let a1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(payload).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(code(Array(a1.utf8), rules, try KeySet(jwks: Array(secret.utf8)), at: now) == "ok")
        #expect(code(Array(a1.utf8), rules, try KeySet(jwks: Array(secret.utf8))) == "expired")
        rules.algorithms = AlgorithmList(.publicKey(.es256))
        let a3 =
            "eyJhbGciOiJFUzI1NiJ9.\(payload)."
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        #expect(code(Array(a3.utf8), rules, try KeySet(jwks: Array(point.utf8)), at: now) == "ok")
        let a5 = "eyJhbGciOiJub25lIn0.\(payload)."
        #expect(code(Array(a5.utf8), rules, try KeySet(jwks: Array(point.utf8)), at: now) == "alg_not_allowed")
    }
}
