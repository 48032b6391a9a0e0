internal import Documents

/// What there is to say of one key in a document: kind, strength, names and flaws; never its secret numbers.
package struct KeyReport: Sendable {
    /// Position in the document, from 0.
    package var position: Int
    package var keyID: [UInt8]?
    /// `RSA 2048`, `EC P-256`, `OKP Ed25519`, `oct 256`: the kind with its size in bits or its curve.
    package var kind: String
    /// The key's own `alg`, or those that it could be used with.
    package var algorithms: [SignatureAlgorithm]
    package var hasOwnAlgorithm: Bool
    /// RFC 7638, SHA-256; nil for a secret and for a key that cannot be read.
    package var thumbprint: [UInt8]?
    /// The document holds the private half, or the key is a shared secret.
    package var isPrivate: Bool
    /// Why the key is not used, or should not be.
    package var warnings: [String]
}

extension KeyReport {
    /// Every key of a JWK Set, a JWK or a PEM text, in the document's order.
    ///
    /// - Throws: when the text is none of these.
    package static func read(_ text: [UInt8]) throws(KeyError) -> [KeyReport] {
        if text.firstRange(of: Array("-----BEGIN".utf8)) != nil { return [try readPEM(text)] }
        let values = try KeyDocument.values(text)
        var reports: [KeyReport] = []
        for (position, value) in values.enumerated() { reports.append(report(value, position, among: values)) }
        return reports
    }

    private static func readPEM(_ text: [UInt8]) throws(KeyError) -> KeyReport {
        let (components, isPrivate) = try KeyDocument.pem(text)
        var report = KeyReport(components, at: 0, keyID: nil, isPrivate: isPrivate)
        report.algorithms = components.algorithms
        report.warnings.append("a PEM text has no kid: say \"kid\" where tokens name one")
        return report
    }

    private init(_ components: KeyComponents, at position: Int, keyID: [UInt8]?, isPrivate: Bool) {
        self.position = position
        self.keyID = keyID
        kind = components.kindText
        algorithms = components.algorithms
        hasOwnAlgorithm = false
        // The hash of a secret helps to guess it (RFC 7638 §7).
        if case .secret = components { thumbprint = nil } else { thumbprint = JWKGenerator.thumbprint(components) }
        self.isPrivate = isPrivate
        warnings = []
        if case .secret(let octets) = components {
            if octets.count < 32 { warnings.append("weak: the secret is shorter than 32 octets") }
        } else {
            do { _ = try components.verificationKey() } catch {
                warnings.append((error.reason == .weak ? "weak: " : "unusable: ") + error.problem)
            }
        }
    }

    private static func report(_ value: JSONValue, _ position: Int, among all: [JSONValue]) -> KeyReport {
        let keyID = value["kid"]?.utf8
        let isPrivate = value["d"] != nil || value["k"] != nil
        var made = KeyReport(
            position: position, keyID: keyID, kind: value["kty"]?.string ?? "?", algorithms: [],
            hasOwnAlgorithm: false, thumbprint: nil, isPrivate: isPrivate, warnings: [])
        do throws(KeyError) {
            let reader = try JWKReader(value, isPrivate: false)
            if let components = reader.components {
                made = KeyReport(components, at: position, keyID: reader.keyID, isPrivate: isPrivate)
                made.algorithms = reader.algorithms.algorithms
            } else {
                made.warnings.append("unusable: tokens are not signed with this curve")
            }
            made.hasOwnAlgorithm = reader.algorithmName != nil
            if reader.algorithmName != nil, made.algorithms.isEmpty {
                made.warnings.append("unusable: its alg is not one that this key could be used with")
            }
            if reader.algorithmName == nil { made.warnings.append("no alg: any algorithm of its kind counts") }
            if !reader.isForVerification { made.warnings.append("not for signatures (use or key_ops)") }
        } catch {
            made.warnings.append("unusable: \(error.problem)")
        }
        if keyID == nil {
            made.warnings.append("no kid: tokens cannot name it")
        } else if all.count(where: { $0["kid"]?.utf8 == keyID }) > 1 {
            made.warnings.append("another key has the same kid: tokens that name it are refused")
        }
        if value["d"] != nil { made.warnings.append("private: publish only what `jwks public` prints") }
        let hasOthers = all.contains { $0["kty"]?.equals("oct") == false }
        if value["kty"]?.equals("oct") == true, hasOthers {
            made.warnings.append("a secret beside public keys: whoever fetches the set has the secret")
        }
        return made
    }
}

/// The texts in which keys come.
enum KeyDocument {
    /// The keys of a JWK Set, or a single JWK.
    static func values(_ json: [UInt8]) throws(KeyError) -> [JSONValue] {
        let root: JSONValue
        do { root = try JSONParser.parse(json).root } catch {
            throw KeyError(.malformed, "the text is neither PEM nor JSON: \(error.message)")
        }
        if let keys = root["keys"] {
            guard keys.kind == .array else { throw KeyError(.malformed, "keys is not an array") }
            return Array(keys.elements)
        }
        guard root["kty"] != nil else { throw KeyError(.malformed, "the text is neither a key set nor a key") }
        return [root]
    }

    static func pem(_ text: [UInt8]) throws(KeyError) -> (components: KeyComponents, isPrivate: Bool) {
        do throws(KeyError) {
            return (try PEMReader.publicKey(text), false)
        } catch {
            guard error.reason == .wrongKind else { throw error }
            return (try PEMReader.privateKey(text), true)
        }
    }
}

extension KeyComponents {
    /// `RSA 2048`, `EC P-256`, `OKP Ed25519`, `oct 256`
    fileprivate var kindText: String {
        switch self {
        case .rsa(let key): "RSA \(KeyStrength.bitCount(key.modulus))"
        case .ec(let key): "EC \(key.curve.name)"
        case .edwards(let key): "OKP \(key.curve.name)"
        case .secret(let octets): "oct \(octets.count * 8)"
        }
    }
}

/// Public halves for those who verify.
package enum PublicKeySet {
    /// A JWK Set with the public half of every key in the text; shared secrets, which have none, are left out and
    /// counted.
    ///
    /// - Parameter keyID: for a PEM text, which has none; nil: the thumbprint of the key (RFC 7638).
    package static func text(
        of text: [UInt8], keyID: [UInt8]? = nil
    ) throws(KeyError) -> (set: [UInt8], keys: Int, secrets: Int) {
        var keys: [[UInt8]] = []
        var secrets = 0
        if text.firstRange(of: Array("-----BEGIN".utf8)) != nil {
            let components = try KeyDocument.pem(text).components
            keys.append(
                JWKGenerator.publicText(components, algorithm: nil, keyID ?? JWKGenerator.thumbprint(components)))
        } else {
            for (position, value) in try KeyDocument.values(text).enumerated() {
                let reader = try JWKReader(value, isPrivate: false)
                guard let components = reader.components else {
                    throw KeyError(
                        .unsupported, "tokens are not signed with this key", keyID: reader.keyID, position: position)
                }
                if case .secret = components {
                    secrets += 1
                    continue
                }
                let own = reader.algorithmName.flatMap { SignatureAlgorithm(octets: $0) }
                keys.append(
                    JWKGenerator.publicText(
                        components, algorithm: own, reader.keyID ?? JWKGenerator.thumbprint(components)))
            }
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("keys", array: { writer in for key in keys { writer.raw(key) } })
        }
        return (writer.bytes, keys.count, secrets)
    }
}
