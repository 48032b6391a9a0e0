import Documents
import Routes
import Tokens

/// Makes the tokens of principals, good and bad.
final class TokenForge: Sendable {
    let keyring: TestKeyring
    /// What the gate that the tokens are for does not look at.
    let omission: OmittedCheck?
    init(_ keyring: TestKeyring, omitting omission: OmittedCheck? = nil) {
        self.keyring = keyring
        self.omission = omission
    }

    /// The token of a principal for an authorizer; nil when the principal has none. Throws a sentence.
    func token(
        for principal: TestPrincipal, authorizer: String, at clock: WallTime
    ) throws(TestKeyring.Problem) -> [UInt8]? {
        guard let made = try made(for: principal, authorizer: authorizer, at: clock) else { return nil }
        return mended(made, principal, authorizer: authorizer)
    }

    private func made(
        for principal: TestPrincipal, authorizer: String, at clock: WallTime
    ) throws(TestKeyring.Problem) -> [UInt8]? {
        let recipe = principal.token
        if recipe.preset == .missing { return nil }
        if recipe.preset == .garbage { return Array("not-a-token".utf8) }
        if let value = recipe.value { return Array(value.utf8) }
        let name = recipe.authorizer ?? authorizer
        let issuer = principal.claims.first { $0.name == "iss" }?.value.string
        guard let signing = keyring.signing(of: name, issuer: issuer) else {
            // A function gets what there is: with nothing to sign, the principal's name stands for its token.
            if keyring.document.authorizer(named: name)?.functionUri != nil { return Array(principal.name.utf8) }
            throw TestKeyring.Problem(message: "no key of authorizer \"\(name)\" can sign")
        }
        do {
            return try sign(payload(principal, signing, clock), recipe, signing, name)
        } catch {
            // Errors of keys and signatures name neither.
            throw TestKeyring.Problem(message: "\(error)")
        }
    }

    // MARK: Claims

    /// The principal's own claims; `sub`, `iss`, `aud`, `iat` and `exp` are filled in where it says nothing.
    private func payload(_ principal: TestPrincipal, _ signing: TestKeyring.Signing, _ clock: WallTime) -> [UInt8] {
        let rules = signing.rules
        let recipe = principal.token
        let lifetime = Int64(recipe.lifetime)
        var issued = clock.seconds
        var forced: [(String, String?)] = []
        switch recipe.preset {
        // An hour, and not a little more than the clock skew: a skew that grew by mistake must not go unnoticed.
        case .expired:
            issued = clock.seconds - 3600 - lifetime
            // Too old it must not be as well: it is refused for its end alone.
            if let age = rules.maxAgeInSeconds?.value { issued = max(issued, clock.seconds - Int64(age) / 2) }
            forced = [("exp", "\(clock.seconds - 3600)")]
        case .notYetValid:
            forced = [("nbf", "\(clock.seconds + 3600)"), ("exp", "\(clock.seconds + 3600 + lifetime)")]
        case .wrongIssuer: forced = [("iss", "\"https://another-issuer.example\"")]
        case .wrongAudience: forced = [("aud", "\"another-audience\""), ("client_id", nil)]
        case .noExp: forced = [("exp", nil)]
        default: break
        }
        var members: [(name: String, json: [UInt8])] = []
        func isWritten(_ name: String) -> Bool {
            principal.claims.contains { $0.name.utf8.elementsEqual(name.utf8) }
        }
        func fill(_ name: String, _ json: String?) {
            if let json, !isWritten(name) { members.append((name, Array(json.utf8))) }
        }
        fill("iss", rules.issuer.value.map { Self.quoted($0) })
        fill("aud", (rules.audience.value?.first).map { Self.quoted($0) })
        fill("sub", Self.quoted(principal.name))
        for claim in principal.claims where !claim.value.isNull { members.append((claim.name, claim.value.json)) }
        fill("iat", "\(issued)")
        fill("exp", "\(issued + lifetime)")
        for (name, json) in forced {
            members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
            if let json { members.append((name, Array(json.utf8))) }
        }
        var writer = JSONWriter()
        writer.object { writer in
            for member in members {
                writer.key(member.name)
                writer.raw(member.json)
            }
        }
        return writer.bytes
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return writer.text
    }

    // MARK: Signatures

    private func sign(
        _ payload: [UInt8], _ recipe: TokenRecipe, _ signing: TestKeyring.Signing, _ name: String
    ) throws -> [UInt8] {
        // A token of one of the accepted types, so that it is refused for the reason that is tested.
        let type = recipe.type ?? signing.rules.tokenTypes.first?.value ?? "JWT"
        switch recipe.preset {
        case .wrongKey: return try stranger(signing, name).sign(payload: payload, type: type)
        case .algNone:
            var header = JSONWriter()
            header.object { header in
                header.member("alg", "none")
                header.member("typ", type)
                if let keyID = signing.signer.keyID {
                    header.key("kid")
                    header.string(keyID)
                }
            }
            return Base64URL.encode(header.bytes) + [0x2E] + Base64URL.encode(payload) + [0x2E]
        case .hs256WithPublicKey:
            let key = try SigningKey(secret: signing.publicKey, keyID: signing.signer.keyID)
            return try TokenSigner(key: key, algorithm: .hmac(.hs256)).sign(payload: payload, type: type)
        case .tampered:
            let token = try signing.signer.sign(payload: payload, type: type)
            return Self.tampered(token, payload)
        default: return try signing.signer.sign(payload: payload, type: type)
        }
    }

    /// The token with a claim more than was signed.
    private static func tampered(_ token: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let parts = token.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3, payload.last == UInt8(ascii: "}") else { return token }
        let separator = payload.count > 2 ? "," : ""
        let changed = payload.dropLast() + Array("\(separator)\"tampered\":true}".utf8)
        return Array(parts[0]) + [0x2E] + Base64URL.encode(Array(changed)) + [0x2E] + parts[2]
    }

    /// A key of the same kind and name that the gate has never seen.
    private func stranger(_ signing: TestKeyring.Signing, _ name: String) throws -> TokenSigner {
        let place = "\(name)\u{0}\(signing.rules.issuer.value ?? "")"
        if let known = keyring.strangers.signer(place) { return known }
        let algorithm = signing.signer.algorithm
        let key = try TestKeyring.generate(algorithm, signing.signer.keyID)
        // A secret may have no name, and then its stranger has none either, so that the signature is what fails.
        let material =
            algorithm.isHMAC
            ? try SigningKey(secret: key.privateJWK, keyID: signing.signer.keyID)
            : try SigningKey(jwk: key.privateJWK)
        let signer = try TokenSigner(key: material, algorithm: algorithm)
        keyring.strangers.keep(signer, place)
        return signer
    }
}
