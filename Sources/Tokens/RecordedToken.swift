internal import Documents

/// What a recording holds of a token: header and claims, without a signature that could be checked.
///
/// A type of its own, so that "was verified when it was recorded" can never be taken for "is verified": nothing makes a
/// ``VerifiedToken`` of it.
package struct RecordedToken: Sendable {
    package let header: TokenHeader
    /// Bytes of the token as it came.
    package let size: Int
    private let reader: ClaimReader

    /// - Parameters:
    ///   - header: JSON text of the header.
    ///   - claims: JSON text of the claims, personal ones as pseudonyms.
    /// - Throws: what a verifier would say of such a header or payload.
    package init(header: [UInt8], claims: [UInt8], size: Int) throws(TokenError) {
        self.header = try TokenHeader(parsing: header)
        self.size = size
        reader = try ClaimReader(payload: claims)
    }

    package var claims: ClaimSet { ClaimSet(document: reader.document) }
    package var issuedAt: Double? { reader.issuedAt }

    fileprivate func check(by rules: TokenRules, at now: Double) throws(TokenError) {
        try reader.check(by: rules, at: now)
    }
}

extension TokenVerifier {
    /// Every check but that of the signature, in the order of a verification. Without `keys` it is not
    /// asked whether there is one for the token.
    package func check(_ token: RecordedToken, with keys: KeySet?, at now: WallTime) throws(TokenError) {
        try checkHeader(of: token, with: keys)
        try token.check(by: rules, at: now.value)
    }

    /// Size, algorithm, type and key.
    package func checkHeader(of token: RecordedToken, with keys: KeySet?) throws(TokenError) {
        guard token.size <= rules.maxTokenBytes else {
            throw TokenError(.tokenTooLarge, .size(found: token.size, limit: rules.maxTokenBytes))
        }
        let algorithm = try acceptableAlgorithm(of: token.header)
        guard let keys else { return }
        if let keyID = token.header.keyID {
            _ = try KeySelection.select(keyID, algorithm, from: keys, by: rules)
        } else {
            _ = try KeySelection.select(algorithm, from: keys, by: rules)
        }
    }
}
