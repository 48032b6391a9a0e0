/// Whether a public key is worth trusting, decided without libcrypto.
enum KeyStrength {
    /// Why an RSA key must not be used; nil when it may. Both numbers are big-endian without leading zeros.
    static func flaw(modulus: [UInt8], exponent: [UInt8]) -> KeyError? {
        guard let low = modulus.last, let exponentLow = exponent.last else {
            return KeyError(.malformed, "the RSA modulus or exponent is zero")
        }
        let bits = bitCount(modulus)
        if bits < 2048 { return KeyError(.weak, "the RSA modulus has fewer than 2048 bits") }
        if bits > 16_384 { return KeyError(.unsupported, "the RSA modulus has more than 16384 bits") }
        if low & 1 == 0 { return KeyError(.weak, "the RSA modulus is even") }
        if exponentLow & 1 == 0 { return KeyError(.weak, "the RSA exponent is even") }
        if exponent == [1] { return KeyError(.weak, "the RSA exponent is 1, so that anybody can sign") }
        // A long exponent makes every verification slow, which is all it is good for.
        if bitCount(exponent) > 64 { return KeyError(.unsupported, "the RSA exponent has more than 64 bits") }
        if hasROCAFingerprint(modulus) {
            return KeyError(.weak, "the RSA modulus has the ROCA fingerprint (CVE-2017-15361)")
        }
        return nil
    }

    /// Leading zeros do not count.
    static func bitCount(_ number: [UInt8]) -> Int {
        guard let top = number.first(where: { $0 != 0 }) else { return 0 }
        let digits = number.drop { $0 == 0 }
        return digits.count * 8 - top.leadingZeroBitCount
    }

    /// CVE-2017-15361: primes of the form k * M + 65537^a mod M leave the modulus in the subgroup that 65537 generates,
    /// for every small prime of M. A sound modulus practically never does that.
    static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        fingerprintPrimes.allSatisfy { prime in
            let rest = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            let generator = 65_537 % prime
            var power = 1
            repeat {
                if power == rest { return true }
                power = power * generator % prime
            } while power > 1
            return false
        }
    }

    private static let fingerprintPrimes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]

    /// The points of small order on Ed25519 in every encoding of y, sign bit cleared: with such a key one signature
    /// fits many messages.
    static func isSmallOrder(ed25519 point: [UInt8]) -> Bool {
        guard point.count == 32 else { return false }
        var y = point
        y[31] &= 0x7F
        return smallOrderPoints.contains(y)
    }

    private static let smallOrderPoints: Set<[UInt8]> = {
        func number(_ low: UInt8, _ fill: UInt8, _ high: UInt8) -> [UInt8] {
            [low] + [UInt8](repeating: fill, count: 30) + [high]
        }
        // y of the points of order 8, little-endian; the other one is its negative.
        let eighth: [UInt8] = [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ]
        let otherEighth: [UInt8] = [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ]
        return [
            number(0, 0, 0), number(1, 0, 0), eighth, otherEighth,
            number(0xEC, 0xFF, 0x7F), number(0xED, 0xFF, 0x7F), number(0xEE, 0xFF, 0x7F),
        ]
    }()
}
