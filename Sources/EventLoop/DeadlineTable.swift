/// Absolute deadlines of many objects, kept in one dense array that is scanned now and then.
///
/// A connection moves its deadline with every request, nearly always further away. Here that costs one store; a heap
/// would pay for each move. The scan touches eight bytes per timer and runs only when some deadline has passed, at
/// most once per ``resolution``, so a deadline fires up to that much late and never early.
struct DeadlineTable {
    /// Nanoseconds between two scans at the least.
    static let resolution: UInt64 = 10_000_000

    private var deadlines: [UInt64] = []
    private var lastScan: UInt64 = 0
    /// No deadline lies before this, apart from what was set since the last scan and is folded in by `set`.
    private var earliest = UInt64.max

    mutating func set(_ slot: Int, to deadline: MonotonicTime) {
        while deadlines.count <= slot { deadlines.append(.max) }
        deadlines[slot] = deadline.nanoseconds
        if deadline.nanoseconds < earliest { earliest = deadline.nanoseconds }
    }

    mutating func clear(_ slot: Int) {
        if slot < deadlines.count { deadlines[slot] = .max }
    }

    /// When the next scan is worth making; `distantFuture` when nothing is set.
    var nextScan: MonotonicTime {
        if earliest == .max { return .distantFuture }
        let (soonest, overflow) = lastScan.addingReportingOverflow(Self.resolution)
        return MonotonicTime(nanoseconds: max(earliest, overflow ? .max : soonest))
    }

    /// The slots whose deadline has come. Each must be asked for with ``take(_:at:)`` when its turn comes, since the
    /// call for one timer may move, clear or remove another.
    mutating func expired(at now: MonotonicTime) -> [Int] {
        guard nextScan <= now else { return [] }
        var due: [Int] = []
        var next = UInt64.max
        for slot in deadlines.indices {
            let deadline = deadlines[slot]
            if deadline <= now.nanoseconds {
                due.append(slot)
            } else if deadline < next {
                next = deadline
            }
        }
        earliest = next
        lastScan = now.nanoseconds
        return due
    }

    /// Not all that had expired was taken: the next scan is worth making as soon as one may be.
    mutating func lookAgain() { earliest = 0 }

    /// Clears a deadline that has still come; false when it was moved or cleared meanwhile.
    mutating func take(_ slot: Int, at now: MonotonicTime) -> Bool {
        guard slot < deadlines.count, deadlines[slot] <= now.nanoseconds else { return false }
        deadlines[slot] = .max
        return true
    }
}
