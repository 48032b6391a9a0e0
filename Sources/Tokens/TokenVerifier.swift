internal import Documents

/// Judges tokens by one route's rules: a pure function of token, keys, rules and time.
///
/// The order of the checks is fixed, and the first that fails gives the code: size, segments, base64url, header,
/// algorithm, extensions, type, key, signature, payload, types of the claims, time, issuer, audience, required claims,
/// scopes. Nothing of the payload is looked at before the signature is known to be right.
package struct TokenVerifier: Sendable {
    package let rules: TokenRules

    package init(rules: TokenRules) {
        self.rules = rules
    }

    /// Parses and judges a token.
    package func verify(
        _ bytes: [UInt8], with keys: KeySet, at now: WallTime, using context: VerificationContext
    ) throws(TokenError) -> VerifiedToken {
        try verify(
            CompactToken(parsing: bytes, limit: rules.maxTokenBytes, headers: context.headers), with: keys, at: now,
            using: context)
    }

    /// Parses and judges a token that stands in a larger buffer.
    package func verify(
        _ bytes: ArraySlice<UInt8>, with keys: KeySet, at now: WallTime, using context: VerificationContext
    ) throws(TokenError) -> VerifiedToken {
        guard bytes.count <= rules.maxTokenBytes else {
            throw TokenError(.tokenTooLarge, .size(found: bytes.count, limit: rules.maxTokenBytes))
        }
        return try verify(Array(bytes), with: keys, at: now, using: context)
    }

    /// Whether the token is well-formed and says that it is signed by an accepted algorithm whose check takes long
    /// (``SignatureAlgorithm/isSlow``). Nothing else about it is judged.
    package func isSlow(_ bytes: ArraySlice<UInt8>, using context: VerificationContext) -> Bool {
        guard rules.algorithms.algorithms.contains(where: \.isSlow), bytes.count <= rules.maxTokenBytes else {
            return false
        }
        do throws(TokenError) {
            let token = try CompactToken(parsing: Array(bytes), limit: rules.maxTokenBytes, headers: context.headers)
            return try acceptableAlgorithm(of: token.header).isSlow
        } catch {
            return false
        }
    }

    /// Judges a token.
    ///
    /// - Parameter context: the calling worker's own.
    package func verify(
        _ token: CompactToken, with keys: KeySet, at now: WallTime, using context: VerificationContext
    ) throws(TokenError) -> VerifiedToken {
        // A token that was parsed under another limit is measured again.
        guard token.bytes.count <= rules.maxTokenBytes else {
            throw TokenError(.tokenTooLarge, .size(found: token.bytes.count, limit: rules.maxTokenBytes))
        }
        let key = try authenticate(token, with: keys, using: context)
        let claims = try ClaimReader(payload: token.payload)
        try claims.check(by: rules, at: now.value)
        return VerifiedToken(token, claims, key: key, generation: keys.generation, rules: rules)
    }

    /// Everything up to the signature; returns the key that made it.
    func authenticate(
        _ token: CompactToken, with keys: KeySet, using context: VerificationContext
    ) throws(TokenError) -> KeyRecord {
        let header = token.header
        let algorithm = try acceptableAlgorithm(of: header)
        if let keyID = header.keyID {
            let key = try KeySelection.select(keyID, algorithm, from: keys, by: rules)
            if try Self.isSigned(token, algorithm, by: key, using: context) { return key }
        } else {
            for key in try KeySelection.select(algorithm, from: keys, by: rules) {
                if try Self.isSigned(token, algorithm, by: key, using: context) { return key }
            }
        }
        throw TokenError(.badSignature, .key(header.keyID))
    }

    /// What the header alone is judged by: algorithm, extensions, type.
    func acceptableAlgorithm(of header: TokenHeader) throws(TokenError) -> SignatureAlgorithm {
        guard let algorithm = header.algorithm, rules.algorithms.contains(algorithm) else {
            throw TokenError(
                .algNotAllowed,
                .mismatch(
                    found: [header.algorithmName], accepted: rules.algorithms.algorithms.map { Array($0.name.utf8) }))
        }
        switch header.extensions {
        case .none: break
        case .malformed: throw TokenError(.malformedHeader, .note("crit is malformed"))
        case .demanded: throw TokenError(.critUnsupported)
        }
        if !rules.tokenTypes.isEmpty, !header.isType(in: rules.tokenTypes) {
            throw TokenError(
                .typMismatch, .mismatch(found: header.type.map { [$0] } ?? [], accepted: rules.tokenTypes))
        }
        return algorithm
    }

    /// The one place where algorithms meet keys: each family accepts only its own kind of key.
    private static func isSigned(
        _ token: CompactToken, _ algorithm: SignatureAlgorithm, by key: KeyRecord, using context: VerificationContext
    ) throws(TokenError) -> Bool {
        switch (algorithm, key.material) {
        case (.hmac(let algorithm), .secret(let secret)):
            return secret.isValid(token.signature, for: token.bytes, token.signingInput, algorithm)
        case (.publicKey(let algorithm), .publicKey(let key)):
            do {
                return try context.isValid(token.signature, for: token.bytes, token.signingInput, by: key, algorithm)
            } catch {
                throw TokenError(.internal, .note(error.description))
            }
        default:
            return false
        }
    }
}

/// A token whose signature and claims have been found good. Only ``TokenVerifier`` can make one.
package struct VerifiedToken: Sendable, CustomStringConvertible, CustomReflectable {
    package let header: TokenHeader
    package let claims: ClaimSet
    /// `kid` of the key that verified it, which the token itself need not name.
    package let keyID: [UInt8]?
    /// ``KeySet/generation`` of the keys in force at the verification.
    package let keyGeneration: UInt64
    /// `exp`, `nbf` and `iat` as written.
    package let expiration: Double?
    package let notBefore: Double?
    package let issuedAt: Double?
    /// The time claims hold while `validFrom <= now < validUntil`; skew and maximum age are counted in. Infinite where
    /// nothing sets a limit.
    package let validFrom: Double
    package let validUntil: Double
    /// The token exactly as received: a credential, never to be printed or logged.
    package let bytes: [UInt8]

    fileprivate init(
        _ token: CompactToken, _ claims: ClaimReader, key: KeyRecord, generation: UInt64, rules: TokenRules
    ) {
        header = token.header
        self.claims = ClaimSet(document: claims.document)
        keyID = key.keyID
        keyGeneration = generation
        expiration = claims.expiration
        notBefore = claims.notBefore
        issuedAt = claims.issuedAt
        bytes = token.bytes
        var from = claims.notBefore.map { $0 - rules.skew } ?? -Double.infinity
        var until = claims.expiration.map { $0 + rules.skew } ?? Double.infinity
        if let age = rules.maximumAge, let issuedAt = claims.issuedAt {
            from = max(from, issuedAt - rules.skew)
            until = min(until, issuedAt + age + rules.skew)
        }
        validFrom = from
        validUntil = until
    }

    package var description: String { "VerifiedToken(\(bytes.count) bytes)" }

    /// Keeps `dump` and test failures from showing the token.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
