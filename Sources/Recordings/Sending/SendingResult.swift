/// What came out of sending a recording: counts, and differences by cause. Its size does not depend on the recording's.
package struct SendingResult: Sendable {
    /// Answers that differ in the same way.
    package struct Group: Sendable {
        package var kind: AnswerComparison.Kind
        package var routeKey: String
        package var place: String
        /// Of the first one, where values differ from one to the next.
        package var was: String
        package var now: String
        package var count = 0
        package var principals: Set<String> = []
        package var examples: [ReplayResult.Drift.Example] = []
    }

    private struct Cause: Hashable {
        var kind: AnswerComparison.Kind
        var routeKey: String
        var place: String
        var was: String
        var now: String
    }

    package struct Latencies: Sendable {
        package var before = LogHistogram()
        package var now = LogHistogram()
    }

    package private(set) var sent = 0
    package private(set) var answered = 0
    /// Answers without any difference.
    package private(set) var same = 0
    /// Answers with at least one.
    package private(set) var different = 0
    /// Requests that got no answer, or none that was whole.
    package private(set) var unanswered = 0
    /// Sent, and not waited for any more when the replay was stopped.
    package private(set) var abandoned = 0
    /// Not sent for a reason that showed only when their turn came.
    package private(set) var notSent: [String: Int] = [:]
    /// Requests that something redacted was left out of.
    package private(set) var altered = 0
    package private(set) var uncomparedBodies = 0
    /// `allow 200 -> 200` and so on.
    package private(set) var transitions: [String: Int] = [:]
    /// Places that differed and do not count.
    package private(set) var noise: [String: Int] = [:]
    package private(set) var latencies: [String: Latencies] = [:]
    package private(set) var principals: Set<String> = []
    package private(set) var furtherDifferences = 0
    private var groups: [Cause: Group] = [:]

    private static let maximumCauses = 1000
    private static let maximumNames = 100_000
    private static let maximumExamples = 10

    package init() {}

    /// Newly allowed first, then most frequent first.
    package var causes: [Group] {
        groups.values.sorted { first, second in
            if first.kind != second.kind { return first.kind < second.kind }
            if first.count != second.count { return first.count > second.count }
            return (first.examples.first?.number ?? 0, first.place) < (second.examples.first?.number ?? 0, second.place)
        }
    }

    package func count(_ kind: AnswerComparison.Kind) -> Int {
        groups.values.reduce(0) { $0 + ($1.kind == kind ? $1.count : 0) }
    }

    package mutating func addSent(isAltered: Bool) {
        sent += 1
        if isAltered { altered += 1 }
    }

    package mutating func addNotSent(_ reason: String) {
        guard notSent.count < Self.maximumCauses || notSent[reason] != nil else { return }
        notSent[reason, default: 0] += 1
    }

    package mutating func addAbandoned() { abandoned += 1 }

    package mutating func addUnanswered(_ entry: RecordedEntry, _ reason: String) {
        unanswered += 1
        let was = ReplayedAnswer(recorded: entry).status
        add(
            AnswerComparison.Difference(kind: .unanswered, place: "", was: "\(was)", now: reason), entry,
            route: Self.route(of: entry))
    }

    package mutating func add(
        _ entry: RecordedEntry, _ status: (was: Int, now: Int), _ outcome: AnswerComparison.Outcome, nanoseconds: UInt64
    ) {
        let route = Self.route(of: entry)
        answered += 1
        if let principal = entry.principal, principals.count < Self.maximumNames { principals.insert(principal) }
        if outcome.differences.isEmpty { same += 1 } else { different += 1 }
        if outcome.lacksBody { uncomparedBodies += 1 }
        transitions["\(status.was) -> \(status.now)", default: 0] += 1
        for place in Set(outcome.noise) where noise.count < Self.maximumCauses || noise[place] != nil {
            noise[place, default: 0] += 1
        }
        if latencies.count < Self.maximumCauses || latencies[route] != nil {
            let milliseconds = min(max(0, entry.milliseconds), 1e9)
            if milliseconds > 0 { latencies[route, default: Latencies()].before.add(UInt64(milliseconds * 1e6)) }
            latencies[route, default: Latencies()].now.add(nanoseconds)
        }
        for difference in outcome.differences { add(difference, entry, route: route) }
    }

    static func route(of entry: RecordedEntry) -> String {
        entry.routeKey ?? String(decoding: entry.method, as: UTF8.self) + " (no route)"
    }

    private mutating func add(_ difference: AnswerComparison.Difference, _ entry: RecordedEntry, route: String) {
        // Values of headers and bodies differ from one request to the next; their place is the cause.
        let hasValues = difference.kind == .header || difference.kind == .body
        let cause = Cause(
            kind: difference.kind, routeKey: route, place: difference.place, was: hasValues ? "" : difference.was,
            now: hasValues ? "" : difference.now)
        guard groups[cause] != nil || groups.count < Self.maximumCauses else {
            furtherDifferences += 1
            return
        }
        var group =
            groups[cause]
            ?? Group(
                kind: difference.kind, routeKey: route, place: difference.place, was: difference.was,
                now: difference.now)
        group.count += 1
        if let principal = entry.principal, group.principals.count < 1000 { group.principals.insert(principal) }
        if group.examples.count < Self.maximumExamples {
            group.examples.append(
                ReplayResult.Drift.Example(
                    number: entry.number, id: entry.id, method: String(decoding: entry.method, as: UTF8.self),
                    url: String(decoding: entry.target, as: UTF8.self), principal: entry.principal))
        }
        groups[cause] = group
    }
}
