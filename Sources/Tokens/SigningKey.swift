internal import Documents

/// The private half of a key, or a shared secret: for `token sign`, demonstrations and tests.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    enum Material: Sendable {
        case secret(HMACKey)
        case rsa(KeyHandle)
        case ec(KeyHandle, EllipticCurve)
        case edwards(KeyHandle, EdwardsCurve)
    }

    let material: Material
    let components: KeyComponents
    /// `kid`, where the source has one.
    package let keyID: [UInt8]?
    /// The key's own `alg`, or the usual one of its kind: HS256, RS256, the curve's, EdDSA.
    package let defaultAlgorithm: SignatureAlgorithm
    private let algorithms: AlgorithmSet

    /// A JWK with its private members, or a key set with exactly one key.
    package init(jwk json: [UInt8]) throws(KeyError) {
        var root: JSONValue
        do { root = try JSONParser.parse(json).root } catch {
            throw KeyError(.malformed, "the key is not JSON: \(error.message)")
        }
        if let keys = root["keys"] {
            let all = Array(keys.elements)
            guard all.count == 1 else { throw KeyError(.count, "the key set does not hold exactly one key") }
            root = all[0]
        }
        let reader = try JWKReader(root, isPrivate: true)
        guard reader.isForSigning else { throw KeyError(.wrongKind, "the key is not meant for signing") }
        guard let components = reader.components else { throw KeyError(.unsupported, "tokens are not signed with it") }
        try self.init(components, keyID: reader.keyID, algorithms: reader.algorithms)
    }

    /// `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`, not encrypted.
    package init(pem text: [UInt8], keyID: [UInt8]? = nil) throws(KeyError) {
        let components = try PEMReader.privateKey(text)
        try self.init(components, keyID: keyID, algorithms: AlgorithmSet(components.algorithms))
    }

    package init(secret: [UInt8], keyID: [UInt8]? = nil) throws(KeyError) {
        guard !secret.isEmpty else { throw KeyError(.weak, "the secret is empty") }
        let components = KeyComponents.secret(secret)
        try self.init(components, keyID: keyID, algorithms: AlgorithmSet(components.algorithms))
    }

    private init(_ components: KeyComponents, keyID: [UInt8]?, algorithms: AlgorithmSet) throws(KeyError) {
        guard let first = algorithms.algorithms.first else {
            throw KeyError(.wrongKind, "the key is not made for its own alg", keyID: keyID)
        }
        switch components {
        case .secret(let octets): material = .secret(HMACKey(octets))
        case .rsa: material = .rsa(try components.privateHandle())
        case .ec(let key): material = .ec(try components.privateHandle(), key.curve)
        case .edwards(let key): material = .edwards(try components.privateHandle(), key.curve)
        }
        self.components = components
        self.keyID = keyID
        self.algorithms = algorithms
        defaultAlgorithm = first
    }

    package func supports(_ algorithm: SignatureAlgorithm) -> Bool { algorithms.contains(algorithm) }

    package var description: String { "SigningKey(\(components.type.rawValue))" }

    /// Keeps `dump` and test failures from showing the key.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
