import Authorizers
import Documents
import Routes
import Tokens

/// Tries the usual mistakes with keys and says which one explains a bad signature. The token is not accepted by it:
/// nothing but a sentence comes out. Only for the owner's terminal, never on the way of a request.
enum SignatureHint {
    /// For a token that failed at the signature.
    static func find(
        for token: CompactToken, _ authorizer: DeclarativeAuthorizer, _ document: GatewayDocument
    ) -> [Explanation.Note] {
        guard let algorithm = token.header.algorithm else { return [] }
        if let cause = cause(of: token, authorizer, document) { return [cause] }
        let known = token.header.keyID.map { keyID in
            authorizer.ring.slots.contains { $0.holds(keyID: keyID) } ? "known" : "unknown"
        }
        let tried = algorithm.isHMAC ? "base64 and hex forms of the secret, a newline at its end, " : ""
        return [
            note("also checked: \(tried)other algorithms, other keys of this file: none of these"),
            note(
                "kid: \(known ?? "the token names none"); so the token was changed, or signed with a key that is not here"
            ),
        ]
    }

    /// The mistake that explains the signature, if one of the usual ones does.
    static func cause(
        of token: CompactToken, _ authorizer: DeclarativeAuthorizer, _ document: GatewayDocument
    ) -> Explanation.Note? {
        guard let algorithm = token.header.algorithm else { return nil }
        let names = authorizer.rules.keys.map(\.value)
        let own = names.compactMap { document.key(named: $0) }
        // A key that fits as it is explains more than one that fits in another form.
        if let key = own.first(where: { made(token, by: $0, algorithm) }) {
            return note(
                "probable cause: the token was signed with key \(key.name), but its kid names another one", key.span)
        }
        return encoding(token, algorithm, own) ?? family(token, algorithm, authorizer.ring.slots)
            ?? stranger(token, names, authorizer, document)
    }

    /// For a token whose algorithm is not allowed: whether a key of the authorizer made it all the same.
    static func algorithms(
        for token: CompactToken, _ authorizer: DeclarativeAuthorizer, _ document: GatewayDocument
    ) -> [Explanation.Note] {
        guard let algorithm = token.header.algorithm else {
            return [note("the token is not signed at all: anybody can write one")]
        }
        for slot in authorizer.ring.slots {
            for key in slot.keys?.records ?? [] where SignatureProbe.matches(token, key, algorithm) {
                let span = document.key(named: slot.name)?.span
                return [
                    note(
                        "the signature is that of key \(slot.name); only its algorithm \(algorithm.name) is not allowed",
                        span)
                ]
            }
        }
        guard case .hmac(let hmac) = algorithm else { return [] }
        for key in authorizer.rules.keys.compactMap({ document.key(named: $0.value) }) {
            for text in publicTexts(of: key) where SignatureProbe.matches(token, secret: text, hmac) {
                return [
                    note(
                        "key confusion: somebody used the public key \(key.name) as a secret (RFC 8725 §2.1); "
                            + "keep \(algorithm.name) out of \"algorithms\"", key.span)
                ]
            }
        }
        return []
    }

    private static func note(_ text: String, _ span: SourceSpan? = nil) -> Explanation.Note {
        Explanation.Note(text: text, span: span)
    }

    // MARK: The secret in another form

    private static func encoding(
        _ token: CompactToken, _ algorithm: SignatureAlgorithm, _ keys: [KeyDefinition]
    ) -> Explanation.Note? {
        guard case .hmac(let algorithm) = algorithm else { return nil }
        for key in keys {
            guard case .secret(let secret, _) = key.material else { continue }
            for (form, words) in forms(of: secret.bytes) where SignatureProbe.matches(token, secret: form, algorithm) {
                return note("probable cause: the token was signed with key \(key.name) \(words)", key.span)
            }
        }
        return nil
    }

    /// What else people sign with when they mean this secret.
    private static func forms(of secret: [UInt8]) -> [([UInt8], String)] {
        var found: [([UInt8], String)] = []
        func add(_ form: [UInt8]?, _ words: String) {
            if let form, form != secret { found.append((form, words)) }
        }
        let newline = "and a newline at its end: the signer reads a file and does not trim it"
        add(secret + [0x0A], newline)
        add(secret + [0x0D, 0x0A], newline)
        if secret.last == 0x0A || secret.last == 0x0D {
            let end = secret.lastIndex { $0 != 0x0A && $0 != 0x0D } ?? -1
            add(Array(secret[...end]), "without the newline at its end: write the secret without one")
        }
        add(
            SecretEncoding.base64.decode(secret[...]) ?? unpadded(secret),
            "after base64-decoding it: set \"encoding\": \"base64\" on the key")
        add(
            SecretEncoding.base64url.decode(secret[...]),
            "after base64url-decoding it: set \"encoding\": \"base64url\" on the key")
        add(SecretEncoding.hex.decode(secret[...]), "after hex-decoding it: set \"encoding\": \"hex\" on the key")
        let url = Base64URL.encode(secret)
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - url.count % 4) % 4)
        let standard = url.map {
            $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
        }
        let text = "as text, in its base64 form: remove \"encoding\" from the key"
        add(standard + padding, text)
        add(standard, text)
        add(url, "as text, in its base64url form: remove \"encoding\" from the key")
        add(hex(secret, "0123456789abcdef"), "as text, in its hex form: remove \"encoding\" from the key")
        add(hex(secret, "0123456789ABCDEF"), "as text, in its hex form: remove \"encoding\" from the key")
        return found
    }

    /// Standard base 64 whose padding was left out.
    private static func unpadded(_ secret: [UInt8]) -> [UInt8]? {
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - secret.count % 4) % 4)
        return SecretEncoding.base64.decode((secret + padding)[...])
    }

    private static func hex(_ bytes: [UInt8], _ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    // MARK: Another algorithm

    /// The right key, and an algorithm that the header does not name.
    private static func family(
        _ token: CompactToken, _ algorithm: SignatureAlgorithm, _ slots: [KeySlot]
    ) -> Explanation.Note? {
        for slot in slots {
            for key in slot.keys?.records ?? [] {
                for other in SignatureAlgorithm.allCases where other != algorithm {
                    guard SignatureProbe.matches(token, key, other) else { continue }
                    return note(
                        "probable cause: the token was signed with key \(slot.name) by \(other.name), "
                            + "but its header says \(algorithm.name)")
                }
            }
        }
        return nil
    }

    // MARK: Another key

    /// A key that this authorizer does not use: of another authorizer or stage.
    private static func stranger(
        _ token: CompactToken, _ names: [String], _ authorizer: DeclarativeAuthorizer, _ document: GatewayDocument
    ) -> Explanation.Note? {
        for key in document.keys where !names.contains(key.name) && made(token, by: key) {
            let users = document.authorizers.filter { $0.jwt?.keys.contains { $0.value == key.name } == true }
            let names = users.map(\.name).joined(separator: ", ")
            let others = users.isEmpty ? "nobody does: it is old, or of another stage" : "it is of \(names)"
            return note(
                "probable cause: the token was signed with key \(key.name), which \(authorizer.definition.name) "
                    + "does not use; \(others)", key.span)
        }
        return nil
    }

    /// Whether the key made the signature, by one algorithm or by any.
    private static func made(
        _ token: CompactToken, by key: KeyDefinition, _ only: SignatureAlgorithm? = nil
    ) -> Bool {
        let algorithms = only.map { [$0] } ?? SignatureAlgorithm.allCases
        if case .secret(let secret, _) = key.material {
            return algorithms.contains { algorithm in
                guard case .hmac(let hmac) = algorithm else { return false }
                return SignatureProbe.matches(token, secret: secret.bytes, hmac)
            }
        }
        let records: [KeyRecord]
        do throws(KeyError) { records = try KeyMaterial.keySet(of: key).records } catch { return false }
        return records.contains { record in
            algorithms.contains { SignatureProbe.matches(token, record, $0) }
        }
    }

    /// The texts of a public key that an attacker could take for a secret.
    private static func publicTexts(of key: KeyDefinition) -> [[UInt8]] {
        switch key.material {
        case .publicKey(let text), .certificate(let text), .keySet(let text):
            var trimmed = text
            while let last = trimmed.last, last == 0x0A || last == 0x0D { trimmed.removeLast() }
            return [text, trimmed, trimmed + [0x0A]]
        case .secret, .remoteKeySet: return []
        }
    }
}
