package import Documents
import Gateway
import Routes

/// Everything that one run of `gatehouse test` has found; the reports only write it down.
package struct TestReport: Sendable {
    /// The files that test one stage of one configuration.
    package struct Group: Sendable {
        package var configuration: String
        package var source: SourceText
        package var stageName: String
        package var runs: [SuiteRun]
        package var coverage: CoverageMap
        package var goals: CoverageGoals
        /// Coverage of a part of the checks says nothing.
        package var isWhole: Bool
        package var mutation: MutationRun?
        /// Mutants were asked for, and could not be judged.
        package var lacksMutation = false
        /// Keys that generated ones stand in for.
        package var replacedKeys: [String]
        /// Kept documents that no case uses.
        package var obsoleteSnapshots: [String] { runs.flatMap(\.obsoleteSnapshots) }

        package init(
            configuration: String, source: SourceText, stageName: String, runs: [SuiteRun], coverage: CoverageMap,
            goals: CoverageGoals, isWhole: Bool, mutation: MutationRun? = nil, replacedKeys: [String] = []
        ) {
            self.configuration = configuration
            self.source = source
            self.stageName = stageName
            self.runs = runs
            self.coverage = coverage
            self.goals = goals
            self.isWhole = isWhole
            self.mutation = mutation
            self.replacedKeys = replacedKeys
        }

        package var shortfalls: [(figure: CoverageMap.Figure, goal: Int)] {
            isWhole ? coverage.shortfalls(of: goals) : []
        }

        /// Guarded routes that no check states anything about.
        package var untestedRoutes: [CoverageMap.Item] {
            guard isWhole else { return [] }
            return coverage.routes.indices
                .filter { coverage.guarded.contains($0) && !coverage.reachedRoutes.contains($0) }
                .map { coverage.routes[$0] }
        }
    }

    package var groups: [Group]
    /// Nanoseconds of the whole run.
    package var nanoseconds: UInt64
    /// Survivors fail the run.
    package var demandsNoSurvivors: Bool

    package init(groups: [Group], nanoseconds: UInt64, demandsNoSurvivors: Bool = true) {
        self.groups = groups
        self.nanoseconds = nanoseconds
        self.demandsNoSurvivors = demandsNoSurvivors
    }

    package var runs: [SuiteRun] { groups.flatMap(\.runs) }
    package var total: Int { runs.reduce(0) { $0 + $1.results.count } }
    package var failed: Int { runs.reduce(0) { $0 + $1.failures.count } }
    package var unstated: Int { runs.reduce(0) { $0 + $1.plan.unstated } }

    package var hasPassed: Bool {
        failed == 0 && groups.allSatisfy { $0.shortfalls.isEmpty && !$0.lacksMutation }
            && (!demandsNoSurvivors || groups.allSatisfy { $0.mutation?.survivors.isEmpty ?? true })
    }

    /// `27 checks: 26 passed, 1 failed   14 ms`
    package var summary: String {
        var text = "\(total) check\(total == 1 ? "" : "s"): \(total - failed) passed, \(failed) failed"
        if unstated > 0 { text += ", \(unstated) cell\(unstated == 1 ? "" : "s") open" }
        return text + "   \(Self.milliseconds(nanoseconds)) ms"
    }

    /// Rounded up, as a reader of a budget wants it.
    package static func milliseconds(_ nanoseconds: UInt64) -> UInt64 { (nanoseconds + 999_999) / 1_000_000 }
}

/// The part of an explanation that says why: the step that settled it, statement by statement.
struct TraceLine {
    var text: String
    var span: SourceSpan?

    static func lines(of explanation: Explanation) -> [TraceLine] {
        let settled =
            explanation.steps.last { $0.status == .failed && $0.stage != .decision }
            ?? explanation.steps.last { !$0.statements.isEmpty } ?? explanation[.decision]
        var lines: [TraceLine] = []
        let head = "\(settled.stage.rawValue) \(settled.stage.name)"
        if settled.statements.isEmpty {
            lines.append(TraceLine(text: "\(head)  \(settled.text)", span: settled.span))
        }
        for note in settled.notes { lines.append(TraceLine(text: "  \(note.text)", span: note.span)) }
        for (index, statement) in settled.statements.enumerated() {
            let lead = index == 0 ? head : String(repeating: " ", count: head.count)
            lines.append(
                TraceLine(
                    text:
                        "\(lead)  \(sign(statement.status)) \(statement.effect) \(statement.label)  \(statement.text)",
                    span: statement.span))
        }
        return lines
    }

    private static func sign(_ status: Explanation.Status) -> String {
        switch status {
        case .satisfied: "ok"
        case .failed: "no"
        case .decisiveDeny: "!!"
        case .notApplicable, .notReached: "- "
        }
    }
}

extension Mismatch {
    /// The failure as a diagnostic of the test file.
    func diagnostic(of result: CheckResult, in run: SuiteRun) -> Diagnostic {
        Diagnostic(
            code: TestDiagnosticCode.failed.rawValue, message: result.check.name, source: run.suite.source,
            range: range, label: "expected \(expected)")
    }

    /// Got, why, and the command that shows it; without the place.
    func details(in run: SuiteRun) -> [String] {
        var lines = ["got   \(got)"]
        for note in notes { lines.append("      \(note)") }
        for line in explanation.map({ TraceLine.lines(of: $0) }) ?? [] {
            lines.append("      \(line.text)" + (line.span.map { "   \($0)" } ?? ""))
        }
        // The command cannot ask from elsewhere.
        if sourceIP != "127.0.0.1" { lines.append("from  \(sourceIP); the command asks from 127.0.0.1") }
        lines.append("show  \(command(file: run.file))")
        if snapshot != nil { lines.append("keep  gatehouse test --update \(Self.quoted(run.file))") }
        return lines
    }
}
