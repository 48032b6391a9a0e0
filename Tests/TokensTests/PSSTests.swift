import Foundation
import Testing

@testable import Tokens

@Suite("RSASSA-PSS")
struct PSSTests {
    private static let payload = Array(#"{"exp":1760000600}"#.utf8)

    private func verdict(_ token: [UInt8], _ keys: KeySet, _ algorithm: SignatureAlgorithm) -> String {
        let rules = TokenRules(algorithms: AlgorithmList(algorithm), issuers: nil, audiences: nil)
        do throws(TokenError) {
            _ = try TokenVerifier(rules: rules).verify(
                token, with: keys, at: WallTime(seconds: 1_760_000_000), using: VerificationContext())
            return "accepted"
        } catch {
            return error.code.name
        }
    }

    @Test(
        "Moduli of every width modulo eight, and each bit of the encoding counts",
        arguments: ["PS256", "PS384", "PS512"], [2048, 2049, 2050, 2055, 2056, 3072])
    func widths(_ name: String, _ bits: Int) throws {
        let algorithm = try #require(SignatureAlgorithm(name: name))
        let key = try JWKGenerator.generate(for: algorithm, rsaBits: bits)
        let keys = try KeySet(jwks: key.keySet)
        let token = try TokenSigner(key: SigningKey(jwk: key.privateJWK)).sign(payload: Self.payload)
        #expect(verdict(token, keys, algorithm) == "accepted")
        let dot = try #require(token.lastIndex(of: UInt8(ascii: ".")))
        for place in stride(from: dot + 1, to: token.count, by: 37) {
            var changed = token
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(verdict(changed, keys, algorithm) != "accepted", "\(place)")
        }
        // The same signature under another text.
        var other = token
        other[dot - 2] ^= 1
        #expect(verdict(other, keys, algorithm) != "accepted")
    }

    @Test("An encoding of PKCS #1 is none of PSS, and the other way round")
    func paddings() throws {
        let rs = try #require(SignatureAlgorithm(name: "RS256"))
        let ps = try #require(SignatureAlgorithm(name: "PS256"))
        let key = try JWKGenerator.generate(for: rs, keyID: Array("k".utf8))
        // Without an `alg` the key may be used for both.
        let text = String(decoding: key.keySet, as: UTF8.self).replacingOccurrences(of: #""alg":"RS256","#, with: "")
        let keys = try KeySet(jwks: Array(text.utf8))
        let signed = try TokenSigner(key: SigningKey(jwk: key.privateJWK)).sign(
            header: Array(#"{"alg":"PS256","kid":"k"}"#.utf8), payload: Self.payload)
        #expect(verdict(signed, keys, ps) == "bad_signature")
        #expect(verdict(signed, keys, rs) == "alg_not_allowed")
    }
}
