import Authorizers
import Documents
import HTTP
import Routes
import Tokens

extension ExplanationBuilder {
    // MARK: Good tokens

    mutating func explainIdentity(_ findings: [DeclarativeAuthorizer.IdentityFinding]) {
        let text = findings.map { finding in
            guard case .one(let value) = finding.value else { return Self.name(finding.source.value) }
            let scheme = value.count > 7 && value.starts(with: "Bearer ".utf8) ? ", \"Bearer …\"" : ""
            return "\(Self.name(finding.source.value))\(scheme), \(value.count) bytes"
        }
        add(.identity, .satisfied, text.joined(separator: "; "), findings.first?.source.span)
    }

    mutating func explainToken(_ header: TokenHeader) {
        var text = "JWT \(Self.text(header.algorithmName))"
        if let keyID = header.keyID { text += " kid=\(Self.text(keyID))" }
        if let type = header.type { text += " typ=\(Self.text(type))" }
        add(.token, .satisfied, text)
    }

    /// - Parameter keyID: of the key that verified the token.
    mutating func explainKey(_ keyID: [UInt8]?, _ slots: [KeySlot]) {
        let source = slots.first { $0.holds(keyID: keyID) }
        let span = source.flatMap { document.key(named: $0.name)?.span }
        add(.signature, .satisfied, source.map { "key \($0.name)" } ?? "verified", span)
    }

    mutating func explainClaims(_ token: VerifiedToken, _ rules: JWTRules) {
        let now = exchange.receivedAt.value
        var parts: [String] = []
        if let expiration = token.expiration {
            let left = expiration - now
            // Within the clock skew a token lives a little longer than it says.
            let distance = left > 0 ? "in \(TimeText.span(left))" : "\(TimeText.span(-left)) ago, within the clock skew"
            parts.append("exp \(ExplanationTime.moment(expiration)) (\(distance))")
        } else {
            parts.append("exp absent (not asked for)")
        }
        if let notBefore = token.notBefore { parts.append("nbf \(ExplanationTime.moment(notBefore))") }
        if token.issuedAt != nil { parts.append("iat") }
        if rules.issuer.value != nil { parts.append("iss") }
        if rules.audience.value != nil { parts.append("aud") }
        parts += rules.requiredClaims.map(\.value).filter { !["exp", "iat", "iss", "aud"].contains($0) }
        if !rules.scopes.isEmpty { parts.append("scopes") }
        add(.claims, .satisfied, parts.joined(separator: "  "), rules.span)
    }

    // MARK: Refused tokens

    /// Adds every step up to the one that failed.
    mutating func explainRefusal(
        _ error: TokenError, _ authorizer: DeclarativeAuthorizer, _ findings: [DeclarativeAuthorizer.IdentityFinding]
    ) {
        remedy = remedy(for: error, authorizer, findings)
        guard let bytes = DeclarativeAuthorizer.token(in: findings) else {
            return add(.identity, .failed, identityProblem(findings), findings.first?.source.span)
        }
        explainIdentity(findings)
        let token: CompactToken
        do {
            token = try CompactToken(parsing: bytes, limit: authorizer.tokenRules.maxTokenBytes)
        } catch {
            return add(.token, .failed, Self.sentence(error), authorizer.rules.span)
        }
        let rules = authorizer.rules
        switch error.code {
        case .algNotAllowed:
            let notes = SignatureHint.algorithms(for: token, authorizer, document)
            return add(.token, .failed, Self.sentence(error), rules.algorithmsSpan, notes: notes)
        case .typMismatch:
            return add(.token, .failed, Self.sentence(error), rules.tokenTypes.first?.span ?? rules.span)
        case .critUnsupported, .malformedHeader: return add(.token, .failed, Self.sentence(error), rules.span)
        default: explainToken(token.header)
        }
        if explainSignature(error, token, authorizer) { return }
        var text = Self.sentence(error)
        if let timing = error.timing {
            text = "\(timing.name) \(ExplanationTime.moment(timing.claim)) is \(Self.distance(timing))"
            let allowance = timing.allowance > 0 ? ", allowance \(TimeText.span(timing.allowance))" : ""
            text += " (clock \(ExplanationTime.moment(timing.now))\(allowance))"
        } else if error.code == .claimMissing, error.claimName == nil {
            text = "claim_missing: the claim that principalId names is missing or empty"
        }
        add(.claims, .failed, text, span(of: error, authorizer))
    }

    /// True when the signature step is where it ended.
    private mutating func explainSignature(
        _ error: TokenError, _ token: CompactToken, _ authorizer: DeclarativeAuthorizer
    ) -> Bool {
        let algorithm = Self.text(token.header.algorithmName)
        switch error.code {
        case .badSignature:
            let source =
                authorizer.ring.slots.first { $0.holds(keyID: token.header.keyID) } ?? authorizer.ring.slots.first
            let span = source.flatMap { document.key(named: $0.name)?.span }
            let notes = SignatureHint.find(for: token, authorizer, document)
            add(
                .signature, .failed, "bad_signature: \(algorithm) with key \(source?.name ?? "?") does not match", span,
                notes: notes)
            return true
        case .keysUnavailable:
            let remote = authorizer.ring.slots.first { $0.isRemote }
            let key = remote.flatMap { document.key(named: $0.name) }
            let problem = remote?.problem.map { ": \($0)" } ?? ""
            add(
                .signature, .failed, Self.sentence(error) + problem,
                key?.span ?? authorizer.rules.keys.first?.span ?? authorizer.rules.span)
            return true
        case .keyNotFound, .keyAmbiguous, .keyAlgMismatch, .keyUseMismatch, .weakKey, .internal:
            let known = authorizer.ring.slots.first { $0.holds(keyID: token.header.keyID) }
            let key = known.flatMap { document.key(named: $0.name) }
            // Where the token names a key, perhaps it names the wrong one.
            let mayBeNamedWrong =
                token.header.keyID != nil && (error.code == .keyNotFound || error.code == .keyAlgMismatch)
            let cause = mayBeNamedWrong ? SignatureHint.cause(of: token, authorizer, document) : nil
            let notes = cause.map { [$0] } ?? []
            add(
                .signature, .failed, Self.sentence(error),
                key?.span ?? authorizer.rules.keys.first?.span ?? authorizer.rules.span, notes: notes)
            return true
        default:
            let candidates = (authorizer.ring.keys(at: authorizer.ring.generation) ?? .empty).candidates(
                for: token.header)
            explainKey(candidates.first?.keyID ?? token.header.keyID, authorizer.ring.slots)
            return false
        }
    }

    private func identityProblem(_ findings: [DeclarativeAuthorizer.IdentityFinding]) -> String {
        for finding in findings {
            let name = Self.name(finding.source.value)
            switch finding.value {
            case .missing: return "token_missing: \(name) is missing or empty"
            case .several:
                return "token_multiple: \(name) stands in the request more than once, and nobody may choose"
            case .one: continue
            }
        }
        return "token_missing: there is no token behind the scheme"
    }

    // MARK: Scopes of the route

    /// The authorizer said yes, and the route wants a scope that the token lacks.
    mutating func explainScopes(_ token: VerifiedToken, _ number: Int) {
        let route = snapshot.routes[number].definition
        let wanted = route.scopes.map(\.value)
        let granted = token.claims.scopes.map { Self.text($0) }
        let held = granted.isEmpty ? "none" : granted.joined(separator: " ")
        steps[Explanation.Stage.decision.rawValue - 1] = Explanation.Step(
            stage: .decision, status: .failed,
            text:
                "DENY: insufficient_scope: the route wants \(wanted.joined(separator: " or ")), the token has \(held)",
            span: route.scopes.first?.span ?? route.span)
        remedy = "use a token with scope \(wanted.joined(separator: " or ")), or change \"authorizationScopes\""
        if let first = wanted.first { remedyClaims = [Self.claim("scope", (granted + [first]).joined(separator: " "))] }
    }

    static func claim(_ name: String, _ text: String) -> PrincipalDefinition.Claim {
        var writer = JSONWriter()
        writer.string(text)
        return PrincipalDefinition.Claim(name, writer.bytes)
    }

    // MARK: Words

    /// What would make the authorizer accept a token.
    private func remedy(
        for error: TokenError, _ authorizer: DeclarativeAuthorizer,
        _ findings: [DeclarativeAuthorizer.IdentityFinding]
    ) -> String {
        let rules = authorizer.rules
        let name = findings.first.map { Self.name($0.source.value) } ?? "the identity source"
        switch error.code {
        case .tokenMissing: return "send a token in \(name)"
        case .tokenMultiple: return "send \(name) once"
        case .expired:
            guard let timing = error.timing else { return "use a fresh token" }
            let before = ExplanationTime.moment(timing.claim.rounded(.up) - 1)
            return "use a fresh token, or ask for an earlier time: --clock \(before)"
        case .notYetValid, .issuedInFuture:
            return "wait, or set the issuer's clock right; clockSkewSeconds forgives a little"
        case .tokenTooOld: return "use a token that was issued later, or raise \"maxAgeSeconds\""
        case .malformedSegments, .malformedBase64, .malformedHeader, .malformedPayload, .duplicateMember:
            return "send the token whole, as its issuer made it: three base64url parts between two dots"
        case .tokenTooLarge: return "send a token of at most \(rules.maxTokenBytes) bytes, or raise \"maxTokenBytes\""
        case .typMismatch:
            return
                "use a token of typ \(rules.tokenTypes.map(\.value).joined(separator: " or ")), or change \"tokenTypes\""
        case .revoked: return "log in again: the token was revoked on purpose"
        case .insufficientScope:
            return "use a token with scope \(rules.scopes.map(\.value).joined(separator: " or ")), or change \"scopes\""
        case .keysUnavailable: return "make the issuer's key set reachable; until then nobody is let in"
        case .keyAmbiguous: return "name one key: put its kid into the token's header"
        case .weakKey: return "replace the key by a stronger one: gatehouse jwks generate"
        case .keyAlgMismatch: return "sign with the algorithm of the key that kid names, or name another key"
        case .keyUseMismatch: return "use a key that is meant for signatures (\"use\": \"sig\")"
        case .issMismatch:
            if rules.issuers.count > 1 {
                let names = rules.issuers.map(\.issuer.value).joined(separator: " or ")
                return "use a token of \(names) that is signed with that issuer's own key"
            }
            return "use a token of \(rules.issuer.value ?? "the issuer"), or change \"issuer\""
        case .audMismatch:
            if rules.issuers.count > 1 { return "use a token for an audience of its issuer, or change \"audiences\"" }
            return "use a token for \((rules.audience.value ?? []).joined(separator: " or ")), or change \"audience\""
        case .badSignature:
            return "use a token that was signed with a key of \"\(authorizer.definition.name)\", unchanged"
        case .claimMismatch:
            return "use a token whose \(error.claimName ?? "claim") has the value in \"expectedValues\""
        case .claimMissing: return "use a token that has the claim \(error.claimName ?? "of principalId")"
        case .algNotAllowed: return "sign with \(rules.algorithms.joined(separator: " or ")), or change \"algorithms\""
        case .keyNotFound: return "use a kid of a configured key, or add the key to \"keys\""
        default: return "gatehouse explain \(error.code.diagnostic)"
        }
    }

    static func sentence(_ error: TokenError) -> String { error.privateDescription }

    private static func distance(_ timing: TokenError.Timing) -> String {
        let span = TimeText.span(abs(timing.now - timing.claim))
        return timing.claim <= timing.now ? "\(span) in the past" : "\(span) in the future"
    }

    private func span(of error: TokenError, _ authorizer: DeclarativeAuthorizer) -> SourceSpan? {
        let rules = authorizer.rules
        switch error.code {
        case .issMismatch: return rules.issuer.span
        case .audMismatch: return rules.audience.span
        case .insufficientScope: return rules.scopes.first?.span
        case .tokenTooOld, .issuedInFuture: return rules.maxAgeInSeconds?.span ?? rules.span
        case .claimMissing:
            switch error.claimName {
            case nil: return authorizer.definition.principalId.span
            case "iss"?: return rules.issuer.span
            case "aud"?: return rules.audience.span
            case let name?: return rules.requiredClaims.first { $0.value == name }?.span ?? rules.span
            }
        case .revoked: return document.revocations?.span ?? rules.span
        default: return rules.span
        }
    }

    static func name(_ source: IdentitySource) -> String {
        switch source {
        case .header(let name), .multiValueHeader(let name): "header \(titled(name))"
        case .queryString(let name), .multiValueQueryString(let name): "query parameter \(text(name))"
        case .stageVariable(let name): "stage variable \(name)"
        case .context: "context variable"
        }
    }

    /// `x-api-key` as people write it: `X-Api-Key`.
    private static func titled(_ name: [UInt8]) -> String {
        var out = name
        for index in out.indices where index == 0 || out[index - 1] == UInt8(ascii: "-") {
            if out[index] >= 0x61, out[index] <= 0x7A { out[index] -= 0x20 }
        }
        return text(out)
    }

    static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Moments for people.
enum ExplanationTime {
    /// `2026-11-21T12:00:00Z`
    static func moment(_ seconds: Double) -> String {
        guard let whole = Int64(exactly: seconds.rounded(.down)) else { return "\(seconds)" }
        let time = CivilTime(secondsSince1970: whole)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(repeating: "0", count: max(0, 4 - "\(time.year)".count)) + "\(time.year)"
        return "\(year)-\(two(time.month))-\(two(time.day))T\(two(time.hour)):\(two(time.minute)):\(two(time.second))Z"
    }
}
