package import Documents

/// What came out of a replay: counts, and differences by cause. Its size does not depend on the recording's.
package struct ReplayResult: Sendable {
    /// Requests whose decision changed for the same reason.
    package struct Drift: Sendable {
        package struct Example: Sendable {
            package var number: Int
            package var id: String
            package var method: String
            package var url: String
            package var principal: String?
        }

        /// `deny -> ALLOW`
        package var direction: Direction
        package var routeKey: String
        /// `DENY implicit_deny`
        package var was: String
        /// `ALLOW CommandFleet`
        package var now: String
        /// What in gateway.json decides now.
        package var span: SourceSpan?
        package var count = 0
        package var principals: Set<String> = []
        /// The first ones.
        package var examples: [Example] = []
    }

    /// Newly allowed first: nobody notices those.
    package enum Direction: Int, Sendable, Hashable, Comparable, CaseIterable {
        case newlyAllowed
        case newlyDenied
        case other

        package static func < (first: Direction, second: Direction) -> Bool { first.rawValue < second.rawValue }

        package var text: String {
            switch self {
            case .newlyAllowed: "deny -> ALLOW"
            case .newlyDenied: "allow -> deny"
            case .other: "deny -> deny"
            }
        }
    }

    private struct Cause: Hashable {
        var direction: Direction
        var routeKey: String
        var was: String
        var now: String
    }

    /// Requests that were read.
    package private(set) var requests = 0
    package private(set) var same = 0
    package private(set) var drifted = 0
    package private(set) var undecidable = 0
    /// Requests that the recorder had to drop.
    package var dropped = 0
    /// By `was` and `now` of all decided requests: allow and deny.
    package private(set) var transitions: [String: Int] = [:]
    package private(set) var undecidableReasons: [String: Int] = [:]
    package private(set) var problems: [ReadingProblem] = []
    package private(set) var problemCount = 0
    package private(set) var routes: Set<String> = []
    package private(set) var principals: Set<String> = []
    /// Causes beyond the bound.
    package private(set) var furtherDrift = 0
    private var drifts: [Cause: Drift] = [:]

    private static let maximumCauses = 1000
    private static let maximumNames = 100_000
    private static let maximumExamples = 10

    package init() {}

    /// Most frequent first within a direction.
    package var causes: [Drift] {
        drifts.values.sorted { first, second in
            if first.direction != second.direction { return first.direction < second.direction }
            if first.count != second.count { return first.count > second.count }
            return (first.examples.first?.number ?? 0) < (second.examples.first?.number ?? 0)
        }
    }

    package var hasDrift: Bool { drifted > 0 }

    package mutating func add(_ problem: ReadingProblem) {
        problemCount += 1
        if problems.count < 100 { problems.append(problem) }
    }

    package mutating func add(_ entry: RecordedEntry, _ outcome: OfflineReplay.Outcome) {
        requests += 1
        if let route = entry.routeKey, routes.count < Self.maximumNames { routes.insert(route) }
        if let principal = entry.principal, principals.count < Self.maximumNames { principals.insert(principal) }
        switch outcome {
        case .same:
            same += 1
            transitions["\(entry.decision) \(entry.decision)", default: 0] += 1
        case .undecidable(let reason):
            undecidable += 1
            undecidableReasons[reason, default: 0] += 1
        case .drift(let judgement):
            drifted += 1
            transitions["\(entry.decision) \(judgement.decision)", default: 0] += 1
            addDrift(entry, judgement)
        }
    }

    private mutating func addDrift(_ entry: RecordedEntry, _ judgement: OfflineReplay.Judgement) {
        let direction: Direction =
            judgement.passes
            ? .newlyAllowed : entry.decision == "allow" && !entry.isRefusedByValidator ? .newlyDenied : .other
        let was =
            entry.decision == "allow"
            ? "ALLOW \(entry.statement ?? "without authorizer")"
                + (entry.isRefusedByValidator ? ", then \(entry.status) of the request validator" : "")
            : "\(entry.decision == "deny" ? "DENY" : "----") \(entry.status) \(entry.reason ?? "")"
        let now =
            judgement.decision == "allow"
            ? "ALLOW \(judgement.statement ?? "without authorizer")"
                + (judgement.passes ? "" : ", then \(judgement.status) \(judgement.reason ?? "")")
            : "\(judgement.decision == "deny" ? "DENY" : "----") \(judgement.status) \(judgement.reason ?? "")"
                + (judgement.statement.map { " by \($0)" } ?? "")
        let route = entry.routeKey ?? String(decoding: entry.method, as: UTF8.self) + " (no route)"
        let cause = Cause(direction: direction, routeKey: route, was: was, now: now)
        guard drifts[cause] != nil || drifts.count < Self.maximumCauses else {
            furtherDrift += 1
            return
        }
        var drift =
            drifts[cause]
            ?? Drift(direction: direction, routeKey: route, was: was, now: now, span: judgement.span)
        drift.count += 1
        if let principal = entry.principal, drift.principals.count < 1000 { drift.principals.insert(principal) }
        if drift.examples.count < Self.maximumExamples {
            drift.examples.append(
                Drift.Example(
                    number: entry.number, id: entry.id, method: String(decoding: entry.method, as: UTF8.self),
                    url: String(decoding: entry.url, as: UTF8.self), principal: entry.principal))
        }
        drifts[cause] = drift
    }
}
