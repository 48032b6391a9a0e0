import Documents
package import Tokens

/// Makes tokens for tests and notes every one in the ``SecretLedger``.
package struct TokenMint: Sendable {
    /// The shared secret of the suite's configurations.
    package static let secret = "end-to-end tests only: 0123456789abcdef"
    /// Signs what configurations with that secret accept.
    package static func standard() throws -> TokenMint { try TokenMint(secret: Array(secret.utf8)) }

    package let signer: TokenSigner

    package init(secret: [UInt8], algorithm: SignatureAlgorithm = .hmac(.hs256), keyID: String? = nil) throws {
        SecretLedger.note(secret, as: "secret")
        signer = try TokenSigner(
            key: SigningKey(secret: secret), algorithm: algorithm, keyID: keyID.map { Array($0.utf8) })
    }

    package init(_ key: GeneratedKey, keyID: String? = nil) throws {
        signer = try TokenSigner(key: SigningKey(jwk: key.privateJWK), keyID: keyID.map { Array($0.utf8) })
    }

    package init(pem: [UInt8]) throws {
        SecretLedger.note(pem, as: "private key")
        signer = try TokenSigner(key: SigningKey(pem: pem))
    }

    /// A signed token over the text of a JSON object.
    package func token(_ claims: String, type: String? = "JWT") throws -> String {
        Self.noteClaims(Array(claims.utf8))
        let token = try signer.sign(payload: Array(claims.utf8), type: type)
        SecretLedger.note(token: token)
        return String(decoding: token, as: UTF8.self)
    }

    /// A signed token whose header text is given.
    package func token(header: String, _ claims: String) throws -> String {
        let token = try signer.sign(header: Array(header.utf8), payload: Array(claims.utf8))
        SecretLedger.note(token: token)
        return String(decoding: token, as: UTF8.self)
    }

    /// Values that only a claim can bring into a log; those that a configuration or a path may name are left out.
    private static let namedElsewhere: Set<String> = ["sub", "iss", "aud", "scope", "scp", "rank"]

    private static func noteClaims(_ payload: [UInt8]) {
        guard let document = try? JSONParser.parse(payload, maximumDepth: 8) else { return }
        for member in document.root.members where !namedElsewhere.contains(member.name) {
            if let value = member.value.utf8 { SecretLedger.note(value, as: "claim \(member.name)") }
        }
    }
}
