/// A token bucket: it holds `burst` requests at first, each admitted request takes one, and `rate` a second flow back.
///
/// Pure: time is a parameter. Integers only, so that nothing drifts: a request is 10^15 parts, and at a rate of one
/// millionth of a request a second one part comes back in each nanosecond. The largest product (2^64 nanoseconds at a
/// million requests a second) has 104 bits, so 128 never overflow.
package struct TokenBucket: Sendable, Hashable {
    package let limit: RateLimit
    private var level: UInt128
    private var last: UInt64

    private static let part: UInt128 = 1_000_000_000_000_000

    private var capacity: UInt128 { UInt128(limit.burst) * Self.part }

    /// A full bucket. `now` in nanoseconds of a clock that never goes back.
    package init(_ limit: RateLimit, at now: UInt64) {
        self.limit = limit
        level = UInt128(limit.burst) * Self.part
        last = now
    }

    /// Whether a request would be admitted. Moments before the last one count as the last one: workers read the clock
    /// each for itself.
    package mutating func hasToken(at now: UInt64) -> Bool {
        if now > last {
            level = min(capacity, level + UInt128(now - last) * UInt128(limit.microsPerSecond))
            last = now
        }
        return level >= Self.part
    }

    /// Takes one request out; false, and nothing changed, when there is none.
    package mutating func take(at now: UInt64) -> Bool {
        guard hasToken(at: now) else { return false }
        level -= Self.part
        return true
    }

    /// Gives back what a request took that was refused elsewhere.
    package mutating func putBack() {
        level = min(capacity, level + Self.part)
    }
}
