/// A check of tokens that a gate leaves out.
///
/// The verifier has no switch for such a thing, and gets none for the sake of tests. A gate that does not look at a
/// signature decides a token as a right one decides the same token well signed; so the tokens are mended instead, and only
/// in the respect that would not be looked at. What else is wrong with them stays.
package struct OmittedCheck: Sendable, Hashable {
    package enum Check: Sendable, Hashable {
        /// Any signature by an allowed algorithm will do.
        case signature
        /// The token chooses: `none`, or HMAC with the public key as its secret.
        case algorithm
        /// `exp` may be past.
        case expiration
        /// `nbf` may be to come.
        case notBefore
        /// `iss` may name anybody.
        case issuer
        /// `aud` of this issuer's tokens may name anybody.
        case audience(issuer: String)
    }

    /// Name of the authorizer.
    package var authorizer: String
    package var check: Check
}
