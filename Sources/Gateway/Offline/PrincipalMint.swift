import Documents
package import Routes
package import Tokens

/// Makes tokens for test principals, signed in memory with the authorizer's own secret. Nothing on the way of a request
/// uses it.
package struct PrincipalMint {
    private let document: GatewayDocument
    private let authorizer: AuthorizerDefinition
    private let rules: JWTRules

    /// For an authorizer that verifies tokens itself; nil for one that is a function.
    package init?(_ authorizer: AuthorizerDefinition, in document: GatewayDocument) {
        guard let rules = authorizer.jwt else { return nil }
        self.document = document
        self.authorizer = authorizer
        self.rules = rules
    }

    /// Whether a good token can be made.
    package var canSign: Bool { ConfiguredSigner.secret(of: rules, in: document) != nil }

    /// The token that a principal presents at `now`; nil for one that has none.
    ///
    /// `iss`, `aud`, `iat` and `exp` are filled in where the principal does not say them.
    package func token(
        for principal: PrincipalDefinition, at now: WallTime
    ) throws(ConfiguredSigner.Problem) -> [UInt8]? {
        let claims = claims(of: principal, at: now)
        do {
            switch principal.preset {
            case .missing: return nil
            case .garbage: return Array("not.a.token".utf8)
            case .algNone: return Self.unsigned(claims.payload)
            case .hs256WithPublicKey: return try confused(claims.payload)
            case .wrongKey: return try foreign(claims.payload)
            case .tampered: return Self.spoilt(try ownSigner().sign(payload: claims.payload), claims)
            case nil, .expired, .notYetValid, .wrongIssuer, .wrongAudience, .noExp:
                return try ownSigner().sign(payload: claims.payload)
            }
        } catch let problem as ConfiguredSigner.Problem {
            throw problem
        } catch {
            throw ConfiguredSigner.Problem(sentence: "no token can be signed: \(error)")
        }
    }

    // MARK: Claims

    private func claims(of principal: PrincipalDefinition, at now: WallTime) -> ClaimList {
        var claims = ClaimList()
        if let issuer = rules.issuer.value { claims.set("iss", text: issuer) }
        if let audience = rules.audience.value?.first { claims.set("aud", text: audience) }
        claims.set("iat", number: now.seconds)
        claims.set("exp", number: now.seconds + Int64(principal.lifetimeInSeconds))
        for claim in principal.claims { claims.set(claim.name, claim.json) }
        // Farther than any clock skew forgives.
        let distance = Int64(rules.clockSkewInSeconds.value) + 3600
        switch principal.preset {
        case .expired:
            claims.set("iat", number: now.seconds - distance - 3600)
            claims.set("exp", number: now.seconds - distance)
        case .notYetValid: claims.set("nbf", number: now.seconds + distance)
        case .wrongIssuer: claims.set("iss", text: "https://wrong-issuer.invalid")
        case .wrongAudience: claims.set("aud", text: "wrong-audience")
        case .noExp: claims.remove("exp")
        default: break
        }
        return claims
    }

    // MARK: Signatures

    private func ownSigner() throws(ConfiguredSigner.Problem) -> TokenSigner {
        guard let key = ConfiguredSigner.secret(of: rules, in: document) else {
            let name = authorizer.name
            throw ConfiguredSigner.Problem(
                sentence: "authorizer \"\(name)\" has public keys only, so nobody can sign for it here: sign with the "
                    + "private key (gatehouse token sign --key-file KEY …) and pass the token with --token")
        }
        return try ConfiguredSigner.signer(for: key, allowed: rules.algorithms)
    }

    /// Signed as well as can be, with a secret that nobody knows.
    private func foreign(_ payload: [UInt8]) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let secret = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
        let key = rules.keys.lazy.compactMap { document.key(named: $0.value) }.first
        let keyID = key?.keyId.map { Array($0.value.utf8) }
        let algorithm = rules.algorithms.compactMap { SignatureAlgorithm(name: $0) }.first(where: \.isHMAC)
        return try TokenSigner(key: SigningKey(secret: secret, keyID: keyID), algorithm: algorithm ?? .hmac(.hs256))
            .sign(payload: payload)
    }

    /// RFC 8725 §2.1: HS256 with the text of the public key as its secret.
    private func confused(_ payload: [UInt8]) throws -> [UInt8] {
        for key in rules.keys.lazy.compactMap({ document.key(named: $0.value) }) {
            let text: [UInt8]
            switch key.material {
            case .publicKey(let pem), .certificate(let pem): text = pem
            case .keySet(let json): text = json
            case .secret, .remoteKeySet: continue
            }
            let keyID = key.keyId.map { Array($0.value.utf8) }
            return try TokenSigner(key: SigningKey(secret: text, keyID: keyID), algorithm: .hmac(.hs256))
                .sign(payload: payload)
        }
        throw ConfiguredSigner.Problem(
            sentence: "authorizer \"\(authorizer.name)\" has no public key in the configuration to confuse it with")
    }

    /// `alg: none` (RFC 7515 appendix A.5) and no signature.
    package static func unsigned(_ payload: [UInt8]) -> [UInt8] {
        let header = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
        return header + [UInt8(ascii: ".")] + Base64URL.encode(payload) + [UInt8(ascii: ".")]
    }

    /// The token with one claim added under its old signature.
    private static func spoilt(_ token: [UInt8], _ claims: ClaimList) -> [UInt8] {
        var changed = claims
        changed.set("tampered", Array("true".utf8))
        let dot = UInt8(ascii: ".")
        let parts = token.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return token }
        return Array(parts[0]) + [dot] + Base64URL.encode(changed.payload) + [dot] + parts[2]
    }
}
