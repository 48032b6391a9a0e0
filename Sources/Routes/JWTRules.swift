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
    /// JWT authorizers of REST APIs: the accepted issuers, each with keys and audiences of its own. ``issuer`` and
    /// ``audience`` are then those of the first, and ``keys`` those of all. Empty on all other authorizers.
    package var issuers: [JWTIssuerDefinition] = []
}

/// One entry of `jwtConfiguration.issuers`.
package struct JWTIssuerDefinition: Sendable {
    package var span: SourceSpan
    package var issuer: Located<String>
    /// One of these must be among the token's.
    package var audiences: Located<[String]>
    /// Names of entries of ``GatewayDocument/keys``; at least one.
    package var keys: [Located<String>]
    package var additionalClaims: [AdditionalClaimDefinition]
}

/// One entry of an issuer's `additionalClaims`: a claim that must be one string.
package struct AdditionalClaimDefinition: Sendable, Hashable {
    package var name: String
    package var isRequired: Bool
    /// Nil: any string.
    package var expectedValue: String?
}
