internal import Documents

/// One JWK read from JSON (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
struct JWKReader {
    let type: KeyType
    let keyID: [UInt8]?
    /// The literal `alg`, which need not name an algorithm of this module.
    let algorithmName: [UInt8]?
    /// `use` and `key_ops` allow verifying.
    let isForVerification: Bool
    /// `use` and `key_ops` allow signing.
    let isForSigning: Bool
    /// Nil for a curve that tokens are not signed with: such a key can be named, but never fits.
    let components: KeyComponents?

    init(_ value: JSONValue, isPrivate: Bool) throws(KeyError) {
        guard value.kind == .object else { throw KeyError(.malformed, "the key is not a JSON object") }
        keyID = try Self.string(value, "kid", "kid is not a string")
        do throws(KeyError) {
            guard let name = value["kty"]?.utf8 else { throw KeyError(.malformed, "there is no kty") }
            guard let type = KeyType(octets: name) else { throw KeyError(.unsupported, "kty is not supported") }
            self.type = type
            algorithmName = try Self.string(value, "alg", "alg is not a string")
            let use = try Self.string(value, "use", "use is not a string")
            var operations: [[UInt8]]?
            if let list = value["key_ops"] {
                guard list.kind == .array, let names = list.stringOrStrings else {
                    throw KeyError(.malformed, "key_ops is not an array of strings")
                }
                operations = names
            }
            let isSignature = use.map { $0.elementsEqual("sig".utf8) } ?? true
            isForVerification = isSignature && operations?.contains(Array("verify".utf8)) ?? true
            isForSigning = isSignature && operations?.contains(Array("sign".utf8)) ?? true
            components = try Self.components(value, type, isPrivate)
        } catch {
            var named = error
            named.keyID = keyID
            throw named
        }
    }

    /// The algorithms that this key may be used with: its own `alg`, or all of its kind.
    var algorithms: AlgorithmSet {
        let possible = AlgorithmSet(components?.algorithms ?? [])
        guard let algorithmName else { return possible }
        guard let own = SignatureAlgorithm(octets: algorithmName) else { return AlgorithmSet() }
        return possible.intersection(AlgorithmSet([own]))
    }

    private static func components(
        _ value: JSONValue, _ type: KeyType, _ isPrivate: Bool
    ) throws(KeyError) -> KeyComponents? {
        switch type {
        case .oct: return .secret(try octets(value, "k"))
        case .rsa:
            var key = KeyComponents.RSA(
                modulus: try number(value, "n"), exponent: try number(value, "e"), secret: nil)
            if isPrivate {
                key.secret = KeyComponents.RSASecret(
                    exponent: try number(value, "d"), firstPrime: try number(value, "p"),
                    secondPrime: try number(value, "q"), firstExponent: try number(value, "dp"),
                    secondExponent: try number(value, "dq"), coefficient: try number(value, "qi"))
            }
            return .rsa(key)
        case .ec:
            guard let name = value["crv"]?.utf8 else { throw KeyError(.malformed, "there is no crv") }
            guard let curve = EllipticCurve(octets: name) else { throw KeyError(.unsupported, "crv is not supported") }
            let x = try octets(value, "x")
            let y = try octets(value, "y")
            guard x.count == curve.size, y.count == curve.size else {
                throw KeyError(.malformed, "a coordinate does not have the width of the curve")
            }
            var secret: [UInt8]?
            if isPrivate {
                let d = try octets(value, "d")
                guard d.count == curve.size else {
                    throw KeyError(.malformed, "the private half does not have the width of the curve")
                }
                secret = d
            }
            return .ec(KeyComponents.EC(curve: curve, x: x, y: y, secret: secret))
        case .okp:
            guard let name = value["crv"]?.utf8 else { throw KeyError(.malformed, "there is no crv") }
            let x = try octets(value, "x")
            let curve: EdwardsCurve
            switch String(decoding: name, as: UTF8.self) {
            case "Ed25519": curve = .ed25519
            case "Ed448": curve = .ed448
            case "X25519", "X448": return nil
            default: throw KeyError(.unsupported, "crv is not supported")
            }
            guard x.count == curve.keySize else { throw KeyError(.malformed, "x does not have the width of the curve") }
            var secret: [UInt8]?
            if isPrivate {
                let d = try octets(value, "d")
                guard d.count == curve.keySize else {
                    throw KeyError(.malformed, "the private half does not have the width of the curve")
                }
                secret = d
            }
            return .edwards(KeyComponents.Edwards(curve: curve, point: x, secret: secret))
        }
    }

    private static func string(_ value: JSONValue, _ name: String, _ problem: String) throws(KeyError) -> [UInt8]? {
        guard let member = value[name] else { return nil }
        guard let octets = member.utf8 else { throw KeyError(.malformed, problem) }
        return octets
    }

    private static func octets(_ value: JSONValue, _ name: String) throws(KeyError) -> [UInt8] {
        guard let text = value[name]?.utf8 else { throw KeyError(.malformed, "there is no \(name)") }
        guard let octets = Base64URL.decode(text) else {
            throw KeyError(.malformed, "\(name) is not canonical base64url")
        }
        return octets
    }

    /// Without the leading zeros that RFC 7518 §2 forbids but that some issuers write.
    private static func number(_ value: JSONValue, _ name: String) throws(KeyError) -> [UInt8] {
        Array(try octets(value, name).drop { $0 == 0 })
    }
}
