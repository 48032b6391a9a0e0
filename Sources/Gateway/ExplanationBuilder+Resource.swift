import Authorizers
import Documents
import Policies
import Routes

/// What there is to say of the API's resource policy. Its statements stand in the step `policy` beside those of the
/// authorizer, since both are judged together.
extension ExplanationBuilder {
    /// Statements shown that had no part in the decision.
    private static let shownLimit = 20

    /// Whether the gate said yes, whatever came after.
    var isAdmitted: Bool { outcome == .allow }

    // MARK: Alone

    /// A route without an authorizer: the resource policy must allow aloud.
    mutating func explainPublicRoute(_ route: RouteDefinition) {
        add(.identity, .notApplicable, "none asked for: the route is public", route.authorizationSpan)
        for stage in [Explanation.Stage.token, .signature, .claims, .cache] { add(stage, .notApplicable, "") }
        addResourcePolicy()
    }

    /// The resource policy refused before any authorizer was asked.
    mutating func explainResourceRefusal() {
        guard case .resourcePolicy? = exchange.failure else { return }
        for stage in [Explanation.Stage.identity, .token, .signature, .claims, .cache] { add(stage, .notReached, "") }
        addResourcePolicy()
    }

    private mutating func addResourcePolicy() {
        let text = exchange.resource.map { "for \($0.text)" } ?? ""
        add(
            .policy, isAdmitted ? .satisfied : .failed, text, nil, notes: resourceNotes, statements: resourceStatements)
        _ = addResourceDecision()
    }

    // MARK: Parts

    /// Adds the step `decision` where the resource policy had the last word; false where the authorizer had.
    mutating func addResourceDecision() -> Bool {
        guard let policy = snapshot.resourcePolicy, let decision = exchange.resourceDecision else { return false }
        let label = policy.label(of: decision) ?? ""
        let span = policy.span(of: decision)
        if case .resourcePolicy? = exchange.failure {
            if decision.outcome == .explicitDeny {
                add(.decision, .failed, "DENY (explicit) by \(label) of the resource policy", span)
                remedy = "change \(label) of api.policy (an Allow cannot override a Deny)"
            } else {
                add(
                    .decision, .failed, "DENY (implicit): no statement of the resource policy allows it",
                    policy.definition.span)
                remedy = "add an Allow statement for \(exchange.resource?.text ?? "the resource") to api.policy"
            }
            return true
        }
        let own = exchange.authorization?.verdict.decision?.outcome
        guard isAdmitted, decision.outcome == .allow, own != .allow else { return false }
        let reason = own == nil ? "" : ": the authorizer's policy is silent"
        add(.decision, .satisfied, "ALLOW by \(label) of the resource policy\(reason)", span)
        return true
    }

    private var trace: PolicyTrace? {
        guard let policy = snapshot.resourcePolicy, let resource = exchange.resource else { return nil }
        return PolicyEvaluator.trace(policy.request(resource, exchange), by: [policy.document])
    }

    /// Those that match, and the first of those that do not.
    var resourceStatements: [Explanation.Statement] {
        guard let policy = snapshot.resourcePolicy, let trace else { return [] }
        var shown: [Explanation.Statement] = []
        var others = 0
        for statement in trace.statements {
            let index = statement.index.statement
            let isDecisive = statement.index == trace.decision.matched
            if !isDecisive {
                others += 1
                if others > Self.shownLimit { continue }
            }
            var status = Explanation.Status.failed
            if statement.matches { status = isDecisive && statement.effect == .deny ? .decisiveDeny : .satisfied }
            shown.append(
                Explanation.Statement(
                    status: status, effect: statement.effect.rawValue, label: "api.policy \(policy.label(index))",
                    text: statement.reason.text, span: policy.span(ofStatement: index), isDecisive: isDecisive))
        }
        return shown
    }

    /// How many statements are not shown.
    var resourceNotes: [Explanation.Note] {
        guard let policy = snapshot.resourcePolicy, let decision = exchange.resourceDecision else { return [] }
        let hidden = policy.document.count - (decision.matched == nil ? 0 : 1) - Self.shownLimit
        guard hidden > 0 else { return [] }
        return [Explanation.Note(text: "\(hidden) more statements of api.policy are not shown", span: nil)]
    }
}
