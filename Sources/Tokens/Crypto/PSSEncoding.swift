/// The encoding of RSASSA-PSS (RFC 8017 §9.1), checked here: nine hashes through libcrypto's general interface cost a
/// tenth of the whole verification, and through the plain functions next to nothing.
///
/// Both hashes are the algorithm's and the salt is as long as the hash, which is all that RFC 7518 §3.5 permits.
/// Everything that is handled here is public, so nothing needs constant time.
enum PSSEncoding {
    /// EMSA-PSS-VERIFY.
    ///
    /// - Parameters:
    ///   - encoded: the signature to the public exponent, as wide as the modulus.
    ///   - hash: of the message; ``MessageDigest/size`` octets.
    ///   - modulusBits: exactly, without leading zeros.
    static func isValid(_ encoded: [UInt8], for hash: [UInt8], _ digest: MessageDigest, modulusBits: Int) -> Bool {
        let size = digest.size
        guard modulusBits > 16, hash.count == size, encoded.count == (modulusBits + 7) / 8 else { return false }
        // One bit less than the modulus: an octet less where the modulus begins with a lone bit.
        let bits = modulusBits - 1
        let width = (bits + 7) / 8
        let start = encoded.count - width
        if start == 1, encoded[0] != 0 { return false }
        guard width >= 2 * size + 2, encoded[encoded.count - 1] == 0xBC else { return false }
        let maskedCount = width - size - 1
        let seed = Array(encoded[start + maskedCount..<start + maskedCount + size])
        let unused = 8 * width - bits
        let topMask = UInt8(truncatingIfNeeded: 0xFF >> unused)
        guard encoded[start] & ~topMask == 0 else { return false }
        var block = mask(seed, count: maskedCount, digest)
        for index in 0..<maskedCount { block[index] ^= encoded[start + index] }
        block[0] &= topMask
        // Zeros, a one, the salt.
        let padding = maskedCount - size - 1
        for index in 0..<padding where block[index] != 0 { return false }
        guard block[padding] == 1 else { return false }
        let message = [UInt8](repeating: 0, count: 8) + hash + block[(padding + 1)...]
        return digest.hash(message) == seed
    }

    /// MGF1 (RFC 8017 §B.2.1).
    private static func mask(_ seed: [UInt8], count: Int, _ digest: MessageDigest) -> [UInt8] {
        var input = seed + [0, 0, 0, 0]
        var out: [UInt8] = []
        out.reserveCapacity(count + digest.size)
        var counter: UInt32 = 0
        while out.count < count {
            input[seed.count] = UInt8(truncatingIfNeeded: counter >> 24)
            input[seed.count + 1] = UInt8(truncatingIfNeeded: counter >> 16)
            input[seed.count + 2] = UInt8(truncatingIfNeeded: counter >> 8)
            input[seed.count + 3] = UInt8(truncatingIfNeeded: counter)
            out.append(contentsOf: digest.hash(input))
            counter += 1
        }
        return Array(out.prefix(count))
    }
}
