import Synchronization

/// What one API key may do under one usage plan, for all workers.
package final class Subscription: Sendable {
    /// Which limit refuses.
    package enum Refusal: Sendable, Hashable {
        /// The plan's rate, or its rate for this method.
        case throttled
        case quotaExceeded
    }

    /// A method with a rate of its own.
    package struct Method: Sendable, Hashable {
        package var stage: String
        /// The route key.
        package var route: String
        package var limit: RateLimit

        package init(stage: String, route: String, limit: RateLimit) {
            self.stage = stage
            self.route = route
            self.limit = limit
        }
    }

    private struct Buckets {
        var plan: TokenBucket?
        /// Made when first needed; at most as many as the plan names.
        var methods: [Method: TokenBucket] = [:]
    }

    package let throttle: RateLimit?
    package let quota: Quota?
    private let cell: QuotaCell?
    private let buckets: SharedBuckets

    /// Two subscriptions have the same buckets when one goes on where the other was.
    private final class SharedBuckets: Sendable {
        let inner = Mutex(Buckets())
    }

    /// `cell` counts for the quota; without either there is no quota. The buckets of `former` go on when its rate is the
    /// same, whatever became of its quota: to change a quota gives nobody new tokens.
    package init(throttle: RateLimit?, quota: Quota?, cell: QuotaCell?, replacing former: Subscription? = nil) {
        if let former, former.throttle == throttle {
            buckets = former.buckets
        } else {
            buckets = SharedBuckets()
        }
        self.throttle = throttle
        self.quota = quota
        self.cell = cell
    }

    /// What has been used of the quota; nil before the first request.
    package var count: QuotaCount? { cell?.count }

    /// Admits a request, or says what refuses it; a request that is refused costs nothing. A rate of the method takes the
    /// place of the plan's. `now` in nanoseconds of a clock that never goes back, `seconds` since 1970.
    package func take(_ method: Method?, at now: UInt64, seconds: Int64) -> Refusal? {
        buckets.inner.withLock { buckets in
            var bucket: TokenBucket?
            if let method {
                bucket = buckets.methods[method] ?? TokenBucket(method.limit, at: now)
            } else if let throttle {
                bucket = buckets.plan ?? TokenBucket(throttle, at: now)
            }
            let isFree = bucket?.hasToken(at: now) ?? true
            let hasRoom = isFree && count(at: seconds)
            if hasRoom { _ = bucket?.take(at: now) }
            if let method { buckets.methods[method] = bucket } else { buckets.plan = bucket }
            if !isFree { return .throttled }
            return hasRoom ? nil : .quotaExceeded
        }
    }

    /// Takes back a request that another limit has refused.
    package func putBack(_ method: Method?, seconds: Int64) {
        buckets.inner.withLock { buckets in
            if let method { buckets.methods[method]?.putBack() } else { buckets.plan?.putBack() }
        }
        if let quota { cell?.putBack(quota, at: seconds) }
    }

    private func count(at seconds: Int64) -> Bool {
        guard let quota, let cell else { return true }
        return cell.take(quota, at: seconds)
    }
}
