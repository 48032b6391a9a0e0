import Documents
package import Gateway
import Routes

/// Which checks are run.
package struct CheckSelection: Sendable {
    /// Text in the check's name or its file's, in any case; `*` and `?` make it a pattern for the whole name.
    package var filter: String?
    /// One part of several, counted from 1.
    package var shard: (number: Int, count: Int)?
    /// Exactly these checks; nil for all.
    package var names: Set<String>?

    package init(filter: String? = nil, shard: (number: Int, count: Int)? = nil) {
        self.filter = filter
        self.shard = shard
    }

    /// Whether coverage can be judged.
    package var isWhole: Bool { filter == nil && shard == nil && names == nil }

    func takes(_ check: TestPlan.Check, _ index: Int, file: String) -> Bool {
        if let shard, index % shard.count != shard.number - 1 { return false }
        if let names, !names.contains(check.name) { return false }
        guard let filter else { return true }
        let wanted = filter.lowercased()
        let names = [check.name.lowercased(), file.lowercased()]
        if filter.contains("*") || filter.contains("?") { return names.contains { Glob.matches(wanted, $0) } }
        return names.contains { $0.contains(wanted) }
    }
}

/// What became of one check.
package struct CheckResult: Sendable {
    package var check: TestPlan.Check
    /// Empty when it passed.
    package var mismatches: [Mismatch]
    package var nanoseconds: UInt64

    package var hasPassed: Bool { mismatches.isEmpty }
}

/// What became of one test file.
package struct SuiteRun: Sendable {
    package var plan: TestPlan
    package var stageName: String
    /// Those that were selected.
    package var results: [CheckResult]
    package var coverage: CoverageMap
    package var nanoseconds: UInt64
    /// What cases say `policy: snapshot` for, by the name of its file.
    package var snapshotNames: Set<String>
    /// Names of kept documents that no case uses; only known when all checks were run.
    package var obsoleteSnapshots: [String]

    package var suite: TestSuite { plan.suite }
    package var file: String { plan.suite.source.name }
    package var failures: [CheckResult] { results.filter { !$0.hasPassed } }

    /// Runs what is selected of a plan.
    ///
    /// - Parameter stopwatch: nanoseconds of a clock that does not jump; for the report only.
    package static func make(
        _ plan: TestPlan, gate: TestGate, on snapshot: GatewaySnapshot, selection: CheckSelection,
        snapshots: PolicySnapshots, caller: @escaping CheckRunner.FunctionCaller = CheckRunner.nobody,
        stopwatch: () -> UInt64
    ) -> SuiteRun {
        let start = stopwatch()
        let runner = CheckRunner(plan, on: snapshot, caller: caller)
        var coverage = CoverageMap(gate.document)
        coverage.meet(plan.suite)
        var run = SuiteRun(
            plan: plan, stageName: snapshot.stage.name, results: [], coverage: coverage, nanoseconds: 0,
            snapshotNames: Set(plan.suite.snapshotNames.map(\.name)), obsoleteSnapshots: [])
        var last = start
        for (index, check) in plan.checks.enumerated() {
            guard selection.takes(check, index, file: plan.suite.source.name) else { continue }
            let found = runner.result(of: check, snapshots: snapshots) { coverage.observe($0, $1) }
            let now = stopwatch()
            run.results.append(CheckResult(check: check, mismatches: found, nanoseconds: now - last))
            last = now
        }
        run.coverage = coverage
        if selection.isWhole {
            run.obsoleteSnapshots = snapshots.obsolete(beside: run.file, used: run.snapshotNames)
        }
        run.nanoseconds = stopwatch() - start
        return run
    }
}

extension SuiteRun {
    /// Takes what the gate says now for what is to be kept: of cases whose document is missing, and, if `updates`, of
    /// those that differ. Gives the documents to write, by name.
    package mutating func acceptSnapshots(updates: Bool) -> [String: [UInt8]] {
        var written: [String: [UInt8]] = [:]
        for index in results.indices {
            results[index].mismatches.removeAll { mismatch in
                guard let snapshot = mismatch.snapshot, updates || mismatch.isMissingSnapshot else { return false }
                written[snapshot.name] = snapshot.text
                return true
            }
        }
        return written
    }
}

extension Mismatch {
    /// The command that shows the decision alone.
    package func command(file: String) -> String {
        var words = ["gatehouse", "authorize"]
        words += ReportMask.hide(request).split(separator: " ").map { Self.quoted(String($0)) }
        words += ["--test", Self.quoted(file)]
        if let principal { words += ["--as", Self.quoted(principal)] }
        for header in headers {
            let value = ReportMask.isSecret(header.name) ? "…" : ReportMask.hide(header.value)
            words += ["-H", Self.quoted("\(header.name): \(value)")]
        }
        if offset > 0 { words += ["--advance", "\(offset)s"] }
        return words.joined(separator: " ")
    }

    /// As a shell reads it; plain words stay as they are.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-_./:=@%+,".utf8.contains(byte)
                }
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
