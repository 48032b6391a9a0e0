import Documents
import Tokens

/// Compares a recorded answer with one that the target gave. Pure, and bounded by the two answers.
package struct AnswerComparison: Sendable {
    package enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
        // Nobody notices those that are allowed by mistake, so they come first.
        case newlyAllowed
        case newlyDenied
        case status
        case header
        case body
        /// The target gave no answer, or not a whole one.
        case unanswered

        package static func < (first: Kind, second: Kind) -> Bool { first.rawValue < second.rawValue }

        package var text: String {
            switch self {
            case .newlyAllowed: "deny -> ALLOW"
            case .newlyDenied: "allow -> deny"
            case .status: "other status"
            case .header: "other header"
            case .body: "other body"
            case .unanswered: "no answer"
            }
        }
    }

    package struct Difference: Sendable, Hashable {
        package var kind: Kind
        /// `header location`, `body /items/*/id`; empty for decisions and statuses.
        package var place: String
        package var was: String
        package var now: String
    }

    package struct Outcome: Sendable {
        package var differences: [Difference] = []
        /// Places that differ and do not count, with the reason.
        package var noise: [String] = []
        /// The body could not be compared, because one of the two is not there.
        package var lacksBody = false
    }

    package var noise: AnswerNoise
    private let redaction: AnswerRedaction
    private static let mostDifferences = 50

    package init(noise: AnswerNoise, redaction: AnswerRedaction) {
        self.noise = noise
        self.redaction = redaction
    }

    /// - Parameter decision: what the gate had decided: `allow`, `deny` or `none`.
    package func compare(
        _ was: ReplayedAnswer, _ now: ReplayedAnswer, decision: String, reason: String?, route: String
    ) -> Outcome {
        var outcome = Outcome()
        let decided = Self.decision(of: now, was: was.status, decision)
        if (decision == "allow") != (decided == "allow") {
            outcome.differences.append(
                Difference(
                    kind: decided == "allow" ? .newlyAllowed : .newlyDenied, place: "",
                    was: Self.describe(decision, was.status, reason),
                    now: Self.describe(decided, now.status, Self.reason(in: now))))
            return outcome
        }
        if was.status != now.status {
            outcome.differences.append(
                Difference(kind: .status, place: "", was: "\(was.status)", now: "\(now.status)"))
            return outcome
        }
        if was.hasHeaders { compareHeaders(was, now, route, &outcome) }
        compareBodies(was, now, route, &outcome)
        return outcome
    }

    /// Where two answers to the same request differ.
    package func places(_ first: ReplayedAnswer, _ second: ReplayedAnswer) -> [String] {
        var outcome = Outcome()
        compareHeaders(first, second, "", &outcome)
        compareBodies(first, second, "", &outcome)
        return outcome.differences.map(\.place)
    }

    // MARK: Decisions

    /// A gateway with `debug` says what it decided; of any other the status has to tell.
    private static func decision(of now: ReplayedAnswer, was status: Int, _ decision: String) -> String {
        if let told = now.header("x-gatehouse-decision") {
            let word = String(decoding: told.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            if ["allow", "deny", "none"].contains(word) { return word }
        }
        if now.status == status { return decision }
        switch now.status {
        case 401, 403: return "deny"
        // Nothing is known of those who were told to come back later, or met a fault.
        case 429, 500...: return decision
        default: return "allow"
        }
    }

    private static func reason(in now: ReplayedAnswer) -> String? {
        guard let told = now.header("x-gatehouse-decision") else { return nil }
        let text = String(decoding: told, as: UTF8.self)
        for part in text.split(separator: ";") {
            let word = part.drop { $0 == " " }
            if word.hasPrefix("reason=") { return String(word.dropFirst(7)) }
            if word.hasPrefix("statement=") { return String(word.dropFirst(10)) }
        }
        return nil
    }

    private static func describe(_ decision: String, _ status: Int, _ reason: String?) -> String {
        let word = decision == "allow" ? "ALLOW" : decision == "deny" ? "DENY" : "----"
        return "\(word) \(status)" + (reason.map { " \($0)" } ?? "")
    }

    // MARK: Headers

    private func compareHeaders(
        _ was: ReplayedAnswer, _ now: ReplayedAnswer, _ route: String, _ outcome: inout Outcome
    ) {
        let before = values(was)
        let after = values(now)
        for name in Set(before.keys).union(after.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let first = before[name] ?? []
            let second = after[name] ?? []
            if first == second { continue }
            let place = "header \(Self.shown(name))"
            if first.map(RedactionMark.normal) == second.map(RedactionMark.normal) {
                outcome.noise.append("\(place) (redacted)")
            } else if noise.isLearnt(place, route: route) {
                outcome.noise.append("\(place) (learnt)")
            } else {
                add(.header, place, Self.list(first), Self.list(second), &outcome)
            }
        }
    }

    /// By name, in order. Of cookies only the names count: their values are secrets and their ends are moments.
    private func values(_ answer: ReplayedAnswer) -> [[UInt8]: [[UInt8]]] {
        var out: [[UInt8]: [[UInt8]]] = [:]
        for (name, value) in answer.headers where !noise.ignores(header: name) {
            let isCookie = name.elementsEqual("set-cookie".utf8)
            out[name, default: []].append(isCookie ? Array(value.prefix { $0 != UInt8(ascii: "=") }) : value)
        }
        return out
    }

    private static func list(_ values: [[UInt8]]) -> String {
        values.isEmpty ? "absent" : values.map(shown).joined(separator: ", ")
    }

    // MARK: Bodies

    private func compareBodies(
        _ was: ReplayedAnswer, _ now: ReplayedAnswer, _ route: String, _ outcome: inout Outcome
    ) {
        guard let first = was.body, let second = now.body else {
            outcome.lacksBody = was.body != nil || now.body != nil
            return
        }
        if first == second { return }
        if let before = Self.json(first), let after = Self.json(second) {
            var walk = JSONDifference(comparison: self, redaction: redaction, route: route)
            walk.compare(before, after)
            for difference in walk.differences {
                add(.body, difference.place, difference.was, difference.now, &outcome)
            }
            outcome.noise += walk.noise
        } else if RedactionMark.normal(first) == RedactionMark.normal(second) {
            outcome.noise.append("body (redacted)")
        } else if noise.isLearnt("body", route: route) {
            outcome.noise.append("body (learnt)")
        } else {
            add(.body, "body", Self.sum(first), Self.sum(second), &outcome)
        }
    }

    private static func json(_ body: [UInt8]) -> JSONValue? {
        let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
        return JSONText.parse(body)
    }

    /// `55 bytes 5b1e09c2`
    private static func sum(_ body: [UInt8]) -> String { "\(body.count) bytes \(Fingerprint.short(body))" }

    private func add(_ kind: Kind, _ place: String, _ was: String, _ now: String, _ outcome: inout Outcome) {
        guard outcome.differences.count < Self.mostDifferences else { return }
        outcome.differences.append(Difference(kind: kind, place: place, was: was, now: now))
    }

    /// The beginning of a text.
    static func shown(_ text: some Collection<UInt8>) -> String {
        let most = 80
        return String(decoding: text.prefix(most), as: UTF8.self) + (text.count > most ? "…" : "")
    }
}

/// Walks two JSON texts side by side.
private struct JSONDifference {
    let comparison: AnswerComparison
    let redaction: AnswerRedaction
    let route: String
    private(set) var differences: [(place: String, was: String, now: String)] = []
    private(set) var noise: [String] = []
    private var path: [String] = []
    /// The same with `*` for places in arrays, so that all elements count as one place.
    private var shown: [String] = []
    private var steps = 0
    private static let mostSteps = 200_000
    private static let most = 50

    init(comparison: AnswerComparison, redaction: AnswerRedaction, route: String) {
        self.comparison = comparison
        self.redaction = redaction
        self.route = route
    }

    mutating func compare(_ was: JSONValue, _ now: JSONValue) {
        steps += 1
        guard steps < Self.mostSteps, differences.count < Self.most else { return }
        switch (was.kind, now.kind) {
        case (.object, .object): compareMembers(was, now)
        case (.array, .array): compareElements(was, now)
        case (.string, .string): compareTexts(was.utf8 ?? [], now.utf8 ?? [])
        case (.number, .number):
            if !was.text.elementsEqual(now.text), was.double != now.double { differ(was, now) }
        case (.bool, .bool): if was.bool != now.bool { differ(was, now) }
        case (.null, .null): break
        default: differ(was, now)
        }
    }

    private mutating func compareMembers(_ was: JSONValue, _ now: JSONValue) {
        // Names are compared as they are written: a dictionary of strings would take other bytes for the same.
        var after: [[UInt8]: JSONValue] = [:]
        for member in now.members { after[member.key.utf8 ?? []] = member.value }
        for member in was.members {
            let name = member.key.utf8 ?? []
            inside(member.name, member.name) { walk in
                guard let other = after.removeValue(forKey: name) else { return walk.differ(member.value, nil) }
                if walk.redaction.hides(name), !Self.isContainer(member.value), !Self.isContainer(other) { return }
                walk.compare(member.value, other)
            }
        }
        for member in now.members where after[member.key.utf8 ?? []] != nil {
            inside(member.name, member.name) { $0.differ(nil, member.value) }
        }
    }

    private static func isContainer(_ value: JSONValue) -> Bool { value.kind == .object || value.kind == .array }

    private mutating func compareElements(_ was: JSONValue, _ now: JSONValue) {
        if was.count != now.count { note("\(was.count) elements", "\(now.count) elements") }
        for (place, pair) in zip(was.elements, now.elements).enumerated() {
            inside("\(place)", "*") { $0.compare(pair.0, pair.1) }
        }
    }

    private mutating func inside(_ segment: String, _ name: String, _ body: (inout JSONDifference) -> Void) {
        path.append(segment)
        shown.append(name)
        if !comparison.noise.ignores(pointer: path) { body(&self) }
        path.removeLast()
        shown.removeLast()
    }

    private mutating func compareTexts(_ was: [UInt8], _ now: [UInt8]) {
        if was == now { return }
        if RedactionMark.normal(was) == RedactionMark.normal(now) { return noise.append("\(place) (redacted)") }
        if let form = PassingForm.of(was), form == PassingForm.of(now) {
            return noise.append("\(place) (\(form.rawValue))")
        }
        note("\"\(AnswerComparison.shown(was))\"", "\"\(AnswerComparison.shown(now))\"")
    }

    private mutating func differ(_ was: JSONValue?, _ now: JSONValue?) {
        note(
            was.map { AnswerComparison.shown($0.text) } ?? "absent",
            now.map { AnswerComparison.shown($0.text) } ?? "absent")
    }

    private mutating func note(_ was: String, _ now: String) {
        if comparison.noise.isLearnt(place, route: route) { return noise.append("\(place) (learnt)") }
        guard differences.count < Self.most else { return }
        differences.append((place, was, now))
    }

    /// `body /items/*/id`
    private var place: String {
        if shown.isEmpty { return "body" }
        let pointer = shown.map { segment in
            segment.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        }
        return AnswerComparison.shown(Array(("body /" + pointer.joined(separator: "/")).utf8))
    }
}
