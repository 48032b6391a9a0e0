import Authorizers
package import Documents
package import Gateway
import HTTP
import Policies
import Routes
package import Tokens

/// Decides recorded requests again by the configuration in force. No socket is opened and nothing is verified: what had
/// been verified when it was recorded is taken for that, by a type that the gate itself does not know.
package struct OfflineReplay {
    /// Which clock counts.
    package enum Clock: Sendable, Hashable {
        /// That of each request.
        case recorded
        /// One moment for all.
        case fixed(WallTime)
    }

    /// What the rules in force say of one request.
    package struct Judgement: Sendable {
        /// `allow`, `deny` or `none`.
        package var decision: String
        /// The status of the gate's own answer; 0 for a request that goes on to its integration.
        package var status: Int
        /// As in logs: `explicit_deny`, `expired`; nil when allowed.
        package var reason: String?
        package var statement: String?
        /// Where the statement, or the authorizer, stands in gateway.json.
        package var span: SourceSpan?

        /// Nothing of the gate stands between the request and its integration.
        package var passes: Bool { decision == "allow" && status < 400 }
    }

    package enum Outcome: Sendable {
        case same
        case drift(Judgement)
        /// The recording no longer holds what the decision depends on.
        case undecidable(String)
    }

    package let snapshot: GatewaySnapshot
    package var clock = Clock.recorded
    /// Claims count although no signature was ever found good; for imports from places whose keys are not here.
    package var trustsClaims = false
    package var revocations = RevocationList()
    let pseudonyms: Pseudonyms?
    let names: SnapshotNames.Names?
    private var random = SystemRandomNumberGenerator()
    /// Of the recording's part that is being read.
    private(set) var isSameSalt = false

    /// `salt` is that of the project, when there is one.
    package init(snapshot: GatewaySnapshot, salt: [UInt8]?) {
        self.snapshot = snapshot
        pseudonyms = salt.map { Pseudonyms(salt: $0) }
        names = pseudonyms.map { SnapshotNames.make(snapshot.document, $0) }
    }

    /// Decides every entry of a recording again that the filter takes, at most `limit` of them.
    package mutating func run(
        _ reader: RecordingReader, filter: RequestFilter? = nil, limit: Int = .max
    ) throws(RecordingProblem) -> ReplayResult {
        var result = ReplayResult()
        while result.requests < limit, let item = try reader.next() {
            switch item {
            case .opening(let salt): open(salt: salt)
            case .dropped(let count): result.dropped += count
            case .problem(let problem): result.add(problem)
            case .entry(let entry):
                if let filter, !entry.isTaken(by: filter) { continue }
                result.add(entry, replay(entry))
            }
        }
        return result
    }

    /// A part of the recording begins, made with the salt of this name.
    package mutating func open(salt: [UInt8]?) { isSameSalt = salt != nil && salt == pseudonyms?.saltID }

    /// Decides one request again.
    package mutating func replay(_ entry: RecordedEntry) -> Outcome {
        if entry.isPathRedacted { return .undecidable("something in the path was taken out") }
        if entry.decision == "none", entry.reason == "client_gone" {
            return .undecidable("the client was gone before it was decided")
        }
        guard let head = head(of: entry) else { return .undecidable("the recorded request is no longer a request") }
        let isSameConfiguration = isSameConfiguration(entry)
        let now: WallTime =
            switch clock {
            case .recorded: entry.clock
            case .fixed(let time): time
            }
        let address = Array("127.0.0.1".utf8)
        var exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: address, peer: address,
            receivedAt: now)
        let wire = isSameConfiguration ? .taken : wireVerdict(entry, head)
        var verdict: Verdict
        switch wire {
        case .undecidable(let reason): return .undecidable(reason)
        case .refused(let refusal): verdict = .decided(judgement(.refused(refusal), exchange))
        case .taken: verdict = decide(&exchange, entry)
        }
        if case .decided(let judgement) = verdict, judgement.passes {
            verdict = limited(judgement, exchange, entry)
        }
        if case .decided(let judgement) = verdict, judgement.passes, judgement.status == 0, !isSameConfiguration {
            verdict = validated(judgement, exchange, entry)
        }
        switch verdict {
        case .undecidable(let reason): return .undecidable(reason)
        case .decided(let judgement):
            return isSame(judgement, entry, isSameConfiguration) ? .same : .drift(judgement)
        }
    }

    /// The status of an answer from behind the gate is not the gate's.
    private func isSame(_ judgement: Judgement, _ entry: RecordedEntry, _ isSameConfiguration: Bool) -> Bool {
        guard judgement.decision == entry.decision else { return false }
        guard judgement.decision == "allow" else { return judgement.status == entry.status }
        if isSameConfiguration { return true }
        return judgement.passes ? !entry.isRefusedByValidator : judgement.status == entry.status
    }

    enum Verdict {
        case decided(Judgement)
        case undecidable(String)
    }

    /// What limits those who may.
    private func limited(_ judgement: Judgement, _ exchange: Exchange, _ entry: RecordedEntry) -> Verdict {
        if entry.lacksCredentials, exchange.route?.definition.apiKeyRequired == true {
            return .undecidable("the source kept no credentials")
        }
        switch keyVerdict(exchange) {
        case .undecidable(let reason): return .undecidable(reason)
        case .refused(let refusal):
            return .decided(
                self.judgement(.apiKey(refusal), exchange, at: exchange.route?.definition.span))
        case .accepted: break
        }
        guard Self.isByCount(entry.reason) else { return .decided(judgement) }
        return .undecidable("a rate or a quota had refused it, which depends on the requests before it")
    }

    // MARK: The phases of the gate

    private func decide(_ exchange: inout Exchange, _ entry: RecordedEntry) -> Verdict {
        switch RequestPipeline.match(&exchange) {
        case .refused(let failure): return .decided(judgement(failure, exchange))
        case .preflight(let answer): return .decided(Judgement(decision: "allow", status: Int(answer.status)))
        case .found: break
        }
        guard let hit = exchange.hit, let path = exchange.path else { return .decided(judgement(.noRoute, exchange)) }
        let own = authorize(&exchange, hit.route, path.bytes, entry)
        guard case .decided(let judgement) = own.verdict, judgement.decision == "allow" else { return own.verdict }
        if RequestPipeline.isDeniedInOtherWords(exchange, own.policy) {
            return .decided(self.judgement(.refused(RequestRefusal(.pathAmbiguous)), exchange))
        }
        guard let other = hit.alsoGuardedBy else { return own.verdict }
        return authorize(&exchange, other, path.bytes.dropLast(), entry).verdict
    }

    private func authorize(
        _ exchange: inout Exchange, _ number: Int, _ path: ArraySlice<UInt8>, _ entry: RecordedEntry
    ) -> (verdict: Verdict, policy: PolicyDocument?) {
        let snapshot = exchange.snapshot
        let route = snapshot.routes[number]
        if route.authorizer == nil, snapshot.resourcePolicy == nil {
            return (.decided(Judgement(decision: "allow", status: 0, statement: nil)), nil)
        }
        let resource = snapshot.arn.arn(method: exchange.head.methodBytes, path: path)
        exchange.resource = resource
        if RequestPipeline.isTooLong(resource, route, snapshot) {
            return (.decided(judgement(.refused(RequestRefusal(.targetTooLong)), exchange)), nil)
        }
        if let policy = snapshot.resourcePolicy, policy.document.needsContext {
            return (.undecidable("the API's resource policy asks for more than the recording holds"), nil)
        }
        let guardian = snapshot.resourcePolicy?.decide(resource, exchange)
        exchange.resourceDecision = guardian
        guard let authorizer = route.authorizer else { return (.decided(admit(guardian, exchange)), nil) }
        let isJWT = authorizer.definition.type == .jwt
        if !isJWT, guardian?.outcome == .explicitDeny { return (.decided(admit(guardian, exchange)), nil) }
        if entry.lacksCredentials { return (.undecidable("the source kept no credentials"), nil) }
        if let error = missingIdentity(authorizer.definition, exchange) {
            return (.decided(judgement(.unauthorized(error), exchange, at: authorizer.definition.span)), nil)
        }
        guard let declarative = authorizer.declarative else {
            return (
                .undecidable("authorizer \(authorizer.definition.name) is a function, which would need the token"), nil
            )
        }
        switch verdict(declarative, entry, resource, exchange.receivedAt) {
        case .undecidable(let reason): return (.undecidable(reason), nil)
        case .unauthorized(let error):
            return (.decided(judgement(.unauthorized(error.code), exchange, at: authorizer.definition.span)), nil)
        case .decided(let decision, let policy, let statement, let isWhole):
            // Another reading of the path would have to be judged by statements that may not have been issued.
            if !isWhole, exchange.path?.foldedVariant() != nil {
                return (.undecidable("a statement that reads a personal claim could concern the path"), nil)
            }
            var joint = decision.outcome
            if let guardian, !isJWT { joint = ResourcePolicyTable.combine(identity: joint, resource: guardian.outcome) }
            guard joint == .allow else {
                let failure: GatewayFailure = joint == .explicitDeny ? .explicitDeny : .implicitDeny
                var result = judgement(failure, exchange, at: authorizer.definition.span)
                name(statement, declarative, &result)
                return (.decided(result), nil)
            }
            guard hasScope(entry, route) else {
                let result = judgement(.unauthorized(.insufficientScope), exchange, at: route.definition.span)
                return (.decided(result), nil)
            }
            var result = isJWT ? admit(guardian, exchange) : Judgement(decision: "allow", status: 0)
            result.span = result.span ?? authorizer.definition.span
            name(statement, declarative, &result)
            return (.decided(result), policy)
        }
    }

    /// The resource policy alone: it must allow aloud. Without one nothing is asked.
    private func admit(_ guardian: PolicyDecision?, _ exchange: Exchange) -> Judgement {
        guard let guardian, guardian.outcome != .allow, let resource = exchange.resource else {
            return Judgement(decision: "allow", status: 0)
        }
        let refusal = ResourceRefusal(isExplicit: guardian.outcome == .explicitDeny, resource: resource)
        return judgement(.resourcePolicy(refusal), exchange)
    }

    private func name(_ statement: Int?, _ authorizer: DeclarativeAuthorizer, _ judgement: inout Judgement) {
        guard let statement, authorizer.definition.policy.indices.contains(statement) else { return }
        judgement.statement = authorizer.definition.policy[statement].label
        judgement.span = authorizer.definition.policy[statement].span
    }

    func judgement(_ failure: GatewayFailure, _ exchange: Exchange, at span: SourceSpan? = nil) -> Judgement {
        var exchange = exchange
        exchange.failure = failure
        let response = GatewayAnswer.make(failure, exchange)
        return Judgement(
            decision: exchange.decisionWord, status: Int(response.status), reason: failure.reason, statement: nil,
            span: span)
    }

    // MARK: Identity

    private func missingIdentity(_ definition: AuthorizerDefinition, _ exchange: Exchange) -> TokenError.Code? {
        let request = exchange.identityRequest
        for source in definition.identitySources {
            switch IdentityReader.read(source.value, from: request) {
            case .missing: return .tokenMissing
            case .several: return .tokenMultiple
            case .one: break
            }
        }
        return definition.identitySources.isEmpty ? .tokenMissing : nil
    }

    private func verdict(
        _ authorizer: DeclarativeAuthorizer, _ entry: RecordedEntry, _ resource: MethodARN, _ now: WallTime
    ) -> RecordedVerdict {
        guard let source = authorizer.definition.identitySources.first else {
            return .unauthorized(TokenError(.tokenMissing))
        }
        guard let token = entry.token, token.source == IdentitySourceName.of(source.value) else {
            // `Bearer` alone is as good as nothing, whatever stood elsewhere.
            if entry.reason == TokenError.Code.tokenMissing.name, entry.token == nil {
                return .unauthorized(TokenError(.tokenMissing))
            }
            return .undecidable("the token that the rules now ask for was not the one that was verified")
        }
        if let written = authorizer.definition.identityValidationExpression {
            let isSame = isSameSalt && token.expression == pseudonyms?.fingerprint(written.value.utf8, of: "expression")
            guard isSame else { return .undecidable("identityValidationExpression looks at the whole token") }
            if entry.reason == AuthorizerRejection.identityMismatch.rawValue {
                return .unauthorized(TokenError(.tokenMissing))
            }
        } else if entry.reason == AuthorizerRejection.identityMismatch.rawValue {
            return .undecidable("the token was never looked at")
        }
        let code = entry.reason.flatMap { TokenError.Code(name: $0) }
        if !token.isVerified, let code, code.isAboutForm { return .unauthorized(TokenError(code)) }
        guard let header = token.header, let claims = token.claims else {
            return .undecidable("the recording holds no claims of the token")
        }
        let recorded: RecordedToken
        do throws(TokenError) {
            recorded = try RecordedToken(header: header, claims: claims, size: token.size)
        } catch {
            return .unauthorized(error)
        }
        guard token.isVerified || trustsClaims else {
            // Refused before anybody looked at the token, as a resource policy does.
            guard let code else { return .undecidable("the token was never verified") }
            let keys = names?.keys[authorizer.definition.name]
            let areSame = isSameSalt && token.keys != nil && token.keys == keys
            return authorizer.decide(unverified: recorded, recorded: code, keysAreSame: areSame)
        }
        if !trustsClaims, let doubt = keyDoubt(authorizer, token, entry) {
            // Size, algorithm and key ID are looked at before any signature.
            let header = authorizer.decide(unverified: recorded, recorded: .badSignature, keysAreSame: false)
            if case .unauthorized = header { return header }
            return .undecidable(doubt)
        }
        let pseudonyms = isSameSalt ? pseudonyms : nil
        let identity = RecordedIdentity(
            token: recorded, pseudonyms: token.pseudonyms, dropped: token.dropped, keyID: token.keyID,
            naming: Self.naming(pseudonyms))
        return authorizer.decide(identity, resource: resource, at: now, revocations: revocations)
    }

    private static func naming(_ pseudonyms: Pseudonyms?) -> (@Sendable ([UInt8]) -> [UInt8])? {
        guard let pseudonyms else { return nil }
        return { pseudonyms.personal($0) }
    }

    /// A route that names scopes wants at least one of them in the token.
    private func hasScope(_ entry: RecordedEntry, _ route: CompiledRoute) -> Bool {
        let wanted = route.definition.scopes
        if wanted.isEmpty { return true }
        guard let header = entry.token?.header, let claims = entry.token?.claims else { return false }
        do throws(TokenError) {
            let granted = try RecordedToken(header: header, claims: claims, size: 0).claims.scopes
            return wanted.contains { scope in granted.contains { $0.elementsEqual(scope.value.utf8) } }
        } catch {
            return false
        }
    }
}
