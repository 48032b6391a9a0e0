/// One key of a set with everything that decides whether it may judge a token.
package final class KeyRecord: Sendable {
    enum Material: Sendable {
        case secret(HMACKey)
        case publicKey(VerificationKey)
        /// Too weak, or of a kind that never fits: kept so that the refusal can say why.
        case none
    }

    /// `kid`, compared by octets.
    package let keyID: [UInt8]?
    package let type: KeyType
    /// The key's own `alg`, where it has one that exists.
    package let ownAlgorithm: SignatureAlgorithm?
    /// Why the key is refused although it is well-formed; nil for a sound key.
    package let weakness: KeyError?
    /// `use` and `key_ops` allow verifying signatures.
    package let isForVerification: Bool
    let algorithms: AlgorithmSet
    let material: Material
    /// The owner of a short secret has accepted the risk.
    let allowsWeakSecret: Bool
    /// Another key of the set has the same `kid` and `kty`.
    let isAmbiguous: Bool
    /// A secret that stands beside public keys in one document, which tends to be published.
    let isAmongPublicKeys: Bool

    /// True when some token could be verified with this key.
    package var isUsable: Bool {
        if case .none = material { return false }
        return isForVerification && !algorithms.isEmpty
    }

    /// The algorithms that this key permits.
    package var permittedAlgorithms: [SignatureAlgorithm] { algorithms.algorithms }

    // MARK: Sources

    /// A shared secret.
    ///
    /// - Parameters:
    ///   - algorithm: the only algorithm it may be used with; nil: every HMAC algorithm that it is long enough for.
    ///   - allowWeak: accept a secret shorter than the hash (RFC 7518 §3.2), for local tests. An empty one is never
    ///     accepted.
    package static func secret(
        _ octets: [UInt8], algorithm: HMACAlgorithm? = nil, keyID: [UInt8]? = nil, allowWeak: Bool = false
    ) throws(KeyError) -> KeyRecord {
        let algorithms = algorithm.map { [SignatureAlgorithm.hmac($0)] } ?? HMACAlgorithm.allCases.map { .hmac($0) }
        let record = KeyRecord(
            .secret(octets), type: .oct, keyID: keyID, own: algorithm.map { .hmac($0) },
            algorithms: AlgorithmSet(algorithms), allowWeak: allowWeak)
        if let weakness = record.weakness { throw weakness }
        return record
    }

    /// The public key of a PEM text: `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`.
    ///
    /// - Parameter algorithm: the only algorithm it may be used with; nil: every one that fits its kind.
    package static func pem(
        _ text: [UInt8], algorithm: SignatureAlgorithm? = nil, keyID: [UInt8]? = nil
    ) throws(KeyError) -> KeyRecord {
        let components: KeyComponents
        do { components = try PEMReader.publicKey(text) } catch {
            throw KeyError(error.reason, error.problem, keyID: keyID)
        }
        var algorithms = AlgorithmSet(components.algorithms)
        if let algorithm {
            algorithms = algorithms.intersection(AlgorithmSet([algorithm]))
            if algorithms.isEmpty { throw KeyError(.wrongKind, "the key is not made for its algorithm", keyID: keyID) }
        }
        let record = KeyRecord(
            components, type: components.type, keyID: keyID, own: algorithm, algorithms: algorithms, allowWeak: false)
        if let weakness = record.weakness { throw weakness }
        return record
    }

    /// Judges a key's strength; a weak one becomes a record without material.
    private init(
        _ components: KeyComponents?, type: KeyType, keyID: [UInt8]?, own: SignatureAlgorithm?,
        algorithms: AlgorithmSet, isForVerification: Bool = true, allowWeak: Bool
    ) {
        let judged = Self.judge(components, algorithms: algorithms, allowWeak: allowWeak)
        self.keyID = keyID
        self.type = type
        ownAlgorithm = own
        self.algorithms = algorithms
        self.isForVerification = isForVerification
        allowsWeakSecret = allowWeak
        material = judged.material
        weakness = judged.flaw.map { KeyError($0.reason, $0.problem, keyID: keyID) }
        isAmbiguous = false
        isAmongPublicKeys = false
    }

    /// The same key with what its neighbours in a set add.
    init(_ other: KeyRecord, isAmbiguous: Bool, isAmongPublicKeys: Bool) {
        keyID = other.keyID
        type = other.type
        ownAlgorithm = other.ownAlgorithm
        weakness = other.weakness
        isForVerification = other.isForVerification
        algorithms = other.algorithms
        material = other.material
        allowsWeakSecret = other.allowsWeakSecret
        self.isAmbiguous = isAmbiguous
        self.isAmongPublicKeys = isAmongPublicKeys
    }

    private static func judge(
        _ components: KeyComponents?, algorithms: AlgorithmSet, allowWeak: Bool
    ) -> (material: Material, flaw: KeyError?) {
        guard let components else { return (.none, nil) }
        if case .secret(let octets) = components {
            if octets.isEmpty { return (.none, KeyError(.weak, "the secret is empty")) }
            let smallest = HMACAlgorithm.allCases.first { algorithms.contains(.hmac($0)) }?.digest.size ?? 0
            if octets.count < smallest, !allowWeak {
                return (.none, KeyError(.weak, "the secret is shorter than \(smallest) octets"))
            }
            return (.secret(HMACKey(octets)), nil)
        }
        do { return (.publicKey(try components.verificationKey()), nil) } catch { return (.none, error) }
    }

    /// A key of a JWKS. A weak one becomes a record that explains itself; an unusable one is thrown.
    convenience init(jwk: JWKReader, allowWeak: Bool) throws(KeyError) {
        let own = jwk.algorithmName.flatMap { SignatureAlgorithm(octets: $0) }
        self.init(
            jwk.components, type: jwk.type, keyID: jwk.keyID, own: own, algorithms: jwk.algorithms,
            isForVerification: jwk.isForVerification, allowWeak: allowWeak)
        if let weakness, weakness.reason != .weak { throw weakness }
    }

    /// True when the key is too weak for this algorithm, though perhaps not for another one.
    func isWeak(for algorithm: SignatureAlgorithm) -> Bool {
        if weakness != nil { return true }
        if case .secret(let key) = material, case .hmac(let hmac) = algorithm {
            return !allowsWeakSecret && !key.isStrong(for: hmac)
        }
        return false
    }
}
