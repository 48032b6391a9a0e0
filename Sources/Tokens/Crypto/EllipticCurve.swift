/// The curves of ECDSA tokens (RFC 7518 §6.2.1.1, RFC 8812).
package enum EllipticCurve: UInt8, Sendable, Hashable, CaseIterable {
    case p256
    case p384
    case p521
    case secp256k1

    /// From the `crv` of a JWK.
    init?(octets: [UInt8]) {
        guard let found = Self.allCases.first(where: { $0.name.utf8.elementsEqual(octets) }) else { return nil }
        self = found
    }

    /// The `crv` of a JWK.
    var name: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        case .secp256k1: "secp256k1"
        }
    }

    /// libcrypto's name.
    var groupName: String {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        case .secp256k1: "secp256k1"
        }
    }

    /// Octets of a coordinate, and of each half of a signature.
    var size: Int {
        switch self {
        case .p256, .secp256k1: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The only algorithm for this curve.
    package var algorithm: PublicKeyAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        case .secp256k1: .es256k
        }
    }

    /// The order n of the base point, big-endian in ``size`` octets (SEC 2 §2.4-2.6).
    var order: [UInt8] {
        switch self {
        case .p256: Self.p256Order
        case .p384: Self.p384Order
        case .p521: Self.p521Order
        case .secp256k1: Self.secp256k1Order
        }
    }

    private static let p256Order = words([
        0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xBCE6_FAAD_A717_9E84, 0xF3B9_CAC2_FC63_2551,
    ])
    private static let p384Order = words([
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xC763_4D81_F437_2DDF,
        0x581A_0DB2_48B0_A77A, 0xECEC_196A_CCC5_2973,
    ])
    private static let p521Order =
        [0x01, 0xFF]
        + words([
            0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFA,
            0x5186_8783_BF2F_966B, 0x7FCC_0148_F709_A5D0, 0x3BB5_C9B8_899C_47AE, 0xBB6F_B71E_9138_6409,
        ])
    private static let secp256k1Order = words([
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0xBAAE_DCE6_AF48_A03B, 0xBFD2_5E8C_D036_4141,
    ])

    private static func words(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }
}
