/// A few digits that tell one secret from another, for people who compare configurations.
package enum Fingerprint {
    /// The first eight hexadecimal digits of the SHA-256.
    package static func short(_ bytes: [UInt8]) -> String {
        MessageDigest.sha256.hash(bytes).prefix(4).map { byte in
            let hex = String(byte, radix: 16)
            return hex.utf8.count == 1 ? "0\(hex)" : hex
        }.joined()
    }
}
