/// How much one turn of an event thread takes on before it comes round again: so many events, bytes and nanoseconds.
///
/// What is left over waits for the next turn and goes first there, in the order in which it was due, so nobody is passed
/// over however busy the others are. A few things are done in every turn whatever they cost: otherwise a single
/// expensive one could hold up all behind it for ever.
struct TurnBudget: Sendable {
    /// The bounds of one turn.
    struct Limits: Sendable, Hashable {
        var events = 128
        /// What connections have read. One reads at most ``ReadSize/most`` at a time.
        var bytes = 2 << 20
        /// From the moment the kernel has told what is ready.
        var nanoseconds: UInt64 = 2_000_000
        /// Done even when the time is over.
        var atLeast = 4
        /// Done between two looks at the clock, each of which costs as much as a small event.
        var betweenLooks = 4
    }

    private let limits: Limits
    private var began = MonotonicTime(nanoseconds: 0)
    private var done = 0
    private var bytes = 0

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// A turn begins, or the part of it that has a time of its own.
    mutating func begin(at now: MonotonicTime) {
        began = now
        done = 0
        bytes = 0
    }

    /// Whether the time matters to the next ``takes(at:)``: reading the clock costs more than the rest.
    var asksForTime: Bool {
        done >= limits.atLeast && (done - limits.atLeast) % limits.betweenLooks == 0 && done < limits.events
            && bytes < limits.bytes
    }

    /// Whether one more thing may be taken on; counts it when it may. `now` may be any time unless ``asksForTime``.
    mutating func takes(at now: MonotonicTime) -> Bool {
        if done >= limits.atLeast {
            if done >= limits.events || bytes >= limits.bytes || asksForTime && isLate(now) { return false }
        }
        done += 1
        return true
    }

    /// Bytes that a connection has read in this turn.
    mutating func spend(bytes count: Int) { bytes += max(0, count) }

    /// Whether the turn's time or bytes are used up.
    func isSpent(at now: MonotonicTime) -> Bool { bytes >= limits.bytes || isLate(now) }

    private func isLate(_ now: MonotonicTime) -> Bool { now.since(began) >= limits.nanoseconds }
}
