import HTTP
package import Policies
package import Routes
import Tokens

/// An authorizer that is a function: it gets the request's identity as an event and answers with a policy, or with a
/// plain yes or no. How the function is reached is somebody else's matter; this is what its answers are worth.
package final class FunctionAuthorizer: Sendable {
    package let definition: AuthorizerDefinition
    /// Results are kept here, unless their time to live is 0.
    package let cache: AuthorizerResultCache
    private let expression: ValidationExpression?
    private let number: UInt64
    private let stage: String

    /// `number` must be unique among all authorizers of this process: it is part of the cache's keys.
    package init(
        definition: AuthorizerDefinition, expression: ValidationExpression?, cache: AuthorizerResultCache,
        number: UInt64, stage: String
    ) {
        self.definition = definition
        self.expression = expression
        self.cache = cache
        self.number = number
        self.stage = stage
    }

    /// Judges from what is known: a result just given, or a kept one; otherwise says what the function is to be asked.
    /// `now` is in seconds of the monotonic clock.
    package func decide(
        _ request: IdentityRequest, resource: MethodARN, context: any PolicyContext, at now: Double,
        given: AuthorizerResult?
    ) -> AuthorizerStep {
        var values: [[UInt8]] = []
        for source in definition.identitySources {
            switch IdentityReader.read(source.value, from: request) {
            case .missing: return .refused(TokenError(.tokenMissing), .off)
            case .several: return .refused(TokenError(.tokenMultiple), .off)
            case .one(let value): values.append(value)
            }
        }
        if let expression, let value = values.first, !expression.matches(value) {
            return .decided(AuthorizerOutcome(verdict: .rejected(.identityMismatch), cache: .off))
        }
        // Without a source there is nothing to tell callers apart by, so nothing is kept.
        let keeps = definition.resultTtlInSeconds > 0 && !values.isEmpty
        let key = keeps ? AuthorizerResultCache.Key(authorizer: number, parts: [Array(stage.utf8)] + values) : nil
        if let given {
            return .decided(AuthorizerOutcome(verdict: judge(given, resource, context), cache: keeps ? .miss : .off))
        }
        if let key, let kept = cache.result(for: key, at: now) {
            return .decided(AuthorizerOutcome(verdict: judge(kept, resource, context), cache: .hit))
        }
        return .asks(FunctionQuestion(authorizer: self, key: key, identityValues: values, resource: resource))
    }

    /// The policy is judged for this request, whoever it was first asked for.
    private func judge(
        _ result: AuthorizerResult, _ resource: MethodARN, _ context: any PolicyContext
    ) -> AuthorizerVerdict {
        switch result {
        case .identity(let identity):
            let decision = PolicyEvaluator.decide(
                PolicyRequest(resource: resource.bytes, context: context), by: identity.policy)
            return decision.outcome == .allow ? .allowed(identity, decision) : .denied(identity, decision)
        case .simple(let identity, let isAuthorized):
            let decision = PolicyEvaluator.decide(PolicyRequest(resource: resource.bytes), by: identity.policy)
            return isAuthorized ? .allowed(identity, decision) : .refusedByFunction(identity)
        case .unauthorized: return .rejected(.functionUnauthorized)
        case .failed(let failure): return .failed(failure)
        }
    }
}

/// What a function authorizer must be asked for one request.
package struct FunctionQuestion: Sendable {
    package let authorizer: FunctionAuthorizer
    /// Where the answer is kept; nil when it is not.
    package let key: AuthorizerResultCache.Key?
    /// In the order of the identity sources.
    package let identityValues: [[UInt8]]
    package let resource: MethodARN
}
