package import Authorizers
import HTTP
import Policies
package import Routes
import Tokens

/// What is to be done with a request after it was decided.
package enum PipelineStep: Sendable {
    /// Answer it here.
    case respond(GatewayFailure)
    case mock(MockResponse, fields: [UInt8])
    case forward(HTTPProxyPlan)
}

/// Phases 2 to 4 of a request's life: match, identify, authorize. No sockets, no clock of its own: `serve` and the
/// offline commands run the same code.
package enum RequestPipeline {
    /// Fills the exchange and says what follows. Fails closed: whatever is not allowed is answered here.
    package static func run(_ exchange: inout Exchange, in workspace: AuthorizerWorkspace) -> PipelineStep {
        let failure = decide(&exchange, workspace)
        exchange.failure = failure
        if let failure { return .respond(failure) }
        guard let route = exchange.route else { return .respond(.noRoute) }
        switch route.integration {
        case .httpProxy(let plan): return .forward(plan)
        case .mock(let response, let fields): return .mock(response, fields: fields)
        }
    }

    private static func decide(_ exchange: inout Exchange, _ workspace: AuthorizerWorkspace) -> GatewayFailure? {
        let snapshot = exchange.snapshot
        let path: NormalPath
        do throws(PathRefusal) {
            path = try NormalPath.normalize(exchange.head, options: snapshot.pathOptions)
        } catch {
            return .refused(error.requestRefusal)
        }
        exchange.path = path
        guard case .matched(let hit) = match(snapshot.table, exchange.head, path.bytes) else { return .noRoute }
        exchange.hit = hit
        if isAmbiguous(path, hit, exchange) { return .refused(RequestRefusal(.pathAmbiguous)) }
        if let failure = authorize(&exchange, route: hit.route, path: path.bytes, workspace) { return failure }
        if let other = hit.alsoGuardedBy {
            // `/x/` is open only to those who may call `/x` (HTTP APIs).
            return authorize(&exchange, route: other, path: path.bytes.dropLast(), workspace)
        }
        return nil
    }

    private static func match(_ table: RouteTable, _ head: RequestHead, _ path: ArraySlice<UInt8>) -> RouteMatch {
        table.match(method: head.methodBytes.span, path: path.span)
    }

    /// Whether a careless reader of the path would choose a route with another demand.
    private static func isAmbiguous(_ path: NormalPath, _ hit: RouteHit, _ exchange: Exchange) -> Bool {
        let snapshot = exchange.snapshot
        guard let table = snapshot.foldedTable, let folded = path.foldedVariant() else { return false }
        guard case .matched(let other) = match(table, exchange.head, folded[...]) else { return false }
        let demanded = snapshot.document.routes[other.route].authorization
        return demanded != .none && demanded != snapshot.document.routes[hit.route].authorization
    }

    private static func authorize(
        _ exchange: inout Exchange, route: Int, path: ArraySlice<UInt8>, _ workspace: AuthorizerWorkspace
    ) -> GatewayFailure? {
        let snapshot = exchange.snapshot
        guard let authorizer = snapshot.routes[route].authorizer else { return nil }
        let resource = snapshot.arn.arn(method: exchange.head.methodBytes, path: path)
        exchange.resource = resource
        let request = IdentityRequest(
            head: exchange.head, stage: snapshot.stage, variables: ExchangeVariables(exchange))
        let outcome = authorizer.decide(request, resource: resource, at: exchange.receivedAt, in: workspace)
        exchange.authorization = outcome
        switch outcome.verdict {
        case .allowed: return nil
        case .denied(_, let decision): return decision.outcome == .explicitDeny ? .explicitDeny : .implicitDeny
        case .unauthorized(let error): return .unauthorized(error.code)
        }
    }
}
