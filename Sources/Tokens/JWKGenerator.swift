internal import COpenSSL
internal import Documents

/// A new key in the form in which it is stored and published.
package struct GeneratedKey: Sendable {
    /// One JWK with its private members; of an HMAC key, the secret.
    package let privateJWK: [UInt8]
    /// The JWK without private members; nil for an HMAC key, which has no public half.
    package let publicJWK: [UInt8]?
    /// A key set for a verifier: the public key, or for HMAC the secret itself.
    package let keySet: [UInt8]
    package let keyID: [UInt8]
}

/// Makes keys for every algorithm with libcrypto's generator.
package enum JWKGenerator {
    /// - Parameters:
    ///   - algorithm: what the key is for; it becomes its `alg`. `EdDSA` gives an Ed25519 key.
    ///   - keyID: nil: the thumbprint of the key (RFC 7638).
    ///   - rsaBits: size of an RSA modulus, 2048 to 8192.
    package static func generate(
        for algorithm: SignatureAlgorithm, keyID: [UInt8]? = nil, rsaBits: Int = 2048
    ) throws(CryptoFailure) -> GeneratedKey {
        let components = try components(for: algorithm, rsaBits: rsaBits)
        let keyID = keyID ?? thumbprint(components)
        let complete = text(components, algorithm, keyID, isPrivate: true)
        var publicJWK: [UInt8]?
        if case .secret = components {} else { publicJWK = text(components, algorithm, keyID, isPrivate: false) }
        var set = JSONWriter()
        set.object { set in
            set.member("keys", array: { $0.raw(publicJWK ?? complete) })
        }
        return GeneratedKey(privateJWK: complete, publicJWK: publicJWK, keySet: set.bytes, keyID: keyID)
    }

    private static func components(
        for algorithm: SignatureAlgorithm, rsaBits: Int
    ) throws(CryptoFailure) -> KeyComponents {
        let handle: KeyHandle
        switch algorithm {
        case .hmac(let hmac): return .secret(try random(hmac.digest.size))
        case .publicKey(let algorithm):
            switch algorithm {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
                unsafe handle = try generate("RSA") { context in
                    unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(min(8192, max(2048, rsaBits))))
                }
            case .es256: handle = try generate(.p256)
            case .es384: handle = try generate(.p384)
            case .es512: handle = try generate(.p521)
            case .es256k: handle = try generate(.secp256k1)
            case .edDSA, .ed25519: unsafe handle = try generate("ED25519") { _ in 1 }
            case .ed448: unsafe handle = try generate("ED448") { _ in 1 }
            }
        }
        guard let components = KeyComponents(handle, isPrivate: true) else {
            throw CryptoFailure("reading a generated key")
        }
        return components
    }

    private static func generate(_ curve: EllipticCurve) throws(CryptoFailure) -> KeyHandle {
        unsafe try generate("EC") { context in unsafe EVP_PKEY_CTX_set_group_name(context, curve.groupName) }
    }

    private static func generate(
        _ type: String, _ configure: (OpaquePointer) -> Int32
    ) throws(CryptoFailure) -> KeyHandle {
        let action = "generating a key"
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw CryptoFailure(action) }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1, unsafe configure(context) == 1,
            unsafe EVP_PKEY_generate(context, &key) == 1, let made = unsafe key
        else { throw CryptoFailure(action) }
        return unsafe KeyHandle(owning: made)
    }

    private static func random(_ count: Int) throws(CryptoFailure) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_priv_bytes(&octets, Int32(clamping: count)) == 1 else {
            throw CryptoFailure("drawing random octets")
        }
        return octets
    }

    // MARK: Text

    /// The required members in lexicographic order, hashed (RFC 7638 §3).
    static func thumbprint(_ components: KeyComponents) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for (name, value) in publicMembers(components).sorted(by: { $0.name < $1.name }) {
                writer.key(name)
                writer.string(value)
            }
        }
        return Base64URL.encode(MessageDigest.sha256.hash(writer.bytes))
    }

    /// The JWK of a key's public half.
    static func publicText(
        _ components: KeyComponents, algorithm: SignatureAlgorithm?, _ keyID: [UInt8]
    ) -> [UInt8] {
        text(components, algorithm, keyID, isPrivate: false)
    }

    private static func text(
        _ components: KeyComponents, _ algorithm: SignatureAlgorithm?, _ keyID: [UInt8], isPrivate: Bool
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("kid")
            writer.string(keyID)
            writer.member("use", "sig")
            if let algorithm { writer.member("alg", algorithm.name) }
            for (name, value) in publicMembers(components) + (isPrivate ? privateMembers(components) : []) {
                writer.key(name)
                writer.string(value)
            }
        }
        return writer.bytes
    }

    private static func publicMembers(_ components: KeyComponents) -> [(name: String, value: [UInt8])] {
        let type = Array(components.type.rawValue.utf8)
        switch components {
        case .secret(let octets): return [("kty", type), ("k", Base64URL.encode(octets))]
        case .rsa(let key):
            return [("kty", type), ("n", Base64URL.encode(key.modulus)), ("e", Base64URL.encode(key.exponent))]
        case .ec(let key):
            return [
                ("kty", type), ("crv", Array(key.curve.name.utf8)), ("x", Base64URL.encode(key.x)),
                ("y", Base64URL.encode(key.y)),
            ]
        case .edwards(let key):
            return [("kty", type), ("crv", Array(key.curve.name.utf8)), ("x", Base64URL.encode(key.point))]
        }
    }

    private static func privateMembers(_ components: KeyComponents) -> [(name: String, value: [UInt8])] {
        switch components {
        case .secret: return []
        case .rsa(let key):
            guard let secret = key.secret else { return [] }
            return [
                ("d", Base64URL.encode(secret.exponent)), ("p", Base64URL.encode(secret.firstPrime)),
                ("q", Base64URL.encode(secret.secondPrime)), ("dp", Base64URL.encode(secret.firstExponent)),
                ("dq", Base64URL.encode(secret.secondExponent)), ("qi", Base64URL.encode(secret.coefficient)),
            ]
        case .ec(let key): return key.secret.map { [("d", Base64URL.encode($0))] } ?? []
        case .edwards(let key): return key.secret.map { [("d", Base64URL.encode($0))] } ?? []
        }
    }
}
