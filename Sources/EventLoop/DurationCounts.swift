/// How many durations were how long: a histogram with fixed bounds, in nanoseconds. Belongs to one thread; a copy may go
/// elsewhere.
package struct DurationCounts: Sendable {
    /// Bounds that one histogram can have.
    package static let boundLimit = 15

    /// Upper bounds, each included, in rising order; longer durations have a bucket of their own behind them.
    package let bounds: [UInt64]
    // In place and not in an array, so that counting calls nothing.
    private var buckets = InlineArray<16, UInt64>(repeating: 0)
    /// Nanoseconds of all together.
    package private(set) var sum: UInt64 = 0

    /// `bounds` are at most ``boundLimit``.
    package init(bounds: [UInt64]) {
        precondition(bounds.count <= Self.boundLimit, "too many bounds for one histogram")
        self.bounds = bounds
    }

    /// One for each bound, and one for the rest; not cumulative.
    package var counts: [UInt64] { (0...bounds.count).map { buckets[$0] } }

    package mutating func add(_ nanoseconds: UInt64) {
        var index = 0
        while index < bounds.count, nanoseconds > bounds[index] { index += 1 }
        buckets[index] &+= 1
        sum &+= nanoseconds
    }

    /// Adds what another one with the same bounds has counted.
    package mutating func add(_ other: DurationCounts) {
        for index in buckets.indices { buckets[index] &+= other.buckets[index] }
        sum &+= other.sum
    }

    /// How many durations there were.
    package var total: UInt64 { counts.reduce(0, &+) }
}

extension DurationCounts: Hashable {
    package static func == (first: DurationCounts, second: DurationCounts) -> Bool {
        first.bounds == second.bounds && first.sum == second.sum && first.counts == second.counts
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bounds)
        hasher.combine(sum)
        hasher.combine(counts)
    }
}
