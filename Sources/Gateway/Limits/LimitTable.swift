package import Limits
import Routes

/// Rates, API keys and plans of one configuration, for all its stages. What they count lives longer: buckets and counts
/// whose definition has not changed go on when another configuration takes the place of this one.
package final class LimitTable: Sendable {
    private struct RouteName: Hashable {
        var stage: String
        var route: String
    }

    private struct Membership: Hashable {
        var plan: String
        var key: String
    }

    /// What is counted of quotas.
    package let ledger: QuotaLedger
    private let buckets: [RouteName: SharedBucket]
    private let subscriptions: [Membership: Subscription]
    /// By value, disabled ones too. Swift seeds its hashes for each process, so nobody finds a value byte by byte.
    private let keys: [[UInt8]: CallerKey]

    init(_ document: GatewayDocument, replacing previous: LimitTable?) {
        ledger = previous?.ledger ?? QuotaLedger()
        var buckets: [RouteName: SharedBucket] = [:]
        for stage in document.stages {
            for route in document.routes {
                guard
                    let throttle = ThrottleDefinition.resolved(route: route.throttle, stage: stage.throttle)
                else { continue }
                let limit = RateLimit(rate: throttle.rate, burst: throttle.burst)
                let name = RouteName(stage: stage.name, route: route.key.text)
                let former = previous?.buckets[name]
                buckets[name] = former?.limit == limit ? former : SharedBucket(limit)
            }
        }
        self.buckets = buckets
        var subscriptions: [Membership: Subscription] = [:]
        var keys: [[UInt8]: CallerKey] = [:]
        for key in document.apiKeys {
            var plans: [String: CallerPlan] = [:]
            for plan in document.usagePlans where plan.apiKeys.contains(key.name) {
                let membership = Membership(plan: plan.name, key: key.name)
                let subscription = Self.subscription(
                    plan, key.name, replacing: previous?.subscriptions[membership], ledger)
                subscriptions[membership] = subscription
                for stage in document.stages {
                    guard let use = plan.stage(named: stage.name) else { continue }
                    plans[stage.name] = CallerPlan(plan: plan, stage: use, subscription: subscription)
                }
            }
            keys[Array(key.value.utf8)] = CallerKey(
                definition: key, plans: document.usagePlans.isEmpty ? nil : plans)
        }
        self.subscriptions = subscriptions
        self.keys = keys
    }

    private static func subscription(
        _ plan: UsagePlanDefinition, _ key: String, replacing former: Subscription?, _ ledger: QuotaLedger
    ) -> Subscription {
        let throttle = plan.throttle.map { RateLimit(rate: $0.rate, burst: $0.burst) }
        let quota = plan.quota.map { quota in
            Quota(limit: UInt64(quota.limit), period: quota.period.inLimits, offset: UInt64(quota.offset))
        }
        if let former, former.throttle == throttle, former.quota == quota { return former }
        return Subscription(
            throttle: throttle, quota: quota,
            cell: quota.map { ledger.cell(QuotaID(plan: plan.name, key: key, period: $0.period)) },
            replacing: former)
    }

    /// Nil for a route without a limit.
    func bucket(stage: String, route: String) -> SharedBucket? { buckets[RouteName(stage: stage, route: route)] }

    func key(_ value: [UInt8]) -> CallerKey? { keys[value] }
}

extension QuotaDefinition.Period {
    fileprivate var inLimits: QuotaPeriod {
        switch self {
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }
}

/// An API key, and what its plans let it do.
package final class CallerKey: Sendable {
    /// `identity.apiKeyId`: its name in the configuration.
    package let id: [UInt8]
    package let name: String
    /// A secret.
    package let value: [UInt8]
    package let isEnabled: Bool
    /// By stage; nil where the API has no plans, which leaves every stage open to every key.
    private let plans: [String: CallerPlan]?

    init(definition: ApiKeyDefinition, plans: [String: CallerPlan]?) {
        id = Array(definition.name.utf8)
        name = definition.name
        value = Array(definition.value.utf8)
        isEnabled = definition.isEnabled
        self.plans = plans
    }

    func plan(for stage: String) -> CallerPlan? { plans?[stage] }

    func mayCall(_ stage: String) -> Bool { plans.map { $0[stage] != nil } ?? true }

    /// As AWS shows keys in logs: the last six characters behind asterisks.
    var masked: [UInt8] {
        Array(repeating: UInt8(ascii: "*"), count: max(0, value.count - 6)) + value.suffix(6)
    }
}

/// One key under one plan, on one stage.
struct CallerPlan: Sendable {
    let plan: UsagePlanDefinition
    let subscription: Subscription
    private let methods: [String: Subscription.Method]

    init(plan: UsagePlanDefinition, stage: UsagePlanDefinition.Stage, subscription: Subscription) {
        self.plan = plan
        self.subscription = subscription
        var methods: [String: Subscription.Method] = [:]
        for (route, throttle) in stage.methods {
            methods[route] = Subscription.Method(
                stage: stage.name, route: route, limit: RateLimit(rate: throttle.rate, burst: throttle.burst))
        }
        self.methods = methods
    }

    /// The rate of a route's own; nil when the plan's counts.
    func method(_ route: String) -> Subscription.Method? { methods.isEmpty ? nil : methods[route] }
}
