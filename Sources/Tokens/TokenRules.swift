/// What a route demands of a token; built once when the configuration is loaded.
package struct TokenRules: Sendable, Hashable {
    /// What to do with a token that names no key.
    package enum WithoutKid: String, Sendable, Hashable {
        /// Exactly one key of the set must fit.
        case single
        /// Up to four fitting keys are tried in turn.
        case `try`
    }

    package var algorithms: AlgorithmList
    /// Accepted values of `iss`; nil: the claim is not checked.
    package var issuers: [[UInt8]]?
    /// Accepted values of `aud`, one of which must be there; nil: the claim is not checked.
    package var audiences: [[UInt8]]?
    /// Claims that must be present and not null. The demand for `exp` is another matter: ``requireExpiration``.
    package var requiredClaims: [[UInt8]] = []
    package var requireExpiration = true
    /// Seconds since `iat`; setting it makes `iat` a required claim. Negative counts as 0.
    package var maxAge: Int?
    /// Seconds by which clocks may differ, in favour of the token. Negative counts as 0.
    package var clockSkew = 0
    /// Size of the compact form, inclusive.
    package var maxTokenBytes = 16_384
    /// Accepted values of the header's `typ`; empty: not checked.
    package var tokenTypes: [[UInt8]] = []
    /// Scopes that must all be granted by `scope` or `scp`.
    package var scopes: [[UInt8]] = []
    package var withoutKid = WithoutKid.single
    /// Claims that must be one string each, as JWT authorizers of REST APIs demand.
    package var additionalClaims: [AdditionalClaim] = []
    /// A token without `aud` may name one of the audiences as `client_id` instead, as JWT authorizers of HTTP APIs allow.
    package var clientIDStandsForAudience = false
    /// A token whose `iat` lies in the future is refused even where no maximum age is set.
    package var refusesFutureIssue = false

    /// A claim that is one string where it is present.
    package struct AdditionalClaim: Sendable, Hashable {
        package var name: [UInt8]
        package var isRequired: Bool
        /// Compared octet by octet; nil: any string.
        package var value: [UInt8]?

        package init(name: String, isRequired: Bool, value: String?) {
            self.name = Array(name.utf8)
            self.isRequired = isRequired
            self.value = value.map { Array($0.utf8) }
        }
    }

    /// `issuers` and `audiences` are to be given, even where nil says that the claim is not checked.
    package init(algorithms: AlgorithmList, issuers: [String]?, audiences: [String]?) {
        self.algorithms = algorithms
        self.issuers = issuers?.map { Array($0.utf8) }
        self.audiences = audiences?.map { Array($0.utf8) }
    }

    /// Largest number of keys that are tried for a token without `kid`.
    static let maximumCandidates = 4

    var skew: Double { Double(max(0, clockSkew)) }
    var maximumAge: Double? { maxAge.map { Double(max(0, $0)) } }
}
