package import Authorizers
import HTTP
package import Policies
package import Routes
import Tokens

/// What is to be done with a request after it was decided.
package enum PipelineStep: Sendable {
    /// Answer it here.
    case respond(GatewayFailure)
    case mock(MockResponse, fields: [UInt8])
    /// A preflight, which asks nobody.
    case preflight(PreflightAnswer)
    case forward(HTTPProxyPlan)
    /// Ask again when the keys are there.
    case wait(KeyWait)
    /// Ask the function, then ask again.
    case ask(FunctionQuestion, FunctionAddress)
    case invoke(AWSProxyPlan)
    /// Check a slow signature elsewhere, then ask again with the answer.
    case verify(SlowVerification)
}

/// Phases 2 to 4 of a request's life: match, identify, authorize, and what limits those who may. No sockets: `serve` and the offline commands run the
/// same code. The time of the request decides; the monotonic clock only ages what functions have said.
package enum RequestPipeline {
    /// Fills the exchange and says what follows. Fails closed: whatever is not allowed is answered here. `isFinal` says
    /// that nothing may be waited for any more, `counts` that rates and quotas are asked: by who serves, and only then.
    package static func run(
        _ exchange: inout Exchange, in workspace: AuthorizerWorkspace, isFinal: Bool = true, counts: Bool = false
    ) -> PipelineStep {
        switch decide(&exchange, workspace, isFinal) {
        case .refused(let failure):
            exchange.failure = failure
            return .respond(failure)
        case .preflight(let answer):
            exchange.failure = nil
            exchange.isAdmitted = true
            exchange.preflight = answer
            return .preflight(answer)
        case .waits(let wait): return .wait(wait)
        case .asks(let question, let address): return .ask(question, address)
        case .verifies(let verification): return .verify(verification)
        case .admitted: break
        }
        guard let route = exchange.route else { return .respond(.noRoute) }
        if let failure = checkKey(&exchange, route) ?? (counts ? count(&exchange, route) : nil) {
            exchange.failure = failure
            return .respond(failure)
        }
        exchange.failure = nil
        exchange.isAdmitted = true
        if route.demandsParameters, let failure = route.validator.checkParameters(exchange) {
            exchange.failure = failure
            return .respond(failure)
        }
        if let plan = route.plan { return .forward(plan) }
        switch route.integration {
        case .httpProxy(let plan): return .forward(plan)
        case .mock(let response, let fields): return .mock(response, fields: fields)
        case .awsProxy(let plan): return .invoke(plan)
        }
    }

    private enum Decision {
        case admitted
        case preflight(PreflightAnswer)
        case refused(GatewayFailure)
        case waits(KeyWait)
        case asks(FunctionQuestion, FunctionAddress)
        case verifies(SlowVerification)
    }

    /// What the phases before authorization find.
    package enum Match: Sendable {
        case refused(GatewayFailure)
        /// Before any route is looked for: browsers send it without a token.
        case preflight(PreflightAnswer)
        /// The exchange knows its route and its normal path now.
        case found
    }

    /// Stage, normal form, route, and the guard against paths with two readings.
    package static func match(_ exchange: inout Exchange) -> Match {
        guard exchange.enterStage() else { return .refused(.unknownStage) }
        let snapshot = exchange.snapshot
        let path: NormalPath
        do throws(PathRefusal) {
            path = try NormalPath.normalize(exchange.head, options: snapshot.pathOptions)
        } catch {
            return .refused(.refused(error.requestRefusal))
        }
        if let cors = snapshot.cors, let answer = cors.preflight(exchange.head, path: path.bytes) {
            exchange.path = path
            return .preflight(answer)
        }
        let found = snapshot.table.match(
            method: exchange.head.fields.bytes.span.extracting(exchange.head.methodRange.indices),
            path: path.storage.span.extracting(path.range.indices))
        let mayFold = path.mayFold
        exchange.path = path
        guard case .matched(let hit) = found else {
            let isUnknown = snapshot.apiType == .http && !RouteTable.declares(exchange.head.methodBytes.span)
            return .refused(isUnknown ? .refused(RequestRefusal(.methodUnknown)) : .noRoute)
        }
        exchange.hit = hit
        if mayFold, isAmbiguous(hit, exchange) { return .refused(.refused(RequestRefusal(.pathAmbiguous))) }
        return .found
    }

    private static func decide(
        _ exchange: inout Exchange, _ workspace: AuthorizerWorkspace, _ isFinal: Bool
    ) -> Decision {
        switch match(&exchange) {
        case .refused(let failure): return .refused(failure)
        case .preflight(let answer): return guarded(answer, &exchange)
        case .found: break
        }
        guard let route = exchange.hit?.route, let path = exchange.path else { return .refused(.noRoute) }
        let decision = authorize(&exchange, route: route, path: path.bytes, workspace, isFinal)
        guard case .admitted = decision else { return decision }
        if path.hasOtherReadings, isDeniedInOtherWords(exchange, exchange.identity?.policy) {
            return .refused(.refused(RequestRefusal(.pathAmbiguous)))
        }
        guard let other = exchange.hit?.alsoGuardedBy else { return decision }
        // `/x/` is open only to those who may call `/x` (HTTP APIs). Who calls is what the route's own authorizer says.
        let (own, resource) = (exchange.authorization, exchange.resource)
        let second = authorize(&exchange, route: other, path: path.bytes.dropLast(), workspace, isFinal)
        if case .admitted = second {
            exchange.authorization = own
            exchange.resource = resource
        }
        return second
    }

    /// The resource policy of a REST API is asked for every method, the OPTIONS that console and SAM create included.
    private static func guarded(_ answer: PreflightAnswer, _ exchange: inout Exchange) -> Decision {
        guard let policy = exchange.snapshot.resourcePolicy, let path = exchange.path else {
            return .preflight(answer)
        }
        let resource = exchange.snapshot.arn.arn(method: exchange.head.methodBytes, path: path.bytes)
        exchange.resource = resource
        let decision = policy.decide(resource, exchange)
        exchange.resourceDecision = decision
        let verdict = admit(decision, resource)
        guard case .admitted = verdict else { return verdict }
        return .preflight(answer)
    }

    private static func match(_ table: RouteTable, _ head: RequestHead, _ path: ArraySlice<UInt8>) -> RouteMatch {
        table.match(method: head.methodBytes.span, path: path.span)
    }

    /// Whether a careless reader of the path would choose a route with another demand.
    private static func isAmbiguous(_ hit: RouteHit, _ exchange: borrowing Exchange) -> Bool {
        let snapshot = exchange.snapshot
        guard let table = snapshot.foldedTable, let folded = exchange.path?.foldedVariant() else { return false }
        guard case .matched(let other) = match(table, exchange.head, folded[...]) else { return false }
        func demands(_ hit: RouteHit) -> [RouteDefinition.Authorization] {
            [hit.route, hit.alsoGuardedBy].compactMap { $0.map { snapshot.document.routes[$0].authorization } }
        }
        let met = demands(hit)
        return demands(other).contains { $0 != .none && !met.contains($0) }
    }

    /// Whether a policy denies what a careless reader would make of the path, although it allows the path itself. `own`
    /// is the caller's.
    package static func isDeniedInOtherWords(_ exchange: Exchange, _ own: PolicyDocument?) -> Bool {
        guard exchange.snapshot.foldedTable != nil, own != nil || exchange.resourceDecision != nil,
            let path = exchange.path
        else { return false }
        return path.otherReadings.contains { isDenied(reading: $0, exchange, own) }
    }

    /// By a Deny, or because the Allow that admitted the path leaves just this reading out.
    private static func isDenied(reading: ArraySlice<UInt8>, _ exchange: Exchange, _ own: PolicyDocument?) -> Bool {
        let snapshot = exchange.snapshot
        let resource = snapshot.arn.arn(method: exchange.head.methodBytes, path: reading)
        // `aws:SourceArn` is that of the reading, too.
        var other = exchange
        other.resource = resource
        var isAllowed = false
        if let policy = snapshot.resourcePolicy, let decision = exchange.resourceDecision {
            if policy.refuses(resource, though: decision, other) { return true }
            isAllowed = policy.decide(resource, other).outcome == .allow
        }
        guard let own else { return false }
        let request = PolicyRequest(resource: resource.bytes, context: RequestPolicyContext(other))
        switch PolicyEvaluator.decide(request, by: own).outcome {
        case .allow: return false
        case .explicitDeny: return true
        case .implicitDeny:
            guard !isAllowed, let asked = exchange.resource else { return false }
            let decision = PolicyEvaluator.decide(
                PolicyRequest(resource: asked.bytes, context: RequestPolicyContext(exchange)), by: own)
            guard decision.outcome == .allow, let matched = decision.matched?.statement else { return false }
            return own.statements[matched].negatesResources
        }
    }

    private static let methodARNLimit = 1600

    /// A Lambda authorizer of a REST API is asked for no longer ARN (Developer Guide, output of Lambda authorizers).
    package static func isTooLong(
        _ resource: MethodARN, _ route: CompiledRoute, _ snapshot: GatewaySnapshot
    ) -> Bool {
        guard snapshot.apiType == .rest, route.authorizer != nil, !route.isJWT else {
            return false
        }
        return resource.bytes.count > methodARNLimit
    }

    private static func authorize(
        _ exchange: inout Exchange, route: Int, path: ArraySlice<UInt8>, _ workspace: AuthorizerWorkspace,
        _ isFinal: Bool
    ) -> Decision {
        let snapshot = exchange.snapshot
        let compiled = snapshot.routes[route]
        if compiled.authorizer == nil, snapshot.resourcePolicy == nil { return .admitted }
        let resource = snapshot.arn.arn(
            method: exchange.head.fields.bytes.span.extracting(exchange.head.methodRange.indices), path: path.span)
        exchange.resource = resource
        if isTooLong(resource, compiled, snapshot) {
            return .refused(.refused(RequestRefusal(.targetTooLong)))
        }
        let guardian = snapshot.resourcePolicy?.decide(resource, exchange)
        exchange.resourceDecision = guardian
        guard let authorizer = compiled.authorizer else { return admit(guardian, resource) }
        // Before anybody is asked. A caller whom AWS verifies itself is told so first.
        if !compiled.isJWT, guardian?.outcome == .explicitDeny { return admit(guardian, resource) }
        let step: AuthorizerStep
        switch authorizer {
        case .declarative(let declarative):
            // The usual source needs no view of the whole request.
            let presented =
                declarative.bearer(in: exchange.head.fields) ?? declarative.presented(by: identityRequest(exchange))
            step = declarative.decide(
                presented, resource: resource, at: exchange.receivedAt, in: workspace, isFinal: isFinal,
                answers: exchange.verifications)
        case .function(let function, _):
            step = function.decide(
                identityRequest(exchange), resource: resource, context: RequestPolicyContext(exchange),
                at: exchange.uptime,
                given: exchange.functionResults[ObjectIdentifier(function)])
        }
        switch consume step {
        case .waits(let wait): return .waits(wait)
        case .verifies(let verification): return .verifies(verification)
        case .asks(let question):
            guard case .function(_, let address) = authorizer else { return .refused(.unauthorized(.internal)) }
            return .asks(question, address)
        case .decided(let outcome):
            exchange.authorization = outcome
            return judge(&exchange, compiled, guardian, resource)
        }
    }

    private static func identityRequest(_ exchange: Exchange) -> IdentityRequest {
        IdentityRequest(head: exchange.head, stage: exchange.snapshot.stage, variables: ExchangeVariables(exchange))
    }

    /// Lent as `inout`, which copies nothing.
    private static func judge(
        _ exchange: inout Exchange, _ route: CompiledRoute, _ guardian: PolicyDecision?, _ resource: MethodARN
    ) -> Decision {
        let isJWT = route.isJWT
        if let decision = exchange.authorization?.decision, let identity = exchange.authorization?.identity {
            var joint = exchange.authorization?.isAllowed == true ? PolicyOutcome.allow : decision.outcome
            if let guardian, !isJWT {
                joint = ResourcePolicyTable.combine(identity: joint, resource: guardian.outcome)
            }
            switch joint {
            case .explicitDeny: return .refused(.explicitDeny)
            case .implicitDeny: return .refused(.implicitDeny)
            case .allow: break
            }
            guard hasScope(identity, route) else { return .refused(.unauthorized(.insufficientScope)) }
            return isJWT ? admit(guardian, resource) : .admitted
        }
        switch exchange.authorization?.verdict {
        // Both have a decision, and were dealt with.
        case .allowed, .denied, nil: return .refused(.unauthorized(.internal))
        case .unauthorized(let error): return .refused(.unauthorized(error.code))
        case .rejected(let rejection): return .refused(.rejected(rejection))
        case .refusedByFunction: return .refused(.refusedByFunction)
        case .failed(let failure): return .refused(.authorizerFailed(failure))
        }
    }

    /// The resource policy alone: it must allow aloud. Without one nothing is asked.
    private static func admit(_ guardian: PolicyDecision?, _ resource: MethodARN) -> Decision {
        guard let guardian, guardian.outcome != .allow else { return .admitted }
        return .refused(
            .resourcePolicy(ResourceRefusal(isExplicit: guardian.outcome == .explicitDeny, resource: resource)))
    }

    /// A route that names scopes wants at least one of them in the token.
    private static func hasScope(_ identity: AuthorizedIdentity, _ route: CompiledRoute) -> Bool {
        let wanted = route.definition.scopes
        if wanted.isEmpty { return true }
        guard let token = identity.token else { return false }
        let granted = token.claims.scopes
        return wanted.contains { scope in granted.contains { $0.elementsEqual(scope.value.utf8) } }
    }
}
