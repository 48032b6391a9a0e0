import Synchronization

/// One bucket for all workers. The lock is held for some nanoseconds of arithmetic and never across anything else.
package final class SharedBucket: Sendable {
    package let limit: RateLimit
    private let bucket: Mutex<TokenBucket?>

    /// Full from its first request on, whenever that comes.
    package init(_ limit: RateLimit) {
        self.limit = limit
        bucket = Mutex(nil)
    }

    /// Takes one request out; false when there is none. `now` in nanoseconds of a clock that never goes back.
    package func take(at now: UInt64) -> Bool {
        bucket.withLock { bucket in
            var current = bucket ?? TokenBucket(limit, at: now)
            let isThere = current.take(at: now)
            bucket = current
            return isThere
        }
    }
}
