import Synchronization

/// Names one count: of a key in a plan. A plan that changes its period begins anew.
package struct QuotaID: Sendable, Hashable {
    package var plan: String
    package var key: String
    package var period: QuotaPeriod

    package init(plan: String, key: String, period: QuotaPeriod) {
        self.plan = plan
        self.key = key
        self.period = period
    }
}

/// One count for all workers and for all configurations of a process.
package final class QuotaCell: Sendable {
    private struct State {
        var count: QuotaCount?
        /// What was written down last.
        var written: QuotaCount?
    }

    package let id: QuotaID
    private let state = Mutex(State())

    init(_ id: QuotaID) {
        self.id = id
    }

    /// Nil before the first request.
    package var count: QuotaCount? { state.withLock { $0.count } }

    /// Counts a request when there is room for it.
    func take(_ quota: Quota, at seconds: Int64) -> Bool {
        state.withLock { state in
            let start = quota.period.start(of: seconds)
            var count = state.count ?? QuotaCount(start: start, first: start, used: 0)
            let hasRoom = count.hasRoom(in: quota, at: seconds)
            if hasRoom { count.used += 1 }
            state.count = count
            return hasRoom
        }
    }

    /// Uncounts a request that was refused elsewhere. In a later period there is nothing to uncount.
    func putBack(_ quota: Quota, at seconds: Int64) {
        state.withLock { state in
            guard let count = state.count, count.start == quota.period.start(of: seconds), count.used > 0 else {
                return
            }
            state.count?.used -= 1
        }
    }

    func restore(_ count: QuotaCount) {
        state.withLock { state in
            state.count = count
            state.written = count
        }
    }

    /// The count, when it differs from what was written down last.
    func changedCount() -> QuotaCount? {
        state.withLock { $0.count == $0.written ? nil : $0.count }
    }

    func noteWritten(_ count: QuotaCount) { state.withLock { $0.written = count } }
}
