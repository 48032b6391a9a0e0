import Documents
import Tokens

extension FuzzTarget {
    /// Tokens, header and payload. Three forms of input, so that the fuzzer also gets behind the signature:
    ///
    /// - `{…}`: a payload, which is signed here;
    /// - `{…}` line break, anything: a header text and a payload, which are signed here;
    /// - anything else: a token as a client sends it.
    package static let token = FuzzTarget("token") { input in
        let bench = TokenBench.shared
        guard input.first == UInt8(ascii: "{") else { return bench.judge(input, isForeign: true) }
        guard let token = bench.sign(input) else { return "a payload could not be signed" }
        return bench.judge(token, isForeign: false)
    }
}

/// Keys, rules and a clock for tokens that nobody else can have signed.
private struct TokenBench: Sendable {
    static let shared = TokenBench()

    private let signer: TokenSigner?
    private let keys: KeySet
    private let verifiers: [TokenVerifier]
    private let now = WallTime(seconds: 1_760_000_000)

    private init() {
        let secret = Array("fuzzing only: 0123456789abcdef0123456789abcdef".utf8)
        (signer, keys) = Self.material(secret, Array("hs".utf8))
        var strict = TokenRules(
            algorithms: AlgorithmList(SignatureAlgorithm.allCases) ?? .standard,
            issuers: ["https://issuer.example"], audiences: ["api"])
        strict.requiredClaims = [Array("tenant".utf8)]
        strict.scopes = [Array("read".utf8)]
        strict.maxAge = 300
        strict.tokenTypes = [Array("at+jwt".utf8)]
        var lax = TokenRules(algorithms: strict.algorithms, issuers: nil, audiences: nil)
        lax.requireExpiration = false
        lax.withoutKid = .try
        lax.clockSkew = 60
        verifiers = [TokenVerifier(rules: lax), TokenVerifier(rules: strict)]
    }

    private static func material(_ secret: [UInt8], _ keyID: [UInt8]) -> (TokenSigner?, KeySet) {
        do {
            let own = KeySet(records: [try KeyRecord.secret(secret, algorithm: .hs256, keyID: keyID)])
            let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hmac(.hs256), keyID: keyID)
            return (signer, KeySet(merging: [own, try KeySet(jwks: PublicKeys.jwks)], generation: 1))
        } catch {
            return (nil, .empty)
        }
    }

    /// As ``FuzzTarget/token`` says.
    func sign(_ input: [UInt8]) -> [UInt8]? {
        let parts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        do {
            if parts.count == 2 { return try signer?.sign(header: Array(parts[0]), payload: Array(parts[1])) }
            return try signer?.sign(payload: input)
        } catch {
            return nil
        }
    }

    func judge(_ token: [UInt8], isForeign: Bool) -> String? {
        let context = VerificationContext()
        var laxAccepted = false
        // Some signatures cost a millisecond: what was refused once is judged again only now and then.
        let isThorough = !isForeign || token.reduce(0, &+) & 7 == 0
        for (index, verifier) in verifiers.enumerated() {
            if index == 1, !isThorough, !laxAccepted { break }
            let first = outcome(verifier, token, context)
            if isThorough {
                // With the same context: a remembered header must change nothing.
                let second = outcome(verifier, token, context)
                if first.code != second.code { return "the second verdict is another: \(first.code) \(second.code)" }
            }
            guard let verified = first.token else { continue }
            if let broken = broken(verified, verifier.rules, token) { return broken }
            // Only tokens that stand in the seeds can have a good signature.
            if isForeign, !PublicKeys.tokens.contains(token) { return "a token was accepted that nobody signed" }
            if index == 0 { laxAccepted = true }
            if index == 1, !laxAccepted { return "the stricter rules accept what the others refuse" }
        }
        return nil
    }

    private func outcome(
        _ verifier: TokenVerifier, _ token: [UInt8], _ context: VerificationContext
    ) -> (code: String, token: VerifiedToken?) {
        do throws(TokenError) {
            return ("accepted", try verifier.verify(token, with: keys, at: now, using: context))
        } catch {
            if error.code == .internal { return ("internal \(error.privateDescription)", nil) }
            _ = error.timing?.text
            return (error.code.name + (error.privateDescription.isEmpty ? "" : " "), nil)
        }
    }

    private func broken(_ token: VerifiedToken, _ rules: TokenRules, _ bytes: [UInt8]) -> String? {
        if token.bytes != bytes { return "the verified token is another text" }
        if !(token.validFrom <= now.value && now.value < token.validUntil) { return "accepted outside of its times" }
        if rules.requireExpiration, token.expiration == nil { return "accepted without exp" }
        if let expiration = token.expiration, now.value >= expiration + Double(max(0, rules.clockSkew)) {
            return "accepted after exp"
        }
        if let issuers = rules.issuers, token.claims.issuer.map(issuers.contains) != true { return "accepted issuer" }
        if let audiences = rules.audiences {
            guard let own = token.claims.strings("aud"), own.contains(where: audiences.contains) else {
                return "accepted audience"
            }
        }
        if !rules.scopes.allSatisfy(token.claims.scopes.contains) { return "accepted scopes" }
        for name in rules.requiredClaims where token.claims[name]?.isNull != false { return "accepted without a claim" }
        // What is handed on must be the same JSON again.
        do throws(JSONError) {
            let again = try JSONParser.parse(token.claims.singleLineJSON).root
            if again.count != token.claims.document.root.count { return "the single-line claims are others" }
        } catch {
            return "the single-line claims are no JSON"
        }
        _ = token.claims.subject
        _ = token.claims.tokenID
        return nil
    }
}
