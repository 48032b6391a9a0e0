import Documents
package import Tokens

/// One issuer whose tokens an authorizer accepts: its rules and its own keys.
///
/// A class, so that asking each issuer copies one reference and not all of its rules.
package final class TokenIssuer: Sendable {
    package let verifier: TokenVerifier
    package let ring: KeyRing

    package init(verifier: TokenVerifier, ring: KeyRing) {
        self.verifier = verifier
        self.ring = ring
    }
}

extension DeclarativeAuthorizer {
    /// Verifies a token by the rules and keys of whichever issuer it is from.
    ///
    /// What a token says of its issuer is believed only after its signature, so each issuer's keys are tried. A key id
    /// that only one of them has costs one signature. Throws what the issuer said that the token got furthest with.
    package func verify(
        _ token: ArraySlice<UInt8>, at now: WallTime, using context: VerificationContext
    ) throws(TokenError) -> VerifiedToken {
        var furthest: TokenError?
        for issuer in issuers {
            do throws(TokenError) {
                guard let keys = issuer.ring.keys(at: issuer.ring.generation) else {
                    throw TokenError(.keysUnavailable)
                }
                return try issuer.verifier.verify(token, with: keys, at: now, using: context)
            } catch {
                guard let progress = error.code.progress else { throw error }
                if furthest?.code.progress.map({ $0 < progress }) ?? true { furthest = error }
            }
        }
        throw furthest ?? TokenError(.keysUnavailable)
    }

    /// What the issuers say of a recorded token, in the manner of ``verify(_:at:using:)``; `judge` gets each one's verifier
    /// and its keys, nil where they come over the network.
    func check(
        recorded judge: (TokenVerifier, KeySet?) throws(TokenError) -> Void
    ) throws(TokenError) {
        var furthest: TokenError?
        for issuer in issuers {
            do throws(TokenError) {
                let ring = issuer.ring
                return try judge(issuer.verifier, ring.isRemote ? nil : ring.keys(at: ring.generation))
            } catch {
                guard let progress = error.code.progress else { throw error }
                if furthest?.code.progress.map({ $0 < progress }) ?? true { furthest = error }
            }
        }
        throw furthest ?? TokenError(.keysUnavailable)
    }

    /// The slots of the issuer that a token was verified by.
    package func slots(of token: VerifiedToken) -> [KeySlot] {
        let name = token.claims["iss"]?.utf8
        let issuer = issuers.first { issuer in
            guard let name, let accepted = issuer.verifier.rules.issuers else { return false }
            return accepted.contains(name)
        }
        return issuer?.ring.slots ?? ring.slots
    }
}

extension TokenError.Code {
    /// How far a token came with one issuer; nil for what is the same with every issuer.
    fileprivate var progress: Int? {
        switch self {
        case .keyNotFound, .keyAmbiguous: 1
        case .keysUnavailable: 2
        case .keyAlgMismatch, .keyUseMismatch, .weakKey: 3
        case .badSignature: 4
        // The signature is right, and the token is from another of the issuers that share the key.
        case .issMismatch: 5
        case .malformedPayload, .duplicateMember, .malformedClaim, .claimMissing, .claimMismatch, .expired,
            .notYetValid,
            .issuedInFuture, .tokenTooOld, .audMismatch, .insufficientScope:
            6
        default: nil
        }
    }
}
