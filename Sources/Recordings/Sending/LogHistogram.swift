/// Counts of durations in classes that grow with them: eight for each doubling, so that a percentile is never more than
/// an eighth above the truth, in a few kilobytes whatever is counted.
package struct LogHistogram: Sendable {
    private var counts: [UInt32] = []
    package private(set) var count = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    /// Adds a duration in nanoseconds; what is below a microsecond counts as one.
    package mutating func add(_ nanoseconds: UInt64) {
        let place = Self.place(max(1, nanoseconds / 1000))
        while counts.count <= place { counts.append(0) }
        counts[place] &+= 1
        count += 1
        maximum = max(maximum, nanoseconds)
    }

    /// The duration in nanoseconds that this share (0 to 1) of all does not pass; 0 when there is none.
    package func percentile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let wanted = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (place, number) in counts.enumerated() {
            seen += Int(number)
            if seen >= wanted { return min(maximum, Self.upper(place) * 1000) }
        }
        return maximum
    }

    private static func place(_ micros: UInt64) -> Int {
        let top = 63 - micros.leadingZeroBitCount
        if top < 3 { return Int(micros) }
        return (top - 2) * 8 + Int(micros >> UInt64(top - 3) & 7)
    }

    private static func upper(_ place: Int) -> UInt64 {
        if place < 8 { return UInt64(place) }
        let top = place / 8 + 2
        return (UInt64(8 + place % 8 + 1) << UInt64(top - 3)) - 1
    }
}
