/// How many durations were how long: a histogram with fixed bounds, in nanoseconds. Belongs to one thread; a copy may go
/// elsewhere.
package struct DurationCounts: Sendable, Hashable {
    /// Upper bounds, each included, in rising order; longer durations have a bucket of their own behind them.
    package let bounds: [UInt64]
    /// One for each bound, and one for the rest; not cumulative.
    package private(set) var counts: [UInt64]
    /// Nanoseconds of all together.
    package private(set) var sum: UInt64 = 0

    package init(bounds: [UInt64]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    package mutating func add(_ nanoseconds: UInt64) {
        var index = 0
        while index < bounds.count, nanoseconds > bounds[index] { index += 1 }
        counts[index] &+= 1
        sum &+= nanoseconds
    }

    /// Adds what another one with the same bounds has counted.
    package mutating func add(_ other: DurationCounts) {
        for index in 0..<min(counts.count, other.counts.count) { counts[index] &+= other.counts[index] }
        sum &+= other.sum
    }

    /// How many durations there were.
    package var total: UInt64 { counts.reduce(0, &+) }
}
