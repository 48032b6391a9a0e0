import Limits
import Testing

struct QuotaTests {
    /// 2026-11-22 12:00:00, a Sunday.
    private static let noon: Int64 = 1_795_348_800

    @Test(
        "Periods begin at midnight UTC, weeks on Sunday, months on the first",
        arguments: [
            (QuotaPeriod.day, 0, 0), (.day, -1, -86_400), (.day, 86_399, 0),
            (.week, 0, -345_600), (.week, 259_199, -345_600), (.week, 259_200, 259_200),
            (.month, 0, 0), (.month, 2_678_399, 0), (.month, 2_678_400, 2_678_400), (.month, -1, -2_678_400),
            // 2000-02-29 and 2100-03-01: a leap year of the 400 rule, and none of the 100 rule.
            (.month, 951_782_400, 949_363_200), (.month, 4_107_542_400, 4_107_542_400),
            (.month, 4_107_542_399, 4_105_123_200),
            (.day, noon, noon - 43_200), (.week, noon, noon - 43_200), (.month, noon, noon - 43_200 - 21 * 86_400),
        ] as [(QuotaPeriod, Int64, Int64)])
    func starts(_ period: QuotaPeriod, _ moment: Int64, _ expected: Int64) {
        #expect(period.start(of: moment) == expected)
    }

    private func subscription(
        _ quota: Quota?, throttle: RateLimit? = nil, in ledger: QuotaLedger = QuotaLedger()
    ) -> Subscription {
        Subscription(
            throttle: throttle, quota: quota,
            cell: quota.map { ledger.cell(QuotaID(plan: "gold", key: "one", period: $0.period)) })
    }

    @Test("A quota refuses what is beyond it, what an offset takes away, and what a limit of zero leaves")
    func refuses() {
        let plain = subscription(Quota(limit: 2, period: .day))
        #expect(
            (0..<4).map { _ in plain.take(nil, at: 0, seconds: Self.noon) } == [
                nil, nil, .quotaExceeded, .quotaExceeded,
            ])
        let offset = subscription(Quota(limit: 3, period: .day, offset: 2))
        #expect((0..<2).map { _ in offset.take(nil, at: 0, seconds: Self.noon) } == [nil, .quotaExceeded])
        // The offset is for the first period only.
        let next = Self.noon + 86_400
        #expect((0..<4).map { _ in offset.take(nil, at: 0, seconds: next) } == [nil, nil, nil, .quotaExceeded])
        #expect(subscription(Quota(limit: 0, period: .month)).take(nil, at: 0, seconds: 0) == .quotaExceeded)
        #expect(
            subscription(Quota(limit: 1, period: .week, offset: .max)).take(nil, at: 0, seconds: 0) == .quotaExceeded)
    }

    @Test("A refused request costs nothing: neither the rate's tokens nor the quota's count")
    func refusedIsFree() {
        let both = subscription(Quota(limit: 1, period: .day), throttle: RateLimit(rate: 0, burst: 2))
        #expect(both.take(nil, at: 0, seconds: Self.noon) == nil)
        #expect((0..<9).allSatisfy { _ in both.take(nil, at: 0, seconds: Self.noon) == .quotaExceeded })
        // The second token is still there for the next day.
        #expect(both.take(nil, at: 0, seconds: Self.noon + 86_400) == nil)
        #expect(both.take(nil, at: 0, seconds: Self.noon + 86_400) == .throttled)
        #expect(both.count?.used == 1)
        both.putBack(nil, seconds: Self.noon + 86_400)
        #expect(both.count?.used == 0)
        #expect(both.take(nil, at: 0, seconds: Self.noon + 86_400) == nil)
    }

    @Test("Another quota leaves the buckets as they are; another rate fills new ones")
    func reload() {
        func made(_ limit: UInt64?, _ rate: RateLimit, replacing former: Subscription?) -> Subscription {
            let quota = limit.map { Quota(limit: $0, period: .day) }
            let cell = quota.map { QuotaLedger().cell(QuotaID(plan: "gold", key: "one", period: $0.period)) }
            return Subscription(throttle: rate, quota: quota, cell: cell, replacing: former)
        }
        let rate = RateLimit(rate: 0, burst: 1)
        let own = Subscription.Method(stage: "dev", route: "GET /a", limit: rate)
        let first = made(100, rate, replacing: nil)
        #expect(first.take(nil, at: 0, seconds: 0) == nil)
        #expect(first.take(own, at: 0, seconds: 0) == nil)
        for limit: UInt64? in [101, nil] {
            let next = made(limit, rate, replacing: first)
            #expect(next.take(nil, at: 0, seconds: 0) == .throttled)
            #expect(next.take(own, at: 0, seconds: 0) == .throttled)
        }
        #expect(made(100, RateLimit(rate: 0, burst: 2), replacing: first).take(nil, at: 0, seconds: 0) == nil)
    }

    @Test("A method's own rate takes the place of the plan's, for that method alone")
    func methods() {
        let plan = subscription(nil, throttle: RateLimit(rate: 0, burst: 1))
        let own = Subscription.Method(stage: "dev", route: "GET /a", limit: RateLimit(rate: 0, burst: 2))
        let elsewhere = Subscription.Method(stage: "prod", route: "GET /a", limit: RateLimit(rate: 0, burst: 1))
        #expect((0..<3).map { _ in plan.take(own, at: 0, seconds: 0) } == [nil, nil, .throttled])
        #expect((0..<2).map { _ in plan.take(nil, at: 0, seconds: 0) } == [nil, .throttled])
        #expect((0..<2).map { _ in plan.take(elsewhere, at: 0, seconds: 0) } == [nil, .throttled])
        plan.putBack(own, seconds: 0)
        #expect((0..<2).map { _ in plan.take(own, at: 0, seconds: 0) } == [nil, .throttled])
        #expect(plan.count == nil)
    }

    @Test(
        "A clock that goes back over midnight gives nothing twice, and one that was years ahead keeps no count for ever"
    )
    func clocks() {
        let cell = subscription(Quota(limit: 2, period: .day))
        let (before, after) = (Self.noon + 43_190, Self.noon + 43_210)
        #expect([after, before, before].map { cell.take(nil, at: 0, seconds: $0) } == [nil, nil, .quotaExceeded])
        let far = subscription(Quota(limit: 2, period: .day))
        #expect(far.take(nil, at: 0, seconds: Self.noon + 86_400 * 1000) == nil)
        #expect(far.take(nil, at: 0, seconds: Self.noon) == nil)
        #expect(far.take(nil, at: 0, seconds: Self.noon) == .quotaExceeded)
        #expect(far.take(nil, at: 0, seconds: Self.noon + 86_400) == nil)
    }

    @Test("Counts go on for another configuration, and begin anew with another period")
    func ledger() {
        let ledger = QuotaLedger()
        _ = subscription(Quota(limit: 5, period: .day), in: ledger).take(nil, at: 0, seconds: Self.noon)
        #expect(subscription(Quota(limit: 9, period: .day), in: ledger).count?.used == 1)
        #expect(subscription(Quota(limit: 9, period: .week), in: ledger).count == nil)
    }

    @Test("Threads that share a plan get together exactly its quota, and every token that is put back")
    func shared() async {
        let plan = subscription(
            Quota(limit: 1000, period: .day), throttle: RateLimit(rate: 1_000_000, burst: 1_000_000))
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).count { index in
                        guard plan.take(nil, at: 0, seconds: Self.noon) == nil else { return false }
                        // Every second one is refused elsewhere.
                        if index % 2 == 0 { return true }
                        plan.putBack(nil, seconds: Self.noon)
                        return false
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1000)
        #expect(plan.count?.used == 1000)
    }
}
