internal import COpenSSL

/// A public key that has passed all checks, bound to one family of algorithms.
///
/// Made once when keys are loaded (164 us) and never changed, so all threads may use one key at the same time.
package final class VerificationKey: Sendable {
    /// What the key is, with the facts that lengths are checked against.
    package enum Kind: Sendable, Hashable {
        /// Octets of the modulus.
        case rsa(modulusBytes: Int)
        case ec(EllipticCurve)
        case edwards(EdwardsCurve)
    }

    package let kind: Kind
    let handle: KeyHandle

    init(kind: Kind, handle: KeyHandle) {
        self.kind = kind
        self.handle = handle
    }

    /// Everything the key could be used with.
    package var algorithms: [PublicKeyAlgorithm] { kind.algorithms }

    package func supports(_ algorithm: PublicKeyAlgorithm) -> Bool { kind.algorithms.contains(algorithm) }

    /// The only accepted length of a signature, known before any calculation.
    var signatureSize: Int {
        switch kind {
        case .rsa(let modulusBytes): modulusBytes
        case .ec(let curve): 2 * curve.size
        case .edwards(let curve): curve.signatureSize
        }
    }
}

extension VerificationKey.Kind {
    var algorithms: [PublicKeyAlgorithm] {
        switch self {
        case .rsa: [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
        case .ec(let curve): [curve.algorithm]
        case .edwards(let curve): [.edDSA, curve.algorithm]
        }
    }
}
