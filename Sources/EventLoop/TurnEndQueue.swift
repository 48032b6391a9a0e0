/// Who is to be called at the end of a turn, in the order in which they asked.
///
/// Room is never given back while the queue is used, and whoever is taken leaves a gap: an array that is emptied and filled
/// anew would cost more than the calls.
struct TurnEndQueue {
    private var targets: [(any TurnEnd)?] = []
    /// The first that has not been taken, and the first free place.
    private var next = 0
    private var end = 0

    var isEmpty: Bool { next == end }

    mutating func append(_ target: any TurnEnd) {
        if end == targets.count { closeGaps() }
        if end == targets.count { targets.append(target) } else { targets[end] = target }
        end += 1
    }

    /// In a queue that never gets empty, gaps must not outnumber the others.
    private mutating func closeGaps() {
        guard next > 16, next > end / 2 else { return }
        targets.removeFirst(next)
        (next, end) = (0, end - next)
    }

    mutating func popFirst() -> (any TurnEnd)? {
        guard next < end else { return nil }
        let target = targets[next].take()
        next += 1
        if next == end { (next, end) = (0, 0) }
        return target
    }

    /// Takes those of another queue, behind its own.
    mutating func append(_ other: consuming TurnEndQueue) {
        while let target = other.popFirst() { append(target) }
    }
}
