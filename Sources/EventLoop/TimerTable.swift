/// Gets a call when its timer's deadline has passed, on the thread that owns the timer.
package protocol TimerTarget: AnyObject {
    func timerFired()
}

/// Names one timer of an ``EventThread``.
package struct TimerID: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32
}

/// The timers of one event thread: who is called, and when.
///
/// Deadlines are moved several times for each request, so that this costs one look at a generation and one store.
// What changes is swapped into a local variable meanwhile: a change in place spans calls, so the compiler would have
// every access to the property checked for exclusivity at run time.
final class TimerTable {
    private var targets = SlotTable<any TimerTarget>()
    /// The generation of each slot that is taken, else 0; apart from the targets, which cost more to look at.
    private var generations: [UInt32] = []
    private var deadlines = DeadlineTable()

    /// A timer without a deadline.
    func make(_ target: any TimerTarget) -> TimerID {
        var table = SlotTable<any TimerTarget>()
        swap(&table, &targets)
        let (slot, generation) = table.insert(target)
        swap(&table, &targets)
        setGeneration(generation, of: slot)
        return TimerID(slot: slot, generation: generation)
    }

    func remove(_ id: TimerID) {
        var table = SlotTable<any TimerTarget>()
        swap(&table, &targets)
        let target = table.remove(id.slot, id.generation)
        swap(&table, &targets)
        guard target != nil else { return }
        clear(id)
        setGeneration(0, of: id.slot)
    }

    func removeAll() {
        var table = SlotTable<any TimerTarget>()
        swap(&table, &targets)
    }

    func set(_ id: TimerID, to deadline: MonotonicTime) {
        guard isTaken(id) else { return }
        var table = DeadlineTable()
        swap(&table, &deadlines)
        table.set(Int(id.slot), to: deadline)
        swap(&table, &deadlines)
    }

    func clear(_ id: TimerID) {
        guard isTaken(id) else { return }
        var table = DeadlineTable()
        swap(&table, &deadlines)
        table.clear(Int(id.slot))
        swap(&table, &deadlines)
    }

    private func isTaken(_ id: TimerID) -> Bool {
        Int(id.slot) < generations.count && generations[Int(id.slot)] == id.generation
    }

    private func setGeneration(_ generation: UInt32, of slot: UInt32) {
        var table: [UInt32] = []
        swap(&table, &generations)
        while table.count <= Int(slot) { table.append(0) }
        table[Int(slot)] = generation
        swap(&table, &generations)
    }

    // MARK: Firing

    /// When the deadlines are worth looking at; `distantFuture` when there is none.
    var nextScan: MonotonicTime { deadlines.nextScan }

    /// The slots whose deadline has come, for ``take(_:at:)``.
    func expired(at now: MonotonicTime) -> [Int] {
        var table = DeadlineTable()
        swap(&table, &deadlines)
        defer { swap(&table, &deadlines) }
        return table.expired(at: now)
    }

    /// Clears a deadline and returns its target; nil when it was moved, cleared or removed meanwhile.
    func take(_ slot: Int, at now: MonotonicTime) -> (any TimerTarget)? {
        var table = DeadlineTable()
        swap(&table, &deadlines)
        let isDue = table.take(slot, at: now)
        swap(&table, &deadlines)
        return isDue ? targets[UInt32(slot), generations[slot]] : nil
    }

    /// Not all that had expired was taken.
    func lookAgain() { deadlines.lookAgain() }
}
