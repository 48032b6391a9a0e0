/// The quota of a usage plan.
package struct Quota: Sendable, Hashable {
    /// Requests in each period.
    package var limit: UInt64
    package var period: QuotaPeriod
    /// Requests by which the first period has fewer.
    package var offset: UInt64

    package init(limit: UInt64, period: QuotaPeriod, offset: UInt64 = 0) {
        self.limit = limit
        self.period = period
        self.offset = offset
    }
}

/// What has been used of a quota in the current period.
package struct QuotaCount: Sendable, Hashable {
    /// The second at which the period began that is counted in.
    package var start: Int64
    /// The same of the period in which counting began.
    package var first: Int64
    package var used: UInt64

    package init(start: Int64, first: Int64, used: UInt64) {
        self.start = start
        self.first = first
        self.used = used
    }

    /// Whether one more request is within the quota; enters the period of `seconds` (since 1970, UTC) first.
    package mutating func hasRoom(in quota: Quota, at seconds: Int64) -> Bool {
        enter(quota.period.start(of: seconds), quota.period)
        let less = start == first ? quota.offset : 0
        return quota.limit > less && used < quota.limit - less
    }

    /// A clock that went back a little must not give a period's requests twice, and one that was far ahead must not keep
    /// the count for ever: what was used then counts in the present.
    private mutating func enter(_ current: Int64, _ period: QuotaPeriod) {
        if current > start {
            used = 0
            start = current
        } else if current < period.start(of: start - 1) {
            start = current
        }
    }
}
