/// HMAC-SHA256 under one key, for names that must be equal where the hidden values are, and tell nothing else.
package struct KeyedHash: Sendable {
    private let key: HMACKey

    /// `secret` should hold 32 random bytes.
    package init(secret: [UInt8]) {
        key = HMACKey(secret)
    }

    /// 32 octets.
    package func code(_ octets: [UInt8]) -> [UInt8] { key.authenticate(octets, 0..<octets.count, .hs256) }
}
