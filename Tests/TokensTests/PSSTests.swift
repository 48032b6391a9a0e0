import Foundation
import Testing

@testable import Tokens

/// RSASSA-PSS is checked by this module's own reading of RFC 8017 §9.1, so libcrypto's signatures judge it here.
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

    @Test("What RFC 8017 §9.1.2 refuses is refused, step by step")
    func steps() {
        let hash = [UInt8](repeating: 7, count: 32)
        let good = Self.encode(hash, salt: [UInt8](repeating: 9, count: 32), bits: 2048)
        #expect(PSSEncoding.isValid(good, for: hash, .sha256, modulusBits: 2048))
        func refuses(_ change: (inout [UInt8]) -> Void) -> Bool {
            var other = good
            change(&other)
            return !PSSEncoding.isValid(other, for: hash, .sha256, modulusBits: 2048)
        }
        #expect(refuses { $0[255] = 0xBD })
        #expect(refuses { $0[0] |= 0x80 })
        #expect(refuses { $0[0] ^= 1 })
        #expect(refuses { $0[254] ^= 1 })
        #expect(refuses { $0.removeLast() })
        #expect(refuses { $0.insert(0, at: 0) })
        // Other salt lengths than the hash's are good PSS, and no JWS.
        for count in [0, 20, 31, 33, 64] {
            let other = Self.encode(hash, salt: [UInt8](repeating: 9, count: count), bits: 2048)
            #expect(!PSSEncoding.isValid(other, for: hash, .sha256, modulusBits: 2048), "\(count)")
        }
        #expect(!PSSEncoding.isValid(good, for: [UInt8](repeating: 8, count: 32), .sha256, modulusBits: 2048))
        #expect(!PSSEncoding.isValid(good, for: Array(hash.dropLast()), .sha256, modulusBits: 2048))
        #expect(!PSSEncoding.isValid([], for: hash, .sha256, modulusBits: 0))
        #expect(!PSSEncoding.isValid([UInt8](repeating: 0xBC, count: 60), for: hash, .sha256, modulusBits: 480))
    }

    /// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-256.
    private static func encode(_ hash: [UInt8], salt: [UInt8], bits: Int) -> [UInt8] {
        let digest = MessageDigest.sha256
        let width = (bits - 1 + 7) / 8
        let seed = digest.hash([UInt8](repeating: 0, count: 8) + hash + salt)
        var block = [UInt8](repeating: 0, count: width - salt.count - 32 - 2) + [1] + salt
        var mask: [UInt8] = []
        var counter: UInt8 = 0
        while mask.count < block.count {
            mask += digest.hash(seed + [0, 0, 0, counter])
            counter += 1
        }
        for index in block.indices { block[index] ^= mask[index] }
        block[0] &= 0xFF >> UInt8(8 * width - (bits - 1))
        return block + seed + [0xBC]
    }
}
