/// Message authentication with a shared secret (RFC 7518 §3.2).
package enum HMACAlgorithm: UInt8, Sendable, Hashable, CaseIterable {
    case hs256
    case hs384
    case hs512

    package var digest: MessageDigest {
        switch self {
        case .hs256: .sha256
        case .hs384: .sha384
        case .hs512: .sha512
        }
    }
}

/// Signatures that are made with one key and verified with another (RFC 7518 §3.3-3.5, 8037, 8812, 9864).
package enum PublicKeyAlgorithm: UInt8, Sendable, Hashable, CaseIterable {
    case rs256
    case rs384
    case rs512
    case ps256
    case ps384
    case ps512
    case es256
    case es384
    case es512
    case es256k
    /// Ed25519 or Ed448, as the key says.
    case edDSA
    case ed25519
    case ed448

    /// The hash of the signing input; nil for EdDSA, which hashes inside.
    package var digest: MessageDigest? {
        switch self {
        case .rs256, .ps256, .es256, .es256k: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .es512: .sha512
        case .edDSA, .ed25519, .ed448: nil
        }
    }

    var isPSS: Bool {
        switch self {
        case .ps256, .ps384, .ps512: true
        default: false
        }
    }
}

/// Every algorithm that a token may be signed with. There is no value for `none`.
///
/// The two families are different types because their keys are: a public key can never be taken for a secret.
package enum SignatureAlgorithm: Sendable, Hashable, CaseIterable {
    case hmac(HMACAlgorithm)
    case publicKey(PublicKeyAlgorithm)

    package static let allCases: [SignatureAlgorithm] =
        HMACAlgorithm.allCases.map { .hmac($0) } + PublicKeyAlgorithm.allCases.map { .publicKey($0) }

    /// Whether checking one signature keeps a processor busy for hundreds of microseconds: 400 to 600 for the two large
    /// curves in OpenSSL 3.0, beside 20 to 70 for RSA-2048, P-256 and Ed25519 and 1 for HMAC.
    package var isSlow: Bool {
        switch self {
        case .publicKey(.es384), .publicKey(.es512): true
        default: false
        }
    }

    /// The exact name of the IANA registry; anything else, in any other case, is not an algorithm.
    package init?(name: String) {
        self.init(octets: name.utf8)
    }

    /// As ``init(name:)``, from the octets of the name.
    package init?(octets: some Collection<UInt8>) {
        // At most eight octets make one integer; a NUL cannot be hidden because the count is part of the comparison.
        let count = octets.count
        guard count >= 5, count <= 7 else { return nil }
        var word: UInt64 = 0
        for octet in octets { word = word << 8 | UInt64(octet) }
        self.init(word: word, count: count)
    }

    /// As ``init(name:)`` for octets that stand in a larger array.
    init?(bytes: [UInt8], range: Range<Int>) {
        guard range.count >= 5, range.count <= 7 else { return nil }
        var word: UInt64 = 0
        for index in range { word = word << 8 | UInt64(bytes[index]) }
        self.init(word: word, count: range.count)
    }

    private init?(word: UInt64, count: Int) {
        guard let found = Self.names.first(where: { $0.word == word && $0.count == count }) else { return nil }
        self = found.algorithm
    }

    private static let names: [(word: UInt64, count: Int, algorithm: SignatureAlgorithm)] = allCases.map { algorithm in
        let octets = algorithm.name.utf8
        return (octets.reduce(0) { $0 << 8 | UInt64($1) }, octets.count, algorithm)
    }

    package var name: String {
        switch self {
        case .hmac(.hs256): "HS256"
        case .hmac(.hs384): "HS384"
        case .hmac(.hs512): "HS512"
        case .publicKey(let algorithm):
            switch algorithm {
            case .rs256: "RS256"
            case .rs384: "RS384"
            case .rs512: "RS512"
            case .ps256: "PS256"
            case .ps384: "PS384"
            case .ps512: "PS512"
            case .es256: "ES256"
            case .es384: "ES384"
            case .es512: "ES512"
            case .es256k: "ES256K"
            case .edDSA: "EdDSA"
            case .ed25519: "Ed25519"
            case .ed448: "Ed448"
            }
        }
    }

    package var isHMAC: Bool {
        if case .hmac = self { return true }
        return false
    }

    /// This algorithm's bit in an ``AlgorithmSet``.
    var bit: UInt32 {
        switch self {
        case .hmac(let algorithm): 1 << UInt32(algorithm.rawValue)
        case .publicKey(let algorithm): 1 << (UInt32(algorithm.rawValue) + 3)
        }
    }
}

/// Any number of algorithms, possibly none: what a key may be used with.
struct AlgorithmSet: Sendable, Hashable {
    private(set) var bits: UInt32 = 0

    init(_ algorithms: some Sequence<SignatureAlgorithm> = []) {
        for algorithm in algorithms { bits |= algorithm.bit }
    }

    var isEmpty: Bool { bits == 0 }

    func contains(_ algorithm: SignatureAlgorithm) -> Bool { bits & algorithm.bit != 0 }

    func intersection(_ other: AlgorithmSet) -> AlgorithmSet {
        var result = self
        result.bits &= other.bits
        return result
    }

    /// In the order of ``SignatureAlgorithm/allCases``.
    var algorithms: [SignatureAlgorithm] { SignatureAlgorithm.allCases.filter(contains) }
}
