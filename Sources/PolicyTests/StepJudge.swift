import Authorizers
import Documents
package import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// One demand that was not met.
package struct Mismatch: Sendable {
    /// Place of the demand in the test file.
    package var range: Range<Int>
    /// `expected an explicit Deny`
    package var expected: String
    /// `DENY (implicit): …`
    package var got: String
    /// Why the gate decided so; nil when the request was never decided.
    package var explanation: Explanation?
    /// What stands on the line: method and path.
    package var request: String
    package var principal: String?
    /// Seconds since the suite's clock at which it happened.
    package var offset: Int
    /// The kept document is missing: an update would write it.
    package var isMissingSnapshot = false
    /// What the kept document would hold after an update, and the name of its file.
    package var snapshot: (name: String, text: [UInt8])?
    /// Of the request, as it stands in the test file.
    package var headers: [(name: String, value: String)] = []
    /// Where the request came from.
    package var sourceIP = "127.0.0.1"
    /// More about the difference, line by line.
    package var notes: [String] = []
}

/// Compares what became of a request with what was demanded.
struct StepJudge {
    let check: TestPlan.Check
    let step: TestPlan.Step
    let run: CheckRunner.StepRun
    let snapshots: PolicySnapshots
    let runner: CheckRunner

    private var failure: GatewayFailure? {
        run.exchange.map(\.failure) ?? run.refusal.map { .refused($0) }
    }

    /// The policy document in force for the caller, as text that a snapshot holds.
    var policyText: [UInt8]? { run.exchange?.identity.map { PolicySnapshotFile.text($0.policy.json) } }

    func mismatches(firstOnly: Bool) -> [Mismatch] {
        let list = MismatchList()
        func add(_ range: Range<Int>, _ problem: (expected: String, got: String)?) {
            guard let problem else { return }
            // An explanation is worked out once more; nobody reads it of a mutant.
            let explanation = firstOnly ? nil : run.exchange.map { Explanation(of: $0) }
            list.items.append(
                Mismatch(
                    range: range, expected: ReportMask.hide(problem.expected), got: ReportMask.hide(problem.got),
                    explanation: explanation,
                    request: step.line.text, principal: step.principal?.name, offset: step.offset,
                    headers: step.line.headers, sourceIP: step.line.sourceIP))
        }
        let demand = step.expectation
        if let part = demand.decision { add(part.range, decision(part.value)) }
        if firstOnly, !list.items.isEmpty { return list.items }
        if let part = demand.status { add(part.range, status(part.value, mayMiss: demand.reason != nil)) }
        if let part = demand.reason {
            let reason = failure?.reason ?? "allowed"
            if part.value != reason { add(part.range, ("the reason \(part.value)", reason)) }
        }
        if let part = demand.statement {
            let name = statement
            if part.value != name { add(part.range, ("the statement \(part.value) to decide", name ?? "none did")) }
        }
        if let part = demand.cache {
            let cache = run.exchange?.authorization?.cache.rawValue ?? "off"
            if part.value != cache { add(part.range, ("cache \(part.value)", cache)) }
        }
        if let part = demand.principalID {
            add(part.range, value(part.value, run.exchange?.identity?.principalID, "principalId"))
        }
        for field in demand.context {
            var problem = value(
                field.matcher, run.exchange?.identity?.context[field.name]?.text, "context.\(field.name)")
            if problem != nil, ReportMask.isSecret(field.name) {
                problem = ("another context.\(field.name)", "one that reports do not show")
            }
            add(field.range, problem)
        }
        judgeAnswer(add)
        if let part = demand.upstream { judgeUpstream(part, add) }
        if let part = demand.policy { judgePolicy(part, add, list) }
        return list.items
    }

    // MARK: Decisions

    /// Nil when the cell is right.
    private func decision(_ expected: CellExpectation) -> (expected: String, got: String)? {
        let isRight: Bool
        switch expected {
        case .unstated: isRight = true
        case .allow: isRight = failure == nil
        case .explicitDeny:
            switch failure {
            case .explicitDeny: isRight = true
            case .resourcePolicy(let refusal): isRight = refusal.isExplicit
            default: isRight = false
            }
        case .deny:
            switch failure {
            case .implicitDeny, .refusedByFunction, .unauthorized(.insufficientScope): isRight = true
            case .resourcePolicy(let refusal): isRight = !refusal.isExplicit
            default: isRight = false
            }
        case .noRoute: isRight = hasNoRoute
        case .status(let status): return self.status(status, mayMiss: false)
        }
        return isRight ? nil : (Self.words(expected), got)
    }

    private static func words(_ expected: CellExpectation) -> String {
        switch expected {
        case .allow: "the request to be allowed"
        case .deny: "a 403 because nothing allows it"
        case .explicitDeny: "an explicit Deny"
        case .status(let status): "status \(status)"
        case .noRoute: "no route to take the request"
        case .unstated: "nothing"
        }
    }

    private var hasNoRoute: Bool { failure == .noRoute || failure == .unknownStage }

    /// - Parameter mayMiss: the test says by another word that it knows of the missing route.
    private func status(_ expected: Int, mayMiss: Bool) -> (expected: String, got: String)? {
        guard let answer else {
            return ("status \(expected)", "ALLOW: the backend would answer; say allow, or script \"backend\"")
        }
        // REST APIs answer a path that is misspelt as they answer a denial.
        if expected == 403, answer.status == 403, hasNoRoute, !mayMiss {
            return ("status 403 from a route", "403 because no route takes the request; write no_route to demand that")
        }
        return Int(answer.status) == expected ? nil : ("status \(expected)", got)
    }

    /// What the client gets; nil when a backend would say it and none is scripted.
    private var answer: OfflineGate.Answer? {
        if case .answered(let answer) = run.outcome { return answer }
        guard let backend = step.backend, let exchange = run.exchange, let head = head(of: backend) else { return nil }
        return OfflineGate.answer(head, body: backend.body, to: exchange)
    }

    private func head(of backend: BackendScript) -> ResponseHead? {
        var text = "HTTP/1.1 \(backend.status) \r\nContent-Length: \(backend.body.count)\r\n"
        for header in backend.headers { text += "\(header.name): \(header.value)\r\n" }
        guard let method = run.exchange?.head.method else { return nil }
        var parser = ResponseParser(limits: HeadLimits(), method: method)
        let bytes = Array("\(text)\r\n".utf8)
        if case .head(let head, _) = parser.parse(bytes.span) { return head }
        return nil
    }

    /// One line about what was decided.
    private var got: String {
        guard let exchange = run.exchange else {
            return "the request was refused: \(run.refusal?.code.rawValue ?? "?")"
        }
        guard let failure = exchange.failure else {
            return "ALLOW" + (statement.map { " by \($0)" } ?? "")
        }
        let status = answer.map { "\($0.status) " } ?? ""
        switch failure {
        case .explicitDeny: return "DENY \(status)(explicit)" + (statement.map { " by \($0)" } ?? "")
        case .implicitDeny: return "DENY \(status)(implicit): no Allow matches, and no Deny does either"
        case .resourcePolicy(let refusal):
            let words = refusal.isExplicit ? "explicit" : "implicit"
            return "DENY \(status)(\(words)) by the resource policy" + (statement.map { ": \($0)" } ?? "")
        case .noRoute: return "\(status)no route takes the request"
        default: return "\(status)\(failure.reason)"
        }
    }

    /// Of whichever policy had the last word.
    private var statement: String? { run.exchange?.lastStatement }

    // MARK: Values

    private func value(
        _ matcher: ValueMatcher, _ bytes: [UInt8]?, _ name: String
    ) -> (expected: String, got: String)? {
        matcher.difference(fromText: bytes).map { Self.split($0, name) }
    }

    /// `expected X, got Y` in its halves.
    private static func split(_ difference: String, _ name: String) -> (expected: String, got: String) {
        let parts = difference.split(separator: ", got ", maxSplits: 1)
        guard parts.count == 2 else { return (name, difference) }
        var wanted = String(parts[0])
        for word in ["expected "] where wanted.contains(word) {
            wanted = wanted.split(separator: word, maxSplits: 1, omittingEmptySubsequences: false).joined()
        }
        return ("\(name) \(wanted)", String(parts[1]))
    }

    private typealias Adding = (Range<Int>, (expected: String, got: String)?) -> Void

    private func judgeAnswer(_ add: Adding) {
        let demand = step.expectation
        if demand.body == nil, demand.headers.isEmpty { return }
        guard let answer else {
            let range = demand.body?.range ?? demand.headers.first?.range ?? step.range
            return add(range, ("an answer", "ALLOW: the backend would answer; script \"backend\" to speak of it"))
        }
        if let part = demand.body {
            let node = (try? JSONParser.parse(answer.body)).map { DataNode($0.root) }
            let text = DataNode(.string(String(decoding: answer.body, as: UTF8.self)), 0..<0)
            // Text is compared with the text, everything else with what the JSON says.
            let isText: Bool
            switch part.value.test {
            case .members: isText = false
            case .equals(let wanted): isText = wanted.string != nil
            default: isText = true
            }
            add(part.range, part.value.difference(from: isText ? text : node).map { Self.split($0, "body") })
        }
        judge(demand.headers, in: answer.fields, add)
    }

    private func judge(_ fields: [TestExpectation.Field], in lines: [UInt8], _ add: Adding) {
        for field in fields {
            let values = HeaderLines.values(of: field.name, in: lines)
            let joined = values.isEmpty ? nil : Array(values.joined(separator: [0x2C, 0x20]))
            var problem = value(field.matcher, joined, "header \(field.name)")
            if problem != nil, let joined, ReportMask.isSecret(field.name) {
                problem?.got = "a value of \(joined.count) bytes, which reports do not show"
            }
            add(field.range, problem)
        }
    }

    private func judgeUpstream(_ part: TestExpectation.Part<TestExpectation.Upstream>, _ add: Adding) {
        guard case .forwarded(let request) = run.outcome else {
            return add(part.range, ("the request to reach an HTTP backend", got))
        }
        if let method = part.value.method, !method.value.utf8.elementsEqual(request.method) {
            add(method.range, ("method \(method.value) upstream", String(decoding: request.method, as: UTF8.self)))
        }
        if let path = part.value.path {
            add(path.range, value(path.value, request.target, "upstream path"))
        }
        judge(part.value.headers, in: request.fields, add)
    }

    private func judgePolicy(
        _ part: TestExpectation.Part<PolicyExpectation>, _ add: Adding, _ list: MismatchList
    ) {
        guard let text = policyText else { return add(part.range, ("a policy", got)) }
        switch part.value {
        case .matches(let matcher):
            let node = (try? JSONParser.parse(text)).map { DataNode($0.root) }
            add(part.range, matcher.difference(from: node).map { Self.split($0, "policy") })
        case .snapshot:
            let file = runner.plan.suite.source.name
            let name = PolicySnapshotFile.name(suite: file, case: step.name(in: check))
            let kept = snapshots.text(named: name, beside: file)
            if kept == text { return }
            let got = kept.map { "one that differs from line \(TextDifference.firstLine($0, text)) on" }
            let count = list.items.count
            add(part.range, ("the policy to be as kept in \(name)", got ?? "no snapshot is kept yet"))
            if list.items.count > count {
                list.items[count].notes = kept.map { TextDifference.lines($0, text).map { ReportMask.hide($0) } } ?? []
                list.items[count].isMissingSnapshot = kept == nil
                list.items[count].snapshot = (name, text)
            }
        }
    }
}

/// What is found while a step is judged.
private final class MismatchList {
    var items: [Mismatch] = []
}

extension TestPlan.Step {
    /// The name that the step's snapshot goes by.
    func name(in check: TestPlan.Check) -> String {
        if check.kind != .sequence { return check.name }
        let number = check.steps.firstIndex { $0.range == range && $0.offset == offset } ?? 0
        return PolicySnapshotFile.step(number + 1, of: check.name)
    }
}

/// Complete field lines as the server writes them.
enum HeaderLines {
    static func values(of name: String, in lines: [UInt8]) -> [[UInt8]] {
        let wanted = Array(name.lowercased().utf8)
        var out: [[UInt8]] = []
        for line in lines.split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let found = line[..<colon].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            if found == wanted { out.append(Array(line[(colon + 1)...].drop { $0 == 0x20 })) }
        }
        return out
    }
}

/// Where two texts differ.
enum TextDifference {
    /// Lines that a reader of a report still looks at.
    private static let most = 40

    /// What went with `-`, what came with `+`, each with the number of its line, in order.
    static func lines(_ old: [UInt8], _ new: [UInt8]) -> [String] {
        let before = old.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let after = new.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        // Comparing takes the product of what differs; documents as large as that are not read line by line.
        guard before.count + after.count <= 2000 else { return [] }
        let changes = after.difference(from: before)
        var removed: [Int: String] = [:]
        var inserted: [Int: String] = [:]
        for change in changes {
            switch change {
            case .remove(let offset, let line, _): removed[offset] = line
            case .insert(let offset, let line, _): inserted[offset] = line
            }
        }
        var out: [String] = []
        var (first, second) = (0, 0)
        while first < before.count || second < after.count {
            if let line = removed[first] {
                out.append("-\(first + 1): \(line)")
                first += 1
            } else if let line = inserted[second] {
                out.append("+\(second + 1): \(line)")
                second += 1
            } else {
                first += 1
                second += 1
            }
        }
        if out.count <= most { return out }
        return Array(out.prefix(most)) + ["and \(out.count - most) lines more"]
    }

    /// Number of the first line that differs.
    static func firstLine(_ old: [UInt8], _ new: [UInt8]) -> Int {
        let before = old.split(separator: 0x0A, omittingEmptySubsequences: false)
        let after = new.split(separator: 0x0A, omittingEmptySubsequences: false)
        return 1 + zip(before, after).prefix { $0 == $1 }.count
    }
}
