/// Whether a key and an algorithm explain the signature of a token, whatever its header says. Says yes or no and gives
/// no token: only for the owner who asks why a signature does not match, never on the way of a request.
package enum SignatureProbe {
    /// A shared secret of any length.
    package static func matches(_ token: CompactToken, secret: [UInt8], _ algorithm: HMACAlgorithm) -> Bool {
        guard !secret.isEmpty else { return false }
        return HMACKey(secret).isValid(token.signature, for: token.bytes, token.signingInput, algorithm)
    }

    /// A key of a set, with any algorithm of its kind. A failure of the library counts as no.
    package static func matches(_ token: CompactToken, _ key: KeyRecord, _ algorithm: SignatureAlgorithm) -> Bool {
        switch (key.material, algorithm) {
        case (.secret(let secret), .hmac(let algorithm)):
            return secret.isValid(token.signature, for: token.bytes, token.signingInput, algorithm)
        case (.publicKey(let key), .publicKey(let algorithm)):
            do throws(CryptoFailure) {
                return try VerificationContext().isValid(
                    token.signature, for: token.bytes, token.signingInput, by: key, algorithm)
            } catch {
                return false
            }
        default: return false
        }
    }
}
