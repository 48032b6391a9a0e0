/// Says on standard error that request lines are being lost, at once and then each time their number has doubled: a
/// full disk must neither stop the gate nor go unnoticed, and its owner needs no flood.
struct LogLosses {
    private var told: UInt64 = 0

    /// What is to be said about the lines lost so far; nil when there is nothing new. `isLast` wants the final number.
    mutating func news(_ lost: UInt64, isLast: Bool = false) -> String? {
        guard lost > told, isLast || lost >= 2 * told else { return nil }
        told = lost
        return "access log: \(lost) line\(lost == 1 ? " is" : "s are") lost: the log cannot be written "
            + "(a full disk, or nobody reads it)"
    }

    mutating func tell(_ lost: UInt64, isLast: Bool = false) {
        if let news = news(lost, isLast: isLast) { StandardStreams.writeError("gatehouse: \(news)\n") }
    }
}
