import Documents
import Limits
import Routes

/// What there is to say of API keys, rates and quotas. They come after the decision, so they stand at its step.
extension ExplanationBuilder {
    mutating func explainLimits() {
        guard steps.count == Explanation.Stage.allCases.count, let route = exchange.route else { return }
        let index = Explanation.Stage.decision.rawValue - 1
        switch exchange.failure {
        case .apiKey(let refusal):
            replace(index, "DENY: \(words(refusal))", route.definition.span, remedy(refusal))
        case .throttled(let scope):
            let plan = exchange.callerKey?.plan(for: snapshot.stage.name)
            let name = scope == .plan ? "the usage plan \"\(plan?.plan.name ?? "")\"" : "the route"
            replace(
                index, "DENY: more requests than the rate of \(name) lets through", route.definition.span,
                "call more slowly, or raise the rate")
        case .quotaExceeded:
            let plan = exchange.callerKey?.plan(for: snapshot.stage.name)?.plan
            replace(
                index, "DENY: the quota of the usage plan \"\(plan?.name ?? "")\" is spent", plan?.span,
                "wait for the next period, or raise the quota")
        default: break
        }
        guard isAdmitted || exchange.callerKey != nil else { return }
        steps[index].notes += limitNotes(route)
    }

    private mutating func replace(_ index: Int, _ text: String, _ span: SourceSpan?, _ remedy: String) {
        steps[index] = Explanation.Step(stage: .decision, status: .failed, text: text, span: span)
        self.remedy = remedy
        remedyClaims = []
    }

    private func words(_ refusal: ApiKeyRefusal) -> String {
        let source =
            document.api.apiKeySource == .header ? "header X-API-Key" : "the authorizer's usageIdentifierKey"
        return switch refusal {
        case .missing: "the route asks for an API key, and \(source) holds none"
        case .several: "there are several X-API-Key headers"
        case .unknown: "\(source) holds no value of \"apiKeys\""
        case .disabled: "the API key is disabled"
        case .withoutPlan: "the API key is in no usage plan for stage \(snapshot.stage.name)"
        }
    }

    private func remedy(_ refusal: ApiKeyRefusal) -> String {
        switch refusal {
        case .missing, .several, .unknown:
            document.api.apiKeySource == .header
                ? "send one X-API-Key header with the value of an entry of apiKeys"
                : "let the authorizer say usageIdentifierKey: the value of an entry of apiKeys"
        case .disabled: "set \"enabled\": true on the key, or use another"
        case .withoutPlan: "add the key to a plan of \"usagePlans\" whose apiStages name \(snapshot.stage.name)"
        }
    }

    // MARK: Limits

    /// The limits that the request comes under; those who serve count it, commands do not.
    private func limitNotes(_ route: CompiledRoute) -> [Explanation.Note] {
        var texts: [(String, SourceSpan?)] = []
        let uncounted = exchange.isCounted ? "" : "; not counted here"
        if let key = exchange.callerKey {
            texts.append(("API key \"\(key.name)\"", nil))
            if let plan = key.plan(for: snapshot.stage.name) {
                let own = plan.method(route.definition.key.text)?.limit
                if let rate = own ?? plan.subscription.throttle {
                    texts.append(
                        ("usage plan \"\(plan.plan.name)\": \(Self.words(rate))\(uncounted)", plan.plan.span))
                }
                if let quota = plan.plan.quota {
                    texts.append(
                        (
                            "usage plan \"\(plan.plan.name)\": \(quota.limit) requests each "
                                + "\(quota.period.rawValue.lowercased())\(uncounted)", plan.plan.span
                        ))
                }
            }
        }
        if let throttle = route.throttle {
            texts.append(("limit: \(Self.words(throttle.limit))\(uncounted)", route.definition.span))
        }
        return texts.map { Explanation.Note(text: $0.0, span: $0.1) }
    }

    /// `50 requests a second, 100 at once`
    private static func words(_ limit: RateLimit) -> String {
        let whole = limit.microsPerSecond / 1_000_000
        var digits = String(limit.microsPerSecond % 1_000_000 + 1_000_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        let rate = digits.isEmpty ? "\(whole)" : "\(whole).\(digits)"
        return "\(rate) requests a second, \(limit.burst) at once"
    }
}
