/// Rates, quotas and API keys, before and after: what lets somebody call more than before.
extension ConfigurationDifference {
    mutating func compareLimits(_ old: GatewayDocument, _ new: GatewayDocument) {
        for route in new.routes {
            guard let former = old.routes.first(where: { $0.key.shape == route.key.shape }) else { continue }
            if former.apiKeyRequired, !route.apiKeyRequired {
                note(.limitLoosened, route.key.text, "no longer asks for an API key")
            }
            for stage in new.stages {
                guard let before = old.stage(named: stage.name) else { continue }
                compareRates(
                    ThrottleDefinition.resolved(route: former.throttle, stage: before.throttle),
                    ThrottleDefinition.resolved(route: route.throttle, stage: stage.throttle), route.key.text)
            }
        }
        for plan in new.usagePlans {
            guard let before = old.usagePlans.first(where: { $0.name == plan.name }) else { continue }
            let subject = "usage plan \(plan.name)"
            compareRates(
                before.throttle.map { ($0.rate, $0.burst) }, plan.throttle.map { ($0.rate, $0.burst) }, subject)
            guard let quota = before.quota, plan.quota != quota else { continue }
            let isTighter = plan.quota.map { $0.period == quota.period && $0.limit <= quota.limit } ?? false
            if !isTighter { note(.limitLoosened, subject, "has another quota") }
        }
        // Without any plan, every key is good for every stage.
        if !old.usagePlans.isEmpty, new.usagePlans.isEmpty, new.routes.contains(where: \.apiKeyRequired) {
            note(.limitLoosened, "usagePlans", "are gone: every API key may call every stage")
        }
    }

    private mutating func compareRates(
        _ before: (rate: Double, burst: Int)?, _ after: (rate: Double, burst: Int)?, _ subject: String
    ) {
        guard let before else { return }
        guard let after else { return note(.limitLoosened, subject, "has no rate any more") }
        if after.rate > before.rate || after.burst > before.burst {
            note(.limitLoosened, subject, "lets more requests through")
        }
    }
}
