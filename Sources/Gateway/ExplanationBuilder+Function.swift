import Authorizers
import Policies
import Routes
import Tokens

/// What there is to say where a function has decided: what it was asked by, and what its answer is worth here.
extension ExplanationBuilder {
    mutating func explainFunction(_ definition: AuthorizerDefinition, _ verdict: AuthorizerVerdict) {
        switch verdict {
        case .unauthorized(let error):
            add(.identity, .failed, "\(error.description)", definition.identitySources.first?.span ?? definition.span)
            remedy = "send what the identity sources of \"\(definition.name)\" name"
            return
        case .rejected(.identityMismatch):
            add(
                .identity, .failed, "the value does not match the validation expression",
                definition.identityValidationExpression?.span ?? definition.span)
            remedy = "the whole value must match; the function was not called"
            return
        default: break
        }
        add(.identity, .satisfied, "every source of \"\(definition.name)\" is there", definition.span)
        for stage in [Explanation.Stage.token, .signature, .claims] {
            add(stage, .notApplicable, "the function's matter")
        }
        let cache = exchange.authorization?.cache
        add(
            .cache, .notApplicable,
            cache == .off ? "not kept (ttl 0)" : "\(cache?.rawValue ?? "-")   ttl \(definition.resultTtlInSeconds) s")
        switch verdict {
        case .rejected, .unauthorized:
            add(.policy, .notReached, "")
            add(.decision, .failed, "the function raised \"Unauthorized\"", definition.functionUri?.span)
        case .failed(let failure):
            add(.policy, .notReached, "")
            add(.decision, .failed, "no verdict: \(failure.detail)", definition.functionUri?.span)
            remedy = failure.reason
        case .refusedByFunction:
            add(.policy, .notApplicable, "a simple answer holds no policy")
            add(.decision, .failed, "DENY: the function answered isAuthorized false", definition.functionUri?.span)
        case .allowed(let identity, let decision), .denied(let identity, let decision):
            explainFunctionPolicy(identity, decision, definition)
        }
    }

    private mutating func explainFunctionPolicy(
        _ identity: AuthorizedIdentity, _ decision: PolicyDecision, _ definition: AuthorizerDefinition
    ) {
        guard let resource = exchange.resource else { return }
        let request = PolicyRequest(resource: resource.bytes, context: RequestPolicyContext(exchange))
        let trace = PolicyEvaluator.trace(request, by: [identity.policy])
        let name = decision.statementName(in: [identity.policy])
        let text = "for \(String(decoding: resource.bytes, as: UTF8.self))"
        let notes = trace.render().split(separator: "\n").map { Explanation.Note(text: String($0), span: nil) }
        add(
            .policy, isAdmitted ? .satisfied : .failed, text, notes: notes + resourceNotes,
            statements: resourceStatements)
        if addResourceDecision() { return }
        switch decision.outcome {
        case .allow: add(.decision, .satisfied, "ALLOW by \(name ?? "a statement")")
        case .explicitDeny: add(.decision, .failed, "DENY (explicit) by \(name ?? "a statement")")
        case .implicitDeny:
            add(.decision, .failed, "DENY (implicit): no statement of the function's policy allows it")
            if exchange.authorization?.cache == .hit {
                remedy = "the kept policy names other resources; return a wider one, or set the TTL to 0"
            }
        }
    }
}
