internal import COpenSSL
internal import Documents

/// Makes tokens: for `token sign`, demonstrations and tests. A gateway that only verifies has none.
package struct TokenSigner: Sendable {
    private let key: SigningKey
    package let algorithm: SignatureAlgorithm
    package let keyID: [UInt8]?

    /// - Parameters:
    ///   - algorithm: nil: the key's default.
    ///   - keyID: `kid` of the tokens; nil: the key's own, if it has one.
    package init(
        key: SigningKey, algorithm: SignatureAlgorithm? = nil, keyID: [UInt8]? = nil
    ) throws(KeyError) {
        let algorithm = algorithm ?? key.defaultAlgorithm
        guard key.supports(algorithm) else {
            throw KeyError(.wrongKind, "the key is not made for \(algorithm.name)", keyID: key.keyID)
        }
        self.key = key
        self.algorithm = algorithm
        self.keyID = keyID ?? key.keyID
    }

    /// A token over the given payload, with `alg`, `typ` and `kid` in its header.
    ///
    /// - Parameter payload: JSON text of an object; it is signed as it is.
    package func sign(payload: [UInt8], type: String? = "JWT") throws(CryptoFailure) -> [UInt8] {
        var header = JSONWriter()
        header.object { header in
            header.member("alg", algorithm.name)
            if let type { header.member("typ", type) }
            if let keyID {
                header.key("kid")
                header.string(keyID)
            }
        }
        return try sign(header: header.bytes, payload: payload)
    }

    /// A token whose header text is given, right or wrong: `alg` is not set or checked.
    package func sign(header: [UInt8], payload: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        var token = Base64URL.encode(header)
        token.append(UInt8(ascii: "."))
        Base64URL.append(payload, to: &token)
        let signature = try signature(over: token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &token)
        return token
    }

    /// The raw signature octets as a token carries them.
    func signature(over message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        switch (key.material, algorithm) {
        case (.secret(let secret), .hmac(let algorithm)):
            return secret.authenticate(message, 0..<message.count, algorithm)
        case (.rsa(let handle), .publicKey(let algorithm)):
            return try Self.sign(message, handle, algorithm)
        case (.ec(let handle, let curve), .publicKey(let algorithm)):
            let der = try Self.sign(message, handle, algorithm)
            guard let fixed = ECDSASignature.fixedWidth(der, on: curve) else {
                throw CryptoFailure("making an ECDSA signature")
            }
            return fixed
        case (.edwards(let handle, _), .publicKey(let algorithm)):
            return try Self.sign(message, handle, algorithm)
        default:
            // The initialiser has checked that key and algorithm belong together.
            throw CryptoFailure("signing with the wrong kind of key")
        }
    }

    private static func sign(
        _ message: [UInt8], _ handle: KeyHandle, _ algorithm: PublicKeyAlgorithm
    ) throws(CryptoFailure) -> [UInt8] {
        let action = "signing a token"
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoFailure(action) }
        defer { unsafe EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard
            unsafe EVP_DigestSignInit(context, &keyContext, algorithm.digest?.method, nil, handle.pointer) == 1
        else { throw CryptoFailure(action) }
        if algorithm.isPSS {
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
            else { throw CryptoFailure(action) }
        }
        var length = 0
        guard unsafe EVP_DigestSign(context, nil, &length, message, message.count) == 1 else {
            throw CryptoFailure(action)
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw CryptoFailure(action)
        }
        return Array(signature.prefix(length))
    }
}
