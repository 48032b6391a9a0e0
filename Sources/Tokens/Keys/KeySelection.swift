/// Chooses the key for a token: by the octets of `kid`, the kind of key, its algorithm and its purpose, in this order.
enum KeySelection {
    /// The key that `kid` names.
    ///
    /// - Throws: `key_not_found`, `key_alg_mismatch`, `key_use_mismatch`, `key_ambiguous` or `weak_key`.
    static func select(
        _ keyID: [UInt8], _ algorithm: SignatureAlgorithm, from keys: KeySet, by rules: TokenRules
    ) throws(TokenError) -> KeyRecord {
        let record = try named(keyID, algorithm, keys)
        try demandTrust(in: record, algorithm, rules)
        return record
    }

    /// The keys for a token without `kid`: one, or up to ``TokenRules/maximumCandidates`` where the rules say so.
    ///
    /// - Throws: `key_not_found`, `key_use_mismatch`, `key_ambiguous` or `weak_key`.
    static func select(
        _ algorithm: SignatureAlgorithm, from keys: KeySet, by rules: TokenRules
    ) throws(TokenError) -> [KeyRecord] {
        let records = try unnamed(algorithm, keys, rules)
        for record in records { try demandTrust(in: record, algorithm, rules) }
        return records
    }

    private static func demandTrust(
        in record: KeyRecord, _ algorithm: SignatureAlgorithm, _ rules: TokenRules
    ) throws(TokenError) {
        // One document with both kinds, and a route that accepts both: refuse to guess what the secret is for.
        if record.isAmongPublicKeys, rules.algorithms.isMixed {
            throw TokenError(
                .keyAmbiguous, .note("a secret stands beside public keys, and the route accepts both kinds"))
        }
        if record.isWeak(for: algorithm) {
            throw TokenError(.weakKey, .note(record.weakness?.problem ?? "the secret is shorter than the hash"))
        }
    }

    private static func named(
        _ keyID: [UInt8], _ algorithm: SignatureAlgorithm, _ keys: KeySet
    ) throws(TokenError) -> KeyRecord {
        var code = TokenError.Code.keyNotFound
        var found: KeyRecord?
        for record in keys.records where record.keyID == keyID {
            if !record.algorithms.contains(algorithm) {
                if code == .keyNotFound { code = .keyAlgMismatch }
            } else if !record.isForVerification {
                code = .keyUseMismatch
            } else if found != nil || record.isAmbiguous {
                throw TokenError(.keyAmbiguous, .key(keyID))
            } else {
                found = record
            }
        }
        guard let found else { throw TokenError(code, .key(keyID)) }
        return found
    }

    private static func unnamed(
        _ algorithm: SignatureAlgorithm, _ keys: KeySet, _ rules: TokenRules
    ) throws(TokenError) -> [KeyRecord] {
        let compatible = keys.records.filter { $0.algorithms.contains(algorithm) }
        if compatible.isEmpty { throw TokenError(.keyNotFound, .key(nil)) }
        let usable = compatible.filter(\.isForVerification)
        if usable.isEmpty { throw TokenError(.keyUseMismatch, .key(nil)) }
        // Weak keys are no alternative to a sound one; alone they explain the refusal.
        let sound = usable.filter { !$0.isWeak(for: algorithm) }
        let fitting = sound.isEmpty ? usable : sound
        let limit = rules.withoutKid == .try ? TokenRules.maximumCandidates : 1
        if fitting.count > limit {
            throw TokenError(.keyAmbiguous, .note("\(fitting.count) keys fit, and the token names none"))
        }
        return fitting
    }
}
