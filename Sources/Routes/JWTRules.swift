package import Documents

/// The `jwt` object of an authorizer: which tokens are accepted.
package struct JWTRules: Sendable {
    /// What to do with a token that names no key.
    package enum WithoutKeyId: String, Sendable, Hashable, CaseIterable {
        /// Only when exactly one key could be meant.
        case single
        /// Every key that suits the algorithm.
        case `try`
    }

    package var span: SourceSpan
    /// Names of entries of ``GatewayDocument/keys``; at least one.
    package var keys: [Located<String>]
    /// The allowed algorithms: as listed, else those of the keys, else RS256 PS256 ES256 EdDSA.
    package var algorithms: [String]
    /// Place of `algorithms`, or of the whole object when it is not written.
    package var algorithmsSpan: SourceSpan
    /// Nil says that the claim is not checked.
    package var issuer: Located<String?>
    /// One of these; nil says that the claim is not checked.
    package var audience: Located<[String]?>
    package var requiredClaims: [Located<String>]
    package var requireExpiration: Located<Bool>
    package var maxAgeInSeconds: Located<Int>?
    package var clockSkewInSeconds: Located<Int>
    package var maxTokenBytes: Int
    /// Accepted `typ` values; empty means any.
    package var tokenTypes: [Located<String>]
    /// One of these must be among the token's scopes; empty means none is asked for.
    package var scopes: [Located<String>]
    package var withoutKeyId: WithoutKeyId
}
