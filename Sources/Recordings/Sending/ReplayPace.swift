/// How fast recorded requests are sent.
package enum ReplayPace: Sendable, Hashable {
    /// In the rhythm of the recording, so many times as fast.
    case recorded(speed: Double)
    /// Evenly, so many a second.
    case rate(perSecond: Double)
    /// As soon as there is a free connection.
    case asap

    /// `4x`, `50/s`, `asap`
    package var text: String {
        switch self {
        case .recorded(let speed): "\(Self.number(speed))x"
        case .rate(let perSecond): "\(Self.number(perSecond))/s"
        case .asap: "asap"
        }
    }

    /// Two digits behind the point at most, more for what is small.
    static func number(_ value: Double) -> String {
        if value > 0, value < 0.1 { return "\((value * 100_000).rounded() / 100_000)" }
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e15 else { return "\(value)" }
        let whole = Int64(hundredths)
        if whole % 100 == 0 { return "\(whole / 100)" }
        let digits = whole % 100
        return "\(whole / 100)." + (digits % 10 == 0 ? "\(digits / 10)" : digits < 10 ? "0\(digits)" : "\(digits)")
    }
}

/// When requests are due, in nanoseconds from the first one.
package struct PaceTimes: Sendable, Hashable {
    package var due: [UInt64] = []
    /// From the first to the last request as they were recorded, in seconds.
    package var original = 0.0
    /// What `--max-gap` takes away, in seconds of the replay.
    package var saved = 0.0

    /// No plan lasts longer; what a recording claims beyond is taken for this.
    private static let longest = 1e9

    /// - Parameters:
    ///   - moments: seconds since 1970, in order.
    ///   - maxGap: in seconds of the replay; nil keeps pauses as they are.
    package init(moments: [Double], pace: ReplayPace, maxGap: Double? = nil) {
        due.reserveCapacity(moments.count)
        if let first = moments.first, let last = moments.last { original = max(0, last - first) }
        switch pace {
        case .asap: due = Array(repeating: 0, count: moments.count)
        case .rate(let perSecond):
            for index in moments.indices { due.append(Self.nanoseconds(Double(index) / perSecond)) }
        case .recorded(let speed):
            var time = 0.0
            var previous = moments.first ?? 0
            for moment in moments {
                var gap = max(0, moment - previous) / speed
                previous = moment
                if let maxGap, gap > maxGap {
                    saved += gap - maxGap
                    gap = maxGap
                }
                time += gap
                due.append(Self.nanoseconds(time))
            }
        }
    }

    /// Seconds from the first sending to the last.
    package var planned: Double { Double(due.last ?? 0) / 1e9 }

    private static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(min(longest, seconds) * 1e9) }
}
