import Authorizers
import Documents
import Policies
import Routes
import Tokens

/// What there is to say where a function has decided: what it was asked by, and what its answer is worth here.
extension ExplanationBuilder {
    mutating func explainFunction(_ definition: AuthorizerDefinition, _ verdict: AuthorizerVerdict) {
        let name = definition.name
        switch verdict {
        case .unauthorized(let error):
            add(.identity, .failed, "\(error.description)", definition.identitySources.first?.span ?? definition.span)
            let sources = definition.identitySources.map { Self.name($0.value) }
            remedy = "send what \"\(name)\" looks at: \(sources.joined(separator: ", "))"
            return
        case .rejected(.identityMismatch):
            add(
                .identity, .failed, "identity_mismatch: the value does not match the validation expression",
                definition.identityValidationExpression?.span ?? definition.span)
            let asked = definition.functionUri == nil ? "the token was not looked at" : "the function was not called"
            let expression = definition.identityValidationExpression?.value ?? ""
            remedy = "send a value that matches \(expression) as a whole, or change the expression (\(asked))"
            return
        default: break
        }
        add(.identity, .satisfied, "every source of \"\(name)\" is there", definition.span)
        for stage in [Explanation.Stage.token, .signature, .claims] {
            add(stage, .notApplicable, "the function's matter")
        }
        let cache = exchange.authorization?.cache
        let isHit = cache == .hit
        let kept = cache == .off ? "not kept (ttl 0, or no identity source)" : "ttl \(definition.resultTtlInSeconds) s"
        add(
            .cache, isHit ? .satisfied : .notApplicable,
            cache == .off ? kept : "\(cache?.rawValue ?? "-")   \(kept)", notes: conversationNotes)
        let place = definition.functionUri?.span ?? definition.span
        switch verdict {
        case .rejected, .unauthorized:
            add(.policy, .notReached, "")
            add(.decision, .failed, "DENY: the function raised \"Unauthorized\"", place)
            remedy = "send credentials that the function accepts: raising \"Unauthorized\" is its way to say 401"
        case .failed(let failure):
            add(.policy, .notReached, "")
            add(.decision, .failed, "no verdict: \(failure.reason): \(failure.detail)", place)
            remedy = "let the function answer as API Gateway demands, within \(limit) s"
        case .refusedByFunction:
            add(.policy, .notApplicable, "a simple answer holds no policy")
            add(.decision, .failed, "DENY: the function answered isAuthorized false", place)
            remedy = "let the function answer isAuthorized true for this caller"
        case .allowed(let identity, let decision), .denied(let identity, let decision):
            explainFunctionPolicy(identity, decision, definition)
        }
    }

    /// How long a function may take, in seconds.
    private var limit: Int { snapshot.authorizerTimeoutInMillis / 1000 }

    /// What the function was asked and said, where somebody kept it.
    private var conversationNotes: [Explanation.Note] {
        conversations.flatMap { talk in
            let time = "\(talk.nanoseconds / 1_000_000) ms"
            var notes = [Explanation.Note(text: "asked \(talk.address), \(talk.event.count) bytes, \(time)", span: nil)]
            if let answer = talk.answer {
                let shown = String(decoding: answer.prefix(400), as: UTF8.self) + (answer.count > 400 ? "…" : "")
                let kind = talk.isFunctionError ? "raised" : "answered"
                notes.append(Explanation.Note(text: "it \(kind) \(shown)", span: nil))
            } else {
                notes.append(Explanation.Note(text: "it gave no answer", span: nil))
            }
            return notes
        }
    }

    private mutating func explainFunctionPolicy(
        _ identity: AuthorizedIdentity, _ decision: PolicyDecision, _ definition: AuthorizerDefinition
    ) {
        guard let resource = exchange.resource else { return }
        let request = PolicyRequest(resource: resource.bytes, context: RequestPolicyContext(exchange))
        let trace = PolicyEvaluator.trace(request, by: [identity.policy])
        let name = decision.statementName(in: [identity.policy])
        let place = definition.functionUri?.span ?? definition.span
        let text = "for \(String(decoding: resource.bytes, as: UTF8.self))"
        let notes = trace.render().split(separator: "\n").map { Explanation.Note(text: String($0), span: nil) }
        add(
            .policy, isAdmitted ? .satisfied : .failed, text, isAdmitted ? nil : place, notes: notes + resourceNotes,
            statements: resourceStatements)
        if addResourceDecision() { return }
        let isKept = exchange.authorization?.cache == .hit
        switch decision.outcome {
        case .allow: add(.decision, .satisfied, "ALLOW by \(name ?? "a statement")", place)
        case .explicitDeny:
            add(.decision, .failed, "DENY (explicit) by \(name ?? "a statement")", place)
            remedy = "let the function leave that Deny out: an Allow cannot override it"
        case .implicitDeny:
            add(.decision, .failed, "DENY (implicit): no statement of the function's policy allows it", place)
            remedy =
                isKept
                ? "the kept policy names other resources: let the function return a wider one, or set "
                    + "\"authorizerResultTtlInSeconds\": 0"
                : "let the function's policy allow this resource"
        }
    }
}
