/// Decides which request goes out when. Pure: it is told what time it is and which requests have ended.
///
/// The times are those of the plan whatever the target does (open loop): a slow target makes requests late, which is
/// measured, and moves no later one.
package struct SendScheduler: Sendable {
    package struct Item: Sendable, Hashable {
        /// Nanoseconds from the beginning of the replay; never before that of the item in front.
        package var due: UInt64
        /// Requests with the same number belong to one principal; nil to nobody.
        package var lane: Int?

        package init(due: UInt64, lane: Int? = nil) {
            self.due = due
            self.lane = lane
        }
    }

    package enum Action: Sendable, Hashable {
        case send(Int)
        /// Nothing is due before this time.
        case wait(until: UInt64)
        /// Nothing can go out before a request has ended.
        case waitForEnd
        case finished
    }

    private let items: [Item]
    private let concurrency: Int
    private let keepsOrder: Bool
    private var cursor = 0
    private var isStopped = false
    /// Requests of a principal that wait for the one in front; a key is there as long as the principal is busy.
    private var lanes: [Int: [Int]] = [:]
    /// Their turn has come.
    private var ready: [Int] = []
    private var readyStart = 0

    package private(set) var inFlight = 0
    package private(set) var sent = 0
    /// How late requests went out.
    package private(set) var lateness = LogHistogram()
    /// Due time and time of the first and the last sending.
    package private(set) var first: (due: UInt64, at: UInt64)?
    package private(set) var last: (due: UInt64, at: UInt64)?

    /// - Parameters:
    ///   - concurrency: requests at once, at least 1.
    ///   - keepsOrder: requests of one principal go out in order and never overlap.
    package init(_ items: [Item], concurrency: Int, keepsOrder: Bool = false) {
        self.items = items
        self.concurrency = max(1, concurrency)
        self.keepsOrder = keepsOrder
    }

    package var count: Int { items.count }

    /// What to do at `now`, nanoseconds from the beginning. A request that is named counts as sent.
    package mutating func next(at now: UInt64) -> Action {
        if isStopped { return inFlight > 0 ? .waitForEnd : .finished }
        if inFlight >= concurrency { return .waitForEnd }
        if let index = takeReady() { return send(index, now) }
        while cursor < items.count, items[cursor].due <= now {
            let index = cursor
            cursor += 1
            guard keepsOrder, let lane = items[index].lane else { return send(index, now) }
            if lanes[lane]?.append(index) == nil {
                lanes[lane] = []
                return send(index, now)
            }
        }
        if cursor < items.count { return .wait(until: items[cursor].due) }
        return inFlight > 0 ? .waitForEnd : .finished
    }

    /// The request has its answer, or will have none.
    package mutating func ended(_ index: Int) {
        inFlight -= 1
        guard keepsOrder, let lane = items[index].lane, var waiting = lanes[lane] else { return }
        if waiting.isEmpty {
            lanes[lane] = nil
        } else {
            ready.append(waiting.removeFirst())
            lanes[lane] = waiting
        }
    }

    /// Nothing goes out any more.
    package mutating func stop() { isStopped = true }

    private mutating func takeReady() -> Int? {
        guard readyStart < ready.count else { return nil }
        defer {
            readyStart += 1
            if readyStart == ready.count { (ready, readyStart) = ([], 0) }
        }
        return ready[readyStart]
    }

    private mutating func send(_ index: Int, _ now: UInt64) -> Action {
        let due = items[index].due
        inFlight += 1
        sent += 1
        lateness.add(now > due ? now - due : 0)
        if first == nil { first = (due, now) }
        // Of two, the one that was due later: another may have had to wait for its principal.
        if due >= last?.due ?? 0 { last = (due, now) }
        return .send(index)
    }
}
