import Authorizers
import Documents
import HTTP
import Policies
import Routes
import Tokens
import Upstream

/// Works out an ``Explanation``: follows the phases of ``RequestPipeline`` once more, without deciding anything.
struct ExplanationBuilder {
    let exchange: Exchange
    let conversations: [FunctionConversation]
    var steps: [Explanation.Step] = []
    var remedy: String?
    var remedyClaims: [PrincipalDefinition.Claim] = []

    init(_ exchange: Exchange, _ conversations: [FunctionConversation] = []) {
        self.exchange = exchange
        self.conversations = conversations
    }

    var snapshot: GatewaySnapshot { exchange.snapshot }
    var document: GatewayDocument { exchange.snapshot.document }

    mutating func build() {
        explain()
        explainLimits()
        for stage in Explanation.Stage.allCases.dropFirst(steps.count) { add(stage, .notReached, "") }
    }

    mutating func add(
        _ stage: Explanation.Stage, _ status: Explanation.Status, _ text: String, _ span: SourceSpan? = nil,
        notes: [Explanation.Note] = [], statements: [Explanation.Statement] = []
    ) {
        steps.append(
            Explanation.Step(
                stage: stage, status: status, text: text, span: span, notes: notes, statements: statements))
    }

    private mutating func explain() {
        if exchange.preflight != nil {
            add(.route, .satisfied, "a preflight: answered for \"cors\", before any authorizer is asked")
            for stage in [Explanation.Stage.identity, .token, .signature, .claims, .cache, .policy] {
                add(stage, .notApplicable, "")
            }
            add(.decision, .satisfied, "ALLOW: the answer says who may call, and calls nobody")
            return
        }
        guard explainRoute(), let number = guardingRoute else { return }
        guard let authorizer = snapshot.routes[number].authorizer else {
            if snapshot.resourcePolicy != nil { return explainPublicRoute(snapshot.routes[number].definition) }
            let route = snapshot.routes[number].definition
            add(.identity, .notApplicable, "none asked for: the route is public", route.authorizationSpan)
            for stage in [Explanation.Stage.token, .signature, .claims, .cache, .policy] {
                add(stage, .notApplicable, "")
            }
            add(.decision, .satisfied, "ALLOW: authorizationType NONE")
            return
        }
        guard let verdict = exchange.authorization?.verdict else { return explainResourceRefusal() }
        guard let authorizer = authorizer.declarative else { return explainFunction(authorizer.definition, verdict) }
        let request = IdentityRequest(
            head: exchange.head, stage: snapshot.stage, variables: ExchangeVariables(exchange))
        let findings = authorizer.findings(in: request)
        switch verdict {
        case .unauthorized(let error): explainRefusal(error, authorizer, findings)
        case .rejected, .refusedByFunction, .failed:
            explainFunction(authorizer.definition, verdict)
        case .allowed(let identity, let decision), .denied(let identity, let decision):
            guard let token = identity.token else { return explainFunction(authorizer.definition, verdict) }
            explainIdentity(findings)
            explainToken(token.header)
            explainKey(token.keyID, authorizer.slots(of: token))
            explainClaims(token, authorizer.rules)
            explainCache()
            explainPolicy(authorizer, identity, decision)
            if case .unauthorized(.insufficientScope)? = exchange.failure { explainScopes(token, number) }
            if case .refused(let refusal)? = exchange.failure { explainOtherReading(refusal) }
        }
    }

    // MARK: Outcome

    var outcome: Explanation.Outcome {
        switch exchange.failure {
        case nil: .allow
        case .some(let failure) where failure.followsAdmission: .allow
        case .unauthorized, .rejected, .authorizerFailed, .refusedByFunction, .explicitDeny, .implicitDeny,
            .resourcePolicy, .apiKey, .throttled, .quotaExceeded:
            .deny
        default: .none
        }
    }

    var answer: Explanation.Answer {
        if let failure = exchange.failure {
            let answer = GatewayAnswer.make(failure, exchange)
            let note = answer.customisedBy.map { "gatewayResponses.\($0.rawValue)" }
            return Explanation.Answer(
                status: answer.status, body: answer.body, note: note ?? answerNote(failure))
        }
        if let preflight = exchange.preflight {
            return Explanation.Answer(status: preflight.status, body: [], note: "\"cors\" answers preflights")
        }
        switch exchange.route?.integration {
        case .mock(let response, _):
            return Explanation.Answer(
                status: UInt16(clamping: response.statusCode), body: response.body, note: "MOCK integration")
        case .httpProxy(let plan):
            return Explanation.Answer(
                status: exchange.status, body: [],
                note: "forwarded to \(plan.address.scheme.rawValue)://\(plan.address.authority)")
        case .awsProxy(let plan):
            return Explanation.Answer(
                status: exchange.status, body: [],
                note: "handed to the function at \(plan.address.origin)")
        case nil: return Explanation.Answer(status: exchange.status, body: [], note: nil)
        }
    }

    private func answerNote(_ failure: GatewayFailure) -> String? {
        switch (failure, snapshot.apiType) {
        case (.unauthorized, .rest): "a REST API tells the client no more, so neither do we"
        case (.noRoute, .rest): "a routing error, not a token error: these are AWS's words"
        case (.upstream(let error), _): "the gate said yes; the backend failed: \(error.kind.rawValue)"
        case (.apiKey, _): "AWS tells the client no more, so neither do we"
        case (.mappingFailed, _): "the gate said yes; a mapping of the integration cannot be carried out"
        case (.parametersMissing, _), (.bodyInvalid, _):
            "the gate said yes; the request validator did not: \(failure.detail ?? "")"
        case (.bodyNotJSON, _): "the gate said yes; a mapping looks into the body, and it is not JSON"
        case (.mediaTypeUnsupported, _): "the gate said yes; passthroughBehavior NEVER lets no body through"
        default: nil
        }
    }

    // MARK: Route

    /// False when the request got no further.
    private mutating func explainRoute() -> Bool {
        if case .unknownStage? = exchange.failure {
            explainUnknownStage()
            return false
        }
        guard let path = exchange.path else {
            if case .refused(let refusal)? = exchange.failure { addRefusal(refusal) }
            return false
        }
        guard let hit = exchange.hit else {
            explainMiss(path)
            return false
        }
        // An authorizer that was asked has more to say than the refusal that came after it.
        if case .refused(let refusal)? = exchange.failure, exchange.authorization == nil {
            addRefusal(refusal, snapshot.routes[hit.route].definition.span)
            return false
        }
        let route = snapshot.routes[hit.route]
        var text = route.definition.key.text
        for (name, range) in zip(route.definition.key.parameterNames, hit.parameters) {
            let bytes = path.bytes
            let value = bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
            text += "   \(name)=\(String(decoding: value, as: UTF8.self))"
        }
        var notes: [Explanation.Note] = []
        if let other = hit.alsoGuardedBy {
            let guarded = snapshot.routes[other].definition
            notes.append(
                Explanation.Note(
                    text: "without its slash this is \(guarded.key.text), which guards it too", span: guarded.span))
        }
        add(.route, .satisfied, text, route.definition.span, notes: notes)
        return true
    }

    private mutating func addRefusal(_ refusal: RequestRefusal, _ span: SourceSpan? = nil) {
        add(.route, .failed, RefusalText.sentence(refusal.code), span)
        remedy = RefusalText.remedy(refusal.code)
    }

    private mutating func explainUnknownStage() {
        let names = snapshot.stagesInPath.map(\.stage.name)
        let first = exchange.head.rawPath.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        let found = String(decoding: first, as: UTF8.self)
        add(
            .route, .failed, "the path's first segment \"\(found)\" is no stage that is served by path",
            snapshot.stage.span)
        remedy = "begin the path with \(names.map { "/\($0)" }.joined(separator: " or "))"
    }

    /// The policy allows this path, and denies what a careless reader would make of it.
    private mutating func explainOtherReading(_ refusal: RequestRefusal) {
        steps[Explanation.Stage.decision.rawValue - 1] = Explanation.Step(
            stage: .decision, status: .failed, text: RefusalText.sentence(refusal.code), span: steps.last?.span)
        remedy = RefusalText.remedy(refusal.code)
    }

    private mutating func explainMiss(_ path: NormalPath) {
        let method = String(decoding: exchange.head.methodBytes, as: UTF8.self)
        let shown = String(decoding: path.bytes, as: UTF8.self)
        var notes: [Explanation.Note] = []
        if let nearest = snapshot.table.nearest(method: Array(exchange.head.methodBytes), path: Array(path.bytes)) {
            let route = snapshot.routes[nearest.route].definition
            notes.append(Explanation.Note(text: "nearest: \(route.key.text)   \(nearest.text)", span: route.span))
            remedy = "call \(route.key.text), or add a route for \(method) \(shown)"
        } else {
            remedy = "add a route for \(method) \(shown)"
        }
        add(.route, .failed, "no route matches \(method) \(shown)", nil, notes: notes)
    }

    /// The route whose authorizer had the last word: on HTTP APIs `/x` also guards `/x/`.
    var guardingRoute: Int? {
        guard let hit = exchange.hit, let path = exchange.path else { return nil }
        guard let other = hit.alsoGuardedBy, let resource = exchange.resource else { return hit.route }
        let second = snapshot.arn.arn(method: exchange.head.methodBytes, path: path.bytes.dropLast())
        return resource.bytes == second.bytes ? other : hit.route
    }

    // MARK: Cache

    private mutating func explainCache() {
        let cache = document.tokenCache
        switch exchange.authorization?.cache {
        case .hit: add(.cache, .satisfied, "hit: verified before; its times were checked again")
        case .miss: add(.cache, .notApplicable, "miss   kept for at most \(cache.ttlInSeconds) s")
        case .off, nil: add(.cache, .notApplicable, "off")
        }
    }
}
