import Documents
package import HTTP
package import Policies
package import Routes
import Synchronization
package import Tokens

/// An authorizer that the configuration describes: it verifies a JWT and issues the policy that a Lambda authorizer
/// would return for its claims.
///
/// Immutable and shared by all workers; what changes lives in the caller's ``AuthorizerWorkspace``.
package final class DeclarativeAuthorizer: Sendable {
    package let definition: AuthorizerDefinition
    package let rules: JWTRules
    package let ring: KeyRing
    private let revocations: RevocationBox?
    let verifier: TokenVerifier
    /// At least one; several only on JWT authorizers of REST APIs.
    let issuers: [TokenIssuer]
    private let policyID: PolicyID
    let expression: ValidationExpression?
    /// The only identity source is the `Authorization` line.
    private let readsAuthorizationOnly: Bool
    private let statements: [PolicyStatement]
    /// What a JWT authorizer gives to every good token.
    let everything: PolicyDocument
    /// Documents by the set of issued statements: a policy depends on the claims only through that set.
    private let documents = Mutex<[UInt64: PolicyDocument]>([:])

    /// `policyID` must be unique among all authorizers of all configurations of this process, so that a cached token
    /// never answers for other rules. `issuers` replace `verifier` and `ring`, which then hold what is common to them and
    /// the keys of all. Throws when a statement's resources do not make a policy.
    package init(
        definition: AuthorizerDefinition, rules: JWTRules, verifier: TokenVerifier, ring: KeyRing,
        revocations: RevocationBox?, policyID: PolicyID, arn: MethodARN.Prefix, expression: ValidationExpression? = nil,
        issuers: [TokenIssuer] = []
    ) throws(PolicyError) {
        self.definition = definition
        self.rules = rules
        self.verifier = verifier
        self.issuers = issuers.isEmpty ? [TokenIssuer(verifier: verifier, ring: ring)] : issuers
        self.ring = ring
        self.revocations = revocations
        self.policyID = policyID
        self.expression = expression
        readsAuthorizationOnly =
            definition.identitySources.count == 1
            && definition.identitySources[0].value == .header(name: Array("authorization".utf8))
        statements = definition.policy.map { statement in
            PolicyStatement(
                sid: statement.sid, effect: statement.effect == .allow ? .allow : .deny,
                resources: statement.resources.map { arn.expand($0.text) ?? $0.text })
        }
        everything = try PolicyDocument(statements: [PolicyStatement(effect: .allow, resources: ["*"])])
        // Every statement is compiled once here, so that none can fail for some principal later.
        _ = try PolicyDocument(statements: statements)
    }

    /// Decides from memory alone: verification, issuing and evaluation, against this request's method ARN. Says what to
    /// wait for when a key is missing that may be on its way, unless `isFinal`.
    package func decide(
        _ request: IdentityRequest, resource: MethodARN, at now: WallTime, in workspace: AuthorizerWorkspace,
        isFinal: Bool = true
    ) -> AuthorizerStep {
        decide(presented(by: request), resource: resource, at: now, in: workspace, isFinal: isFinal)
    }

    /// The same for what a request has presented. `answers` are those that were given for this request; where they are
    /// nil, slow signatures are checked at once.
    package func decide(
        _ presented: PresentedToken, resource: MethodARN, at now: WallTime, in workspace: AuthorizerWorkspace,
        isFinal: Bool = true, answers: [VerificationAnswer]? = nil
    ) -> AuthorizerStep {
        let token: ArraySlice<UInt8>
        switch presented {
        case .token(let found): token = found
        case .failure(let error): return .refused(error, .off)
        case .mismatch: return .decided(AuthorizerOutcome(verdict: .rejected(.identityMismatch), cache: .off))
        }
        let generation = ring.generation
        if let cache = workspace.cache,
            let identity = cache.value(for: token, policy: policyID, generation: generation, at: now)
        {
            return .decided(judge(identity, resource, workspace, .hit))
        }
        let missed: AuthorizerOutcome.Cache = workspace.cache == nil ? .off : .miss
        if ring.keys(at: generation) == nil {
            if isFinal || !ring.isRemote { return .refused(TokenError(.keysUnavailable), missed) }
            return .waits(KeyWait(ring: ring, keyID: nil))
        }
        let known = answers?.lazy.compactMap { $0.result(for: token, by: self) }.first
        if let answers, known == nil, answers.count < Self.answerLimit, isSlow(token, workspace.verification) {
            return .verifies(SlowVerification(self, token, at: now))
        }
        do throws(TokenError) {
            let verified: VerifiedToken
            switch known {
            case .success(let token): verified = token
            case .failure(let error): throw error
            case nil: verified = try verify(token, at: now, using: workspace.verification)
            }
            let identity = try issue(verified)
            workspace.cache?.insert(identity, for: verified, policy: policyID, at: now)
            return .decided(judge(identity, resource, workspace, missed))
        } catch {
            // With several issuers it may be one of those whose keys are not there.
            if error.code == .keyNotFound || error.code == .keysUnavailable, ring.isRemote,
                let keyID = keyID(of: token)
            {
                if !isFinal { return .waits(KeyWait(ring: ring, keyID: keyID)) }
            }
            return .refused(error, missed)
        }
    }

    /// More answers than authorizers that one request can meet are never needed.
    private static let answerLimit = 4

    /// Whether the signature that a token claims to have takes long to check by these rules.
    private func isSlow(_ token: ArraySlice<UInt8>, _ context: VerificationContext) -> Bool {
        issuers.contains { $0.verifier.isSlow(token, using: context) }
    }

    /// The key that a token names. Only asked for tokens that passed every check before the choice of the key.
    private func keyID(of token: ArraySlice<UInt8>) -> [UInt8]? {
        do throws(TokenError) {
            return try CompactToken(parsing: token, limit: verifier.rules.maxTokenBytes).header.keyID
        } catch {
            return nil
        }
    }

    private func judge(
        _ identity: AuthorizedIdentity, _ resource: MethodARN, _ workspace: AuthorizerWorkspace,
        _ cache: AuthorizerOutcome.Cache
    ) -> AuthorizerOutcome {
        // After the cache and for every request: a token that was revoked a moment ago is still in it.
        if let revocations, let token = identity.token, workspace.isRevoked(token, by: revocations) {
            return AuthorizerOutcome(verdict: .unauthorized(TokenError(.revoked)), cache: cache)
        }
        let decision = PolicyEvaluator.decide(PolicyRequest(invoking: resource), by: identity.policy)
        return AuthorizerOutcome(identity, decision, cache: cache)
    }

    // MARK: Identity

    /// What a request shows for its caller.
    package enum PresentedToken: Sendable {
        /// Without `Bearer `.
        case token(ArraySlice<UInt8>)
        case failure(TokenError)
        /// The value is not what `identityValidationExpression` wants.
        case mismatch
    }

    /// What ``presented(by:)`` finds, read in place; nil where more than the `Authorization` line is to be looked at.
    package func bearer(in fields: FieldLines) -> PresentedToken? {
        guard readsAuthorizationOnly, expression == nil else { return nil }
        guard let line = fields.first(.authorization), !line.value.isEmpty else {
            // Two lines of which the first is empty are still two lines.
            return .failure(TokenError(fields.count(.authorization) > 1 ? .tokenMultiple : .tokenMissing))
        }
        if fields.count(.authorization) > 1 { return .failure(TokenError(.tokenMultiple)) }
        var bare = line.value.indices
        if Self.beginsWithScheme(fields.bytes.span.extracting(bare)) { bare = (bare.lowerBound + 7)..<bare.upperBound }
        return bare.isEmpty ? .failure(TokenError(.tokenMissing)) : .token(fields.bytes[bare])
    }

    /// The token: the first identity source's value, without `Bearer `. Every other source must be present too.
    package func presented(by request: IdentityRequest) -> PresentedToken {
        var token: [UInt8]?
        for source in definition.identitySources {
            switch IdentityReader.read(source.value, from: request) {
            case .missing: return .failure(TokenError(.tokenMissing))
            case .several: return .failure(TokenError(.tokenMultiple))
            case .one(let value): if token == nil { token = value }
            }
        }
        guard let token else { return .failure(TokenError(.tokenMissing)) }
        if let expression, !expression.matches(token) { return .mismatch }
        let bare = Self.withoutScheme(token[...])
        return bare.isEmpty ? .failure(TokenError(.tokenMissing)) : .token(bare)
    }

    /// Takes off `Bearer` in any case and exactly one space.
    static func withoutScheme(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        beginsWithScheme(value.span) ? value.dropFirst(7) : value
    }

    /// `Bearer` in any case and a space: seven bytes.
    private static func beginsWithScheme(_ value: Span<UInt8>) -> Bool {
        guard value.count >= 7, value[6] == 0x20 else { return false }
        var word: UInt64 = 0
        for index in 0..<6 { word = word << 8 | UInt64(value[index]) }
        // Letters differ from capitals in one bit; no other byte has a letter on its side of it.
        return word | 0x2020_2020_2020 == 0x6265_6172_6572
    }

    // MARK: Issuing

    private func issue(_ token: VerifiedToken) throws(TokenError) -> AuthorizedIdentity {
        if definition.type == .jwt { return issueUnconditionally(token) }
        let principal = try principalID(of: token)
        var context = AuthorizerContext()
        for entry in definition.context {
            if let value = value(of: entry.mapping, token.claims) { context.append(entry.name, value) }
        }
        let issued = definition.policy.indices.filter {
            WhenEvaluator.isIssued(definition.policy[$0].when, for: token.claims)
        }
        guard let policy = document(of: issued) else { throw TokenError(.internal) }
        return AuthorizedIdentity(
            token: token, principalID: principal, context: context, policy: policy, issuedStatements: issued,
            usageIdentifierKey: definition.usageIdentifierKey.flatMap { value(of: .claim($0), token.claims)?.text })
    }

    /// A JWT authorizer of an HTTP API has no policy: a good token is enough, scopes are the route's matter.
    private func issueUnconditionally(_ token: VerifiedToken) -> AuthorizedIdentity {
        AuthorizedIdentity(
            token: token, principalID: token.claims.subject ?? [], context: AuthorizerContext(), policy: everything)
    }

    /// No anonymous principals: a claim that should name the principal and does not is a bad token.
    private func principalID(of token: VerifiedToken) throws(TokenError) -> [UInt8] {
        guard let value = value(of: definition.principalId.value, token.claims), !value.text.isEmpty else {
            throw TokenError(.claimMissing)
        }
        return value.text
    }

    func value(of mapping: ContextMapping, _ claims: ClaimSet) -> ContextValue? {
        switch mapping {
        case .literal(.string(let text)): .string(Array(text.utf8))
        case .literal(.number(let text)): .number(Array(text.utf8))
        case .literal(.bool(let value)): .bool(value)
        case .claim(let path): claims.value(at: path).flatMap { ContextValue(scalar: $0) }
        }
    }

    func document(of issued: [Int]) -> PolicyDocument? {
        guard statements.count <= 64 else { return makeDocument(issued) }
        let key = issued.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        if let known = documents.withLock({ $0[key] }) { return known }
        guard let document = makeDocument(issued) else { return nil }
        // At most 2^n sets exist, but only a few occur; a bound keeps hostile claims from filling memory.
        documents.withLock { if $0.count < 256 { $0[key] = document } }
        return document
    }

    private func makeDocument(_ issued: [Int]) -> PolicyDocument? {
        do throws(PolicyError) {
            return try PolicyDocument(statements: issued.map { statements[$0] })
        } catch {
            return nil
        }
    }
}
