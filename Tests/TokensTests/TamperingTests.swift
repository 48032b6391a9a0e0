import TestRandom
import Testing

@testable import Tokens

@Suite struct TamperingTests {
    @Test(
        "A token in which any one character is replaced by any other is refused",
        arguments: ["HS256", "RS256", "ES256"])
    func everyCharacter(_ name: String) throws {
        let issuer = try Issuer.named(name)
        let token = try issuer.token()
        let context = VerificationContext()
        #expect(code(token, issuer.rules, issuer.keys, using: context) == "ok")
        // A neighbour in the alphabet, its opposite, and characters that a lenient decoder maps or skips.
        for place in token.indices {
            let old = token[place]
            for new in [old ^ 1, old ^ 0x20, 0x41, 0x2E, 0x3D, 0x2B, 0x00, 0x0A, 0xC3] as [UInt8] where new != old {
                var changed = token
                changed[place] = new
                let verdict = code(changed, issuer.rules, issuer.keys, using: context)
                #expect(verdict != "ok", "octet \(place) of \(token.count) became \(new)")
            }
        }
        #expect(code(token, issuer.rules, issuer.keys, using: context) == "ok", "the context survives refusals")
    }

    @Test(
        "A token that lost or gained one character anywhere is refused",
        arguments: ["HS256", "RS256", "ES256", "EdDSA"])
    func everyLength(_ name: String) throws {
        let issuer = try Issuer.named(name)
        let token = try issuer.token()
        let context = VerificationContext()
        for place in token.indices {
            var shorter = token
            shorter.remove(at: place)
            #expect(code(shorter, issuer.rules, issuer.keys, using: context) != "ok", "without octet \(place)")
            var longer = token
            longer.insert(UInt8(ascii: "A"), at: place)
            #expect(code(longer, issuer.rules, issuer.keys, using: context) != "ok", "more before octet \(place)")
        }
        #expect(code(token + [0x41], issuer.rules, issuer.keys, using: context) != "ok")
    }

    @Test(
        "A signature of any length but the right one is refused before libcrypto sees it",
        arguments: SignatureAlgorithm.allCases.map(\.name))
    func signatureLengths(_ name: String) throws {
        let issuer = try Issuer.named(name)
        var parts = segments(try issuer.token())
        let signature = try Base64URL.decode(parts[2]).orThrow()
        for count in Set([
            0, 1, 32, 63, 64, 65, 66, 96, 114, 132, 255, 256, 257, signature.count - 1, signature.count + 1,
        ])
        where count != signature.count {
            let changed = Array((signature + [UInt8](repeating: 0, count: 300)).prefix(count))
            parts[2] = Base64URL.encode(changed)
            #expect(code(joined(parts), issuer.rules, issuer.keys) == "bad_signature", "\(count) octets")
            parts[2] = Base64URL.encode([UInt8](repeating: 0, count: max(0, count - signature.count)) + changed)
            #expect(code(joined(parts), issuer.rules, issuer.keys) == "bad_signature", "\(count) octets, padded")
        }
    }

    @Test(
        "A token signed with another key of the same kind is refused",
        arguments: SignatureAlgorithm.allCases.map(\.name))
    func otherKey(_ name: String) throws {
        let issuer = try Issuer.named(name)
        let other = try Issuer(name)
        #expect(code(try other.token(), issuer.rules, issuer.keys) == "bad_signature")
        #expect(code(try issuer.token(), issuer.rules, issuer.keys) == "ok")
    }

    @Test(
        "Psychic ECDSA signatures, with numbers outside of 1 to n - 1, are refused",
        arguments: ["ES256", "ES384", "ES512", "ES256K"])
    func psychic(_ name: String) throws {
        let issuer = try Issuer.named(name)
        guard case .publicKey(let algorithm) = issuer.algorithm,
            let curve = EllipticCurve.allCases.first(where: { $0.algorithm == algorithm })
        else { throw MissingValue() }
        let zero = [UInt8](repeating: 0, count: curve.size)
        let one = zero.dropLast() + [1]
        let order = curve.order
        let above = order.dropLast() + [(order.last ?? 0) &+ 1]
        let full = [UInt8](repeating: 0xFF, count: curve.size)
        var parts = segments(try issuer.token())
        let good = try Base64URL.decode(parts[2]).orThrow()
        let goodR = Array(good.prefix(curve.size))
        let goodS = Array(good.suffix(curve.size))
        for (r, s) in [
            (zero, zero), (zero, Array(one)), (Array(one), zero), (order, order), (order, Array(one)),
            (Array(one), order), (Array(above), Array(above)), (full, full), (goodR, zero), (zero, goodS),
            (order, goodS),
            (goodR, order), (goodS, goodR),
        ] {
            parts[2] = Base64URL.encode(r + s)
            #expect(code(joined(parts), issuer.rules, issuer.keys) == "bad_signature")
        }
        #expect(ECDSASignature.der(order + Array(one), on: curve) == nil)
        #expect(ECDSASignature.der(Array(one) + Array(one), on: curve) == [0x30, 6, 2, 1, 1, 2, 1, 1])
        // DER is libcrypto's form and not a token's.
        parts[2] = Base64URL.encode(try ECDSASignature.der(good, on: curve).orThrow())
        #expect(code(joined(parts), issuer.rules, issuer.keys) == "bad_signature")
    }

    @Test("Both forms of an ECDSA signature turn into each other", arguments: EllipticCurve.allCases)
    func derForms(_ curve: EllipticCurve) throws {
        for fill in [UInt8(0x01), 0x7F, 0x80] {
            let number = [UInt8](repeating: 0, count: 3) + [UInt8](repeating: fill, count: curve.size - 3)
            let fixed = number + number
            let der = try ECDSASignature.der(fixed, on: curve).orThrow()
            #expect(ECDSASignature.fixedWidth(der, on: curve) == fixed)
            #expect(ECDSASignature.fixedWidth(Array(der.dropLast()), on: curve) == nil)
            #expect(ECDSASignature.fixedWidth(der + [0], on: curve) == nil)
        }
        #expect(ECDSASignature.fixedWidth([], on: curve) == nil)
    }

    @Test("Random octets and random changes never pass and never trap")
    func random() throws {
        let issuer = try Issuer.named("ES256")
        let token = try issuer.token()
        let context = VerificationContext()
        var random = SeededRandom(seed: 7)
        for _ in 0..<4000 {
            var changed = token
            for _ in 0...Int.random(in: 0...4, using: &random) {
                let place = Int.random(in: changed.indices, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                case 2: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: changed.append(contentsOf: changed[place...].prefix(9))
                }
            }
            if changed != token { #expect(code(changed, issuer.rules, issuer.keys, using: context) != "ok") }
        }
    }
}
