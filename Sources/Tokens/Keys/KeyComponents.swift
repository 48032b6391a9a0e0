/// A key as numbers, the form in which every source of keys is judged by the same rules.
enum KeyComponents {
    struct RSA {
        var modulus: [UInt8]
        var exponent: [UInt8]
        var secret: RSASecret?
    }

    struct RSASecret {
        var exponent: [UInt8]
        var firstPrime: [UInt8]
        var secondPrime: [UInt8]
        var firstExponent: [UInt8]
        var secondExponent: [UInt8]
        var coefficient: [UInt8]
    }

    struct EC {
        var curve: EllipticCurve
        /// Coordinates in the full width of the curve.
        var x: [UInt8]
        var y: [UInt8]
        var secret: [UInt8]?
    }

    struct Edwards {
        var curve: EdwardsCurve
        var point: [UInt8]
        var secret: [UInt8]?
    }

    case rsa(RSA)
    case ec(EC)
    case edwards(Edwards)
    case secret([UInt8])

    var type: KeyType {
        switch self {
        case .rsa: .rsa
        case .ec: .ec
        case .edwards: .okp
        case .secret: .oct
        }
    }

    /// What these numbers could be used with if they are sound.
    var algorithms: [SignatureAlgorithm] {
        switch self {
        case .rsa: VerificationKey.Kind.rsa(modulusBytes: 0).algorithms.map { .publicKey($0) }
        case .ec(let key): [.publicKey(key.curve.algorithm)]
        case .edwards(let key): VerificationKey.Kind.edwards(key.curve).algorithms.map { .publicKey($0) }
        case .secret: HMACAlgorithm.allCases.map { .hmac($0) }
        }
    }

    // MARK: To libcrypto

    /// The public half, after every check; throws for a key that must not be trusted.
    func verificationKey() throws(KeyError) -> VerificationKey {
        switch self {
        case .secret: throw KeyError(.wrongKind, "a shared secret is not a public key")
        case .rsa(let key):
            if let flaw = KeyStrength.flaw(modulus: key.modulus, exponent: key.exponent) { throw flaw }
            let handle = try Self.importing("the RSA key is not usable") { () throws(CryptoFailure) in
                try KeyHandle.make(
                    "RSA", isPrivate: false, [.number("n", key.modulus), .number("e", key.exponent)])
            }
            return VerificationKey(kind: .rsa(modulusBytes: key.modulus.count), handle: handle)
        case .ec(let key):
            let handle = try Self.importing("the point is not on the curve") { () throws(CryptoFailure) in
                try KeyHandle.make(
                    "EC", isPrivate: false,
                    [.text("group", key.curve.groupName), .octets("pub", [0x04] + key.x + key.y)])
            }
            guard handle.isValidPublicKey() else { throw KeyError(.malformed, "the point is not on the curve") }
            return VerificationKey(kind: .ec(key.curve), handle: handle)
        case .edwards(let key):
            if key.curve == .ed25519, KeyStrength.isSmallOrder(ed25519: key.point) {
                throw KeyError(.weak, "the Ed25519 point has a small order")
            }
            let handle = try Self.importing("the Edwards point is not usable") { () throws(CryptoFailure) in
                try KeyHandle.make(key.curve, isPrivate: false, key.point)
            }
            return VerificationKey(kind: .edwards(key.curve), handle: handle)
        }
    }

    /// The private half for signing, after a check that it belongs to the public one.
    func privateHandle() throws(KeyError) -> KeyHandle {
        let handle = try importedPrivateHandle()
        var isPair = handle.isPair()
        // libcrypto derives the public half of an Edwards key and never sees the one that was given.
        if case .edwards(let key) = self { isPair = handle.rawOctets(isPrivate: false) == key.point }
        guard isPair else { throw KeyError(.malformed, "the private half does not belong to the public one") }
        return handle
    }

    private func importedPrivateHandle() throws(KeyError) -> KeyHandle {
        let missing = KeyError(.wrongKind, "the key has no private half")
        switch self {
        case .secret: throw missing
        case .rsa(let key):
            guard let secret = key.secret else { throw missing }
            return try Self.importing("the private RSA key is not usable") { () throws(CryptoFailure) in
                try KeyHandle.make(
                    "RSA", isPrivate: true,
                    [
                        .number("n", key.modulus), .number("e", key.exponent), .number("d", secret.exponent),
                        .number("rsa-factor1", secret.firstPrime), .number("rsa-factor2", secret.secondPrime),
                        .number("rsa-exponent1", secret.firstExponent), .number("rsa-exponent2", secret.secondExponent),
                        .number("rsa-coefficient1", secret.coefficient),
                    ])
            }
        case .ec(let key):
            guard let secret = key.secret else { throw missing }
            return try Self.importing("the private EC key is not usable") { () throws(CryptoFailure) in
                try KeyHandle.make(
                    "EC", isPrivate: true,
                    [
                        .text("group", key.curve.groupName), .octets("pub", [0x04] + key.x + key.y),
                        .number("priv", secret),
                    ])
            }
        case .edwards(let key):
            guard let secret = key.secret else { throw missing }
            return try Self.importing("the private Edwards key is not usable") { () throws(CryptoFailure) in
                try KeyHandle.make(key.curve, isPrivate: true, secret)
            }
        }
    }

    private static func importing(
        _ problem: String, _ body: () throws(CryptoFailure) -> KeyHandle
    ) throws(KeyError) -> KeyHandle {
        do { return try body() } catch { throw KeyError(.malformed, problem) }
    }

    // MARK: From libcrypto

    /// Reads back the numbers of a key that libcrypto has parsed; nil for kinds that tokens do not use.
    init?(_ handle: KeyHandle, isPrivate: Bool) {
        if handle.isType("RSA") {
            guard let modulus = handle.number("n"), let exponent = handle.number("e") else { return nil }
            var secret: RSASecret?
            if isPrivate {
                guard let d = handle.number("d"), let p = handle.number("rsa-factor1"),
                    let q = handle.number("rsa-factor2"), let dp = handle.number("rsa-exponent1"),
                    let dq = handle.number("rsa-exponent2"), let qi = handle.number("rsa-coefficient1")
                else { return nil }
                secret = RSASecret(
                    exponent: d, firstPrime: p, secondPrime: q, firstExponent: dp, secondExponent: dq, coefficient: qi)
            }
            self = .rsa(RSA(modulus: modulus, exponent: exponent, secret: secret))
        } else if handle.isType("EC") {
            guard !handle.hasExplicitCurve(), let name = handle.groupName(),
                let curve = EllipticCurve.allCases.first(where: { $0.groupName == name }),
                let x = handle.number("qx"), let y = handle.number("qy"), x.count <= curve.size, y.count <= curve.size
            else { return nil }
            var secret: [UInt8]?
            if isPrivate {
                guard let d = handle.number("priv"), d.count <= curve.size else { return nil }
                secret = Self.padded(d, curve.size)
            }
            self = .ec(
                EC(curve: curve, x: Self.padded(x, curve.size), y: Self.padded(y, curve.size), secret: secret))
        } else if let curve = handle.isType("ED25519") ? .ed25519 : handle.isType("ED448") ? EdwardsCurve.ed448 : nil {
            guard let point = handle.rawOctets(isPrivate: false) else { return nil }
            var secret: [UInt8]?
            if isPrivate {
                guard let seed = handle.rawOctets(isPrivate: true) else { return nil }
                secret = seed
            }
            self = .edwards(Edwards(curve: curve, point: point, secret: secret))
        } else {
            return nil
        }
    }

    /// Big-endian with zeros in front.
    static func padded(_ number: [UInt8], _ size: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: max(0, size - number.count)) + number
    }
}
