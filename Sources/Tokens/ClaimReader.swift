internal import Documents

/// Reads the registered claims of an authenticated payload and checks them against a route's rules (RFC 7519 §4.1).
struct ClaimReader {
    let document: JSONDocument
    private(set) var expiration: Double?
    private(set) var notBefore: Double?
    private(set) var issuedAt: Double?
    private var issuer: JSONShortMember?
    private var audience: JSONShortMember?

    /// Parses the payload and checks the types of all registered claims, needed or not.
    init(payload: [UInt8]) throws(TokenError) {
        do { document = try JSONParser.parse(payload) } catch {
            if error.problem == .duplicateMember { throw TokenError(.duplicateMember, .note("in the payload")) }
            throw TokenError(.malformedPayload, .note(error.message))
        }
        guard let members = document.shortMembers() else {
            throw TokenError(.malformedPayload, .note("not an object"))
        }
        for member in members {
            switch ShortName(rawValue: member.name) {
            case .exp: expiration = try time(member, "exp")
            case .nbf: notBefore = try time(member, "nbf")
            case .iat: issuedAt = try time(member, "iat")
            case .iss:
                try demandString(member, "iss")
                issuer = member
            case .sub: try demandString(member, "sub")
            case .jti: try demandString(member, "jti")
            case .aud:
                try demandStrings(member, "aud")
                audience = member
            case .scope: try demandStrings(member, "scope")
            case .scp: try demandStrings(member, "scp")
            case .alg, .kid, .typ, .b64, .crit, nil: break
            }
        }
    }

    private func demandString(_ member: JSONShortMember, _ name: String) throws(TokenError) {
        if member.kind != .string { throw Self.malformed(name) }
    }

    private func demandStrings(_ member: JSONShortMember, _ name: String) throws(TokenError) {
        if member.kind == .string { return }
        guard document.value(of: member).isStringOrStrings else { throw Self.malformed(name) }
    }

    private static func malformed(_ name: String) -> TokenError {
        TokenError(.malformedClaim, .claim(Array(name.utf8)))
    }

    /// A NumericDate: any finite JSON number. What overflows to infinity is no time.
    private func time(_ member: JSONShortMember, _ name: String) throws(TokenError) -> Double {
        guard member.kind == .number, let seconds = document.value(of: member).double, seconds.isFinite else {
            throw Self.malformed(name)
        }
        return seconds
    }

    // MARK: Rules

    /// Time, issuer, audience, required claims and scopes, in this order.
    func check(by rules: TokenRules, at now: Double) throws(TokenError) {
        try checkTime(rules, now)
        if let accepted = rules.issuers {
            guard let issuer = issuer.map({ document.value(of: $0) }) else { throw Self.missing("iss") }
            guard accepted.contains(where: { issuer.isString($0) }) else {
                throw TokenError(.issMismatch, .mismatch(found: issuer.stringOrStrings ?? [], accepted: accepted))
            }
        }
        if let accepted = rules.audiences {
            let clientID = rules.clientIDStandsForAudience ? document.root["client_id"] : nil
            guard let audience = audience.map({ document.value(of: $0) }) ?? clientID else {
                throw Self.missing("aud")
            }
            guard Self.isAny(of: accepted, in: audience) else {
                throw TokenError(.audMismatch, .mismatch(found: audience.stringOrStrings ?? [], accepted: accepted))
            }
        }
        if rules.requiredClaims.isEmpty, rules.additionalClaims.isEmpty, rules.scopes.isEmpty { return }
        let claims = ClaimSet(document: document)
        for name in rules.requiredClaims {
            guard let value = claims[name], !value.isNull else { throw TokenError(.claimMissing, .claim(name)) }
        }
        for rule in rules.additionalClaims { try check(rule, claims[rule.name]) }
        if rules.scopes.isEmpty { return }
        let granted = claims.scopes
        guard rules.scopes.allSatisfy({ granted.contains($0) }) else {
            throw TokenError(.insufficientScope, .mismatch(found: granted, accepted: rules.scopes))
        }
    }

    /// A claim that is there must be right even where it need not be there.
    private func check(_ rule: TokenRules.AdditionalClaim, _ value: JSONValue?) throws(TokenError) {
        guard let value, !value.isNull else {
            if rule.isRequired { throw TokenError(.claimMissing, .claim(rule.name)) }
            return
        }
        guard value.kind == .string, rule.value.map({ value.isString($0) }) ?? true else {
            throw TokenError(.claimMismatch, .claim(rule.name))
        }
    }

    /// Everything is compared as floating-point numbers, which neither overflow nor trap.
    private func checkTime(_ rules: TokenRules, _ now: Double) throws(TokenError) {
        let skew = rules.skew
        if let expiration {
            if now >= expiration + skew {
                throw TokenError(.expired, .time(claim: expiration, now: now, allowance: skew))
            }
        } else if rules.requireExpiration {
            throw Self.missing("exp")
        }
        if let notBefore, notBefore > now + skew {
            throw TokenError(.notYetValid, .time(claim: notBefore, now: now, allowance: skew))
        }
        if let issuedAt, issuedAt > now + skew, rules.refusesFutureIssue || rules.maximumAge != nil {
            throw TokenError(.issuedInFuture, .time(claim: issuedAt, now: now, allowance: skew))
        }
        guard let maximumAge = rules.maximumAge else { return }
        guard let issuedAt else { throw Self.missing("iat") }
        if now - issuedAt > maximumAge + skew {
            throw TokenError(.tokenTooOld, .time(claim: issuedAt, now: now, allowance: maximumAge + skew))
        }
    }

    private static func missing(_ name: String) -> TokenError { TokenError(.claimMissing, .claim(Array(name.utf8))) }

    private static func isAny(of accepted: [[UInt8]], in audience: JSONValue) -> Bool {
        if audience.kind == .string { return accepted.contains { audience.isString($0) } }
        return audience.elements.contains { element in accepted.contains { element.isString($0) } }
    }
}
