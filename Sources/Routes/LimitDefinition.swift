package import Documents

/// `throttlingRateLimit` and `throttlingBurstLimit` of a stage or a route.
package struct ThrottleDefinition: Sendable, Hashable {
    /// Requests a second.
    package var rate: Double?
    /// Requests at once.
    package var burst: Int?

    /// Nil when neither is written.
    init?(rate: Double?, burst: Int?) {
        if rate == nil, burst == nil { return nil }
        self.rate = rate
        self.burst = burst
    }

    /// AWS's rate of an account and region: what counts where only a burst is written.
    package static let accountRate = 10_000.0

    /// What counts for a route: its own values before those of its stage. Without a burst it is the rate, rounded up.
    package static func resolved(
        route: ThrottleDefinition?, stage: ThrottleDefinition?
    ) -> (rate: Double, burst: Int)? {
        if route == nil, stage == nil { return nil }
        let rate = route?.rate ?? stage?.rate ?? accountRate
        let inherited = route?.rate == nil ? stage?.burst : nil
        return (rate, route?.burst ?? inherited ?? burst(for: rate))
    }

    /// The bucket of a rate that says nothing of bursts.
    static func burst(for rate: Double) -> Int { Int(rate.rounded(.up)) }
}

/// Where the API key of a request is read.
package enum ApiKeySource: String, Sendable, Hashable, CaseIterable {
    /// `X-API-Key`.
    case header = "HEADER"
    /// `usageIdentifierKey` of the authorizer.
    case authorizer = "AUTHORIZER"
}

/// One entry of `apiKeys`.
package struct ApiKeyDefinition: Sendable, Hashable {
    package var name: String
    package var span: SourceSpan
    /// A secret.
    package var value: String
    package var isEnabled: Bool
}

/// A rate and a burst that are both known, of a usage plan.
package struct PlanThrottle: Sendable, Hashable {
    package var rate: Double
    package var burst: Int
}

/// `quota` of a usage plan.
package struct QuotaDefinition: Sendable, Hashable {
    package enum Period: String, Sendable, Hashable, CaseIterable {
        case day = "DAY"
        case week = "WEEK"
        case month = "MONTH"
    }

    package var limit: Int
    package var period: Period
    /// Requests by which the first period has fewer.
    package var offset: Int
}

/// One entry of `usagePlans`.
package struct UsagePlanDefinition: Sendable {
    /// A stage that the plan's keys may call.
    package struct Stage: Sendable {
        package var name: String
        /// By route key.
        package var methods: [String: PlanThrottle]
    }

    package var name: String
    package var span: SourceSpan
    /// Nil when the plan names none: then its keys may call all.
    package var stages: [Stage]?
    package var throttle: PlanThrottle?
    package var quota: QuotaDefinition?
    /// Names among ``GatewayDocument/apiKeys``.
    package var apiKeys: [String]

    /// What the plan says of a stage; nil when its keys may not call it.
    package func stage(named name: String) -> Stage? {
        guard let stages else { return Stage(name: name, methods: [:]) }
        return stages.first { $0.name == name }
    }
}

/// `usage`: where the counts of quotas are kept.
package struct UsageDefinition: Sendable, Hashable {
    /// As the surroundings resolve it. It is made when it is not there.
    package var path: String
    package var span: SourceSpan
}
