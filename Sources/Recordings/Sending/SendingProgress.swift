/// How far a replay has come. A value; what is made of it is the caller's affair.
package struct SendingProgress: Sendable {
    package var pace: ReplayPace
    package var total: Int
    package var sent: Int
    package var ended: Int
    package var inFlight: Int
    package var different: Int
    /// Seconds since the beginning.
    package var elapsed: Double
    /// From the first sending to the last, as planned, in seconds.
    package var planned: Double
    package var lateness: LogHistogram
    package var first: (due: UInt64, at: UInt64)?
    package var last: (due: UInt64, at: UInt64)?

    /// `3.98x`, `49.9/s`; nil as long as nothing can be said.
    package var achieved: String? {
        switch pace {
        case .recorded(let speed): ratio.map { "\(ReplayPace.number(speed * $0))x" }
        case .rate, .asap: rate.map { "\(ReplayPace.number($0))/s" }
        }
    }

    /// Achieved by asked: 1 when everything went out in time. Nil for `asap`, which asks for nothing.
    package var ratio: Double? {
        guard let first, let last, last.due > first.due, last.at > first.at else { return nil }
        if case .asap = pace { return nil }
        return Double(last.due - first.due) / Double(last.at - first.at)
    }

    private var rate: Double? {
        guard let first, let last, sent > 1, last.at > first.at else { return nil }
        return Double(sent - 1) / (Double(last.at - first.at) / 1e9)
    }

    /// Seconds until the last request is due; at least what the present lateness adds.
    package var remaining: Double {
        if case .asap = pace { return sent > 0 ? elapsed * Double(total - sent) / Double(sent) : 0 }
        return max(0, planned - elapsed)
    }

    /// `asked 4x, achieved 3.98x`
    package var paceText: String {
        if case .asap = pace { return achieved.map { "asap, \($0)" } ?? "asap" }
        return "asked \(pace.text)" + (achieved.map { ", achieved \($0)" } ?? "")
    }

    /// One line for a terminal.
    package func text(width: Int, usesASCII: Bool) -> String {
        let share = total > 0 ? Double(ended) / Double(total) : 1
        var rest = "\(Int(share * 100))%  \(ended)/\(total)  \(paceText)"
        if lateness.count > 0 { rest += "  late p95 \(SpanWords.short(Double(lateness.percentile(0.95)) / 1e9))" }
        rest += "  \(inFlight) open"
        if different > 0 { rest += "  \(different) differ" }
        rest += "  \(SpanWords.long(remaining)) left"
        let bar = max(0, min(24, width - rest.unicodeScalars.count - 4))
        guard bar >= 8 else { return String(rest.prefix(max(0, width - 1))) }
        let filled = Int(share * Double(bar))
        let signs = usesASCII ? ("#", ".") : ("█", "░")
        return "[" + String(repeating: signs.0, count: filled) + String(repeating: signs.1, count: bar - filled) + "] "
            + rest
    }
}

/// Spans of time in words.
package enum SpanWords {
    /// `2 h 10 min`, `32 min 20 s`, `12 s`
    package static func long(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "more than 30 years" }
        let whole = Int(max(0, seconds).rounded())
        let (days, hours, minutes, rest) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60)
        if days > 0 { return "\(days) d" + (hours > 0 ? " \(hours) h" : "") }
        if hours > 0 { return "\(hours) h" + (minutes > 0 ? " \(minutes) min" : "") }
        if minutes > 0 { return "\(minutes) min" + (rest > 0 ? " \(rest) s" : "") }
        return "\(rest) s"
    }

    /// `0.4 ms`, `12 ms`, `3.4 s`
    package static func short(_ seconds: Double) -> String {
        let milliseconds = seconds * 1000
        if milliseconds >= 10_000 { return long(seconds) }
        if milliseconds >= 1000 { return "\(tenths(seconds)) s" }
        return milliseconds >= 10 ? "\(Int(milliseconds.rounded())) ms" : "\(tenths(milliseconds)) ms"
    }

    private static func tenths(_ value: Double) -> String {
        let number = Int((value * 10).rounded())
        return number % 10 == 0 ? "\(number / 10)" : "\(number / 10).\(number % 10)"
    }
}
