import Routes
import Tokens

/// Makes keys of what the configuration says about them.
enum KeyMaterial {
    /// The keys of one entry; empty for one that is fetched.
    static func keySet(of key: KeyDefinition) throws(KeyError) -> KeySet {
        let identifier = key.keyId.map { Array($0.value.utf8) }
        let algorithm = key.algorithm.flatMap { SignatureAlgorithm(name: $0.value) }
        switch key.material {
        case .secret(let secret, let allowWeak):
            var hmac: HMACAlgorithm?
            if case .hmac(let found)? = algorithm { hmac = found }
            let record = try KeyRecord.secret(
                secret.bytes, algorithm: hmac, keyID: identifier, allowWeak: allowWeak)
            return KeySet(records: [record])
        case .publicKey(let pem), .certificate(let pem):
            return KeySet(records: [try KeyRecord.pem(pem, algorithm: algorithm, keyID: identifier)])
        case .keySet(let json): return try KeySet(jwks: json)
        case .remoteKeySet: return .empty
        }
    }
}
