import Documents
import PolicyTests
import Routes

/// One run over all files: reads them, prepares each configuration once, runs file by file on several threads.
struct TestSession {
    /// What the command line asks for.
    struct Options: Sendable {
        var selection = CheckSelection()
        var goals = CoverageGoals()
        var updates = false
        var isCI = false
        var mutates = false
        var tasks = 2
    }

    /// Something is wrong before any check could run.
    struct Refusal: Error {
        var diagnostics: [Diagnostic]
    }

    struct Result {
        var report: TestReport
        /// Every file that the run has read, for `--watch`.
        var inputs: [String]
        /// What the configurations name beside that: nothing that the run writes may be one of these.
        var named: [String]
        /// For the owner, on standard error.
        var notes: [String]
    }

    private struct Loaded {
        var suite: TestSuite
        var configuration: String
        var stage: String?
    }

    let configuration: ConfigurationOptions
    let options: Options
    private let callers = FunctionCallers()

    init(configuration: ConfigurationOptions, options: Options) {
        self.configuration = configuration
        self.options = options
    }

    func run(_ files: [String]) async throws -> Result {
        let start = ContinuousClock.now
        var inputs = files
        var notes: [String] = []
        var named: [String] = []
        let loaded = try load(files)
        var groups: [TestReport.Group] = []
        let snapshots = TestFiles.snapshots(beside: files)
        for members in Self.grouped(loaded) {
            guard let first = members.first else { continue }
            if !inputs.contains(first.configuration) { inputs.append(first.configuration) }
            groups.append(try await run(members, snapshots, &notes, &named))
        }
        let elapsed = UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1)))
        return Result(
            report: TestReport(groups: groups, nanoseconds: elapsed), inputs: inputs, named: named, notes: notes)
    }

    // MARK: Reading

    private func load(_ files: [String]) throws -> [Loaded] {
        var loaded: [Loaded] = []
        var problems: [Diagnostic] = []
        for file in files {
            let source = try TestFiles.read(file)
            let (suite, diagnostics) = SuiteReader.read(source) { named in
                Self.principals(named, beside: file, configuration)
            }
            problems += diagnostics
            guard let suite else { continue }
            loaded.append(
                Loaded(
                    suite: suite, configuration: try Self.configuration(of: suite, configuration),
                    stage: configuration.stageName ?? suite.stage))
        }
        problems += Self.sharedSnapshots(loaded.map(\.suite))
        if !problems.isEmpty { throw Refusal(diagnostics: problems) }
        return loaded
    }

    /// Files whose names differ in their endings alone would keep snapshots under one name.
    private static func sharedSnapshots(_ suites: [TestSuite]) -> [Diagnostic] {
        var owners: [String: String] = [:]
        var problems: [Diagnostic] = []
        for suite in suites {
            for (name, range) in suite.snapshotNames {
                let path = TestFiles.folder(of: suite.source.name) + name
                let owner = owners[path] ?? suite.source.name
                owners[path] = owner
                if owner == suite.source.name { continue }
                problems.append(
                    Diagnostic(
                        code: TestDiagnosticCode.twice.rawValue,
                        message: "\(owner) keeps its snapshot as \(name) too", source: suite.source, range: range,
                        help: "give one of the files, or the case, another name"))
            }
        }
        return problems
    }

    /// The principals of the configuration that a test file means; none where it cannot be read, which is reported when
    /// it is made ready.
    static func principals(
        _ named: String?, beside file: String, _ options: ConfigurationOptions
    ) -> [TestPrincipal] {
        do {
            let path =
                try options.config ?? named.map { try TestFiles.regular(TestFiles.resolve($0, from: file)) }
                ?? options.path()
            let source = SourceText(name: path, bytes: try StandardStreams.read(path))
            return TestSecrets.load(source, stage: options.stageName).document?.principals.map { TestPrincipal($0) }
                ?? []
        } catch {
            return []
        }
    }

    /// The command's own word first, then the file's, then what is found as by every other command.
    static func configuration(of suite: TestSuite, _ options: ConfigurationOptions) throws(CommandFailure) -> String {
        if let named = options.config { return named }
        if let named = suite.configuration {
            return try TestFiles.regular(TestFiles.resolve(named.path, from: suite.source.name))
        }
        return try options.path()
    }

    private static func grouped(_ loaded: [Loaded]) -> [[Loaded]] {
        var order: [String] = []
        var groups: [String: [Loaded]] = [:]
        for each in loaded {
            let key = "\(each.configuration)\u{0}\(each.stage ?? "")"
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(each)
        }
        return order.compactMap { groups[$0] }
    }

    /// The configuration made ready; its text, the names of what was stood in for, and the files that it names.
    static func gate(
        _ path: String, stage: String?
    ) throws -> (gate: TestGate, source: SourceText, stoodIn: [String], named: [String]) {
        let source = SourceText(name: path, bytes: try StandardStreams.read(path))
        let (document, diagnostics, stoodIn, files) = TestSecrets.load(source, stage: stage)
        guard let document else {
            throw Refusal(diagnostics: diagnostics.filter { $0.severity == .error })
        }
        let revocations = try TestFiles.revocations(of: document)
        do throws(TestGate.Refusal) {
            let named = files + [document.revocations?.path].compactMap { $0 }
            return (try TestGate(document, stageName: stage, revocations: revocations), source, stoodIn, named)
        } catch {
            throw Refusal(diagnostics: error.diagnostics)
        }
    }

    // MARK: Running

    private func run(
        _ members: [Loaded], _ snapshots: PolicySnapshots, _ notes: inout [String], _ named: inout [String]
    ) async throws -> TestReport.Group {
        let path = members[0].configuration
        let (gate, source, stoodIn, files) = try Self.gate(path, stage: members[0].stage)
        named += files
        if !stoodIn.isEmpty {
            notes.append("random secrets stand in for \(stoodIn.joined(separator: ", ")), which \(path) names")
        }
        if gate.revocations == nil, let list = gate.document.revocations {
            notes.append("\(list.path) is not here: nobody is revoked, and \(path) is tested without it")
        }
        var plans: [TestPlan] = []
        var problems: [Diagnostic] = []
        for member in members {
            guard let snapshot = gate.snapshot() else { continue }
            let (plan, found) = TestPlan.make(member.suite, for: snapshot, keyring: gate.keyring)
            problems += found
            if let plan { plans.append(plan) }
        }
        if !problems.isEmpty { throw Refusal(diagnostics: problems) }
        var runs = await runAll(plans, gate, snapshots)
        try keep(&runs)
        var coverage = CoverageMap(gate.document)
        var goals = options.goals
        for run in runs {
            coverage.merge(run.coverage)
            goals = goals.merging(run.suite.goals)
        }
        if !options.selection.isWhole, goals != CoverageGoals() {
            notes.append("the goals of coverage for \(path) were not judged: not all checks were run")
        }
        var group = TestReport.Group(
            configuration: path, source: source, stageName: runs.first?.stageName ?? "", runs: runs,
            coverage: coverage, goals: goals, isWhole: options.selection.isWhole,
            replacedKeys: gate.keyring.replaced)
        if options.mutates {
            if !options.selection.isWhole {
                notes.append("mutants of \(path) were not tried: a part of the checks says nothing about them")
            } else if runs.contains(where: { !$0.failures.isEmpty }) {
                notes.append("mutants of \(path) were not tried: the tests must pass first")
            } else {
                let kept = TestFiles.snapshots(beside: plans.map(\.suite.source.name))
                do throws(MutationRun.Refusal) {
                    group.mutation = try await MutationRun.make(
                        plans, gate: gate, snapshots: kept, tasks: options.tasks, caller: callers.memory)
                } catch {
                    group.lacksMutation = true
                    notes.append(
                        "mutants of \(path) were not tried: run again, \"\(error.check)\" fails without any change")
                }
            }
        }
        return group
    }

    /// All files at once, as many as there are tasks; the results stand in the order of the files.
    private func runAll(_ plans: [TestPlan], _ gate: TestGate, _ snapshots: PolicySnapshots) async -> [SuiteRun] {
        let selection = options.selection
        let callers = callers
        let tasks = max(1, min(options.tasks, plans.count))
        return await withTaskGroup(of: [(Int, SuiteRun)].self) { group in
            for part in 0..<tasks {
                group.addTask {
                    var done: [(Int, SuiteRun)] = []
                    for index in stride(from: part, to: plans.count, by: tasks) {
                        guard let snapshot = gate.snapshot() else { continue }
                        let start = ContinuousClock.now
                        let run = SuiteRun.make(
                            plans[index], gate: gate, on: snapshot, selection: selection, snapshots: snapshots,
                            caller: callers.network
                        ) {
                            UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1)))
                        }
                        done.append((index, run))
                    }
                    return done
                }
            }
            var all: [(Int, SuiteRun)] = []
            for await part in group { all += part }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Writes snapshots that are missing, and with `--update` those that differ; removes those of no case.
    private func keep(_ runs: inout [SuiteRun]) throws(CommandFailure) {
        for index in runs.indices {
            if options.updates {
                TestFiles.removeSnapshots(runs[index].obsoleteSnapshots, beside: runs[index].file)
                runs[index].obsoleteSnapshots = []
            }
            if options.isCI, !options.updates { continue }
            let written = runs[index].acceptSnapshots(updates: options.updates)
            if !written.isEmpty { try TestFiles.write(written, beside: runs[index].file) }
        }
    }
}
