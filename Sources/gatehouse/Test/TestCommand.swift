import ArgumentParser
import Documents
import PolicyTests

/// `gatehouse test`
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Check who may call what, by *.gatetest.yaml files.",
        discussion: """
            gatehouse test
            gatehouse test --filter 'DELETE*' tests/ships.gatetest.yaml
            gatehouse test --ci --junit report.xml --min-coverage routes=100,statements=100 --mutate

            Decisions are made by the gateway's own code, without a socket, at the clock that the file sets. A cell is \
            allow, deny (403, nothing allows it), deny! (403 by an explicit Deny), a status, no_route, or ~ for open.

            \(TestCommand.keys)

            Exit code 0: everything passed; 1: a check failed, a goal was missed, or a mutant survived; 78: a test file or \
            the configuration is wrong.
            """)

    /// The keys of test files, as the reader knows them.
    private static var keys: String {
        SuiteReader.keys.map { "Keys of \($0.place): \($0.names.joined(separator: ", "))." }.joined(separator: "\n")
    }

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case human
        case plain
        case tap
        case junit
        case json
        case github
    }

    @Argument(help: "Test files or folders (default: every *.gatetest.yaml and .jsonc below this folder).")
    var files: [String] = []

    @Option(help: "Run only checks whose name or file holds this text; * and ? make it a pattern.") var filter: String?
    @Option(help: "Run one part of several: 1/4.") var shard: ShardArgument?
    @Flag(name: [.customShort("u"), .long], help: "Write snapshots anew and delete those of no case.") var update =
        false
    @Flag(help: "For build machines: a missing snapshot fails.") var ci = false
    @Option(help: "human, plain, tap, junit, json or github.") var format = Format.human
    @Option(help: "Also write JUnit XML to this file.") var junit: String?
    @Option(help: "Also write the matrix as a page for reviewers to this file.") var html: String?
    @Option(
        help: "Fail below these percentages of all checks: routes=100,cells=80,statements=90,claims=50.",
        transform: { try CoverageArgument(argument: $0) })
    var minCoverage: CoverageArgument?
    @Flag(help: "Change the configuration in memory, piece by piece, and list what none of all checks notices.")
    var mutate = false
    @Flag(help: "Run again whenever a test file or the configuration changes.") var watch = false
    @Flag(name: [.customShort("q"), .long], help: "Leave out tables and checks that passed.") var quiet = false
    @Option(help: "Files, or mutants, that are run at the same time (default: one for each processor).")
    var jobs: Int?
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if filter != nil || shard != nil {
            // A part of the checks would let mutants live that the rest kill, and reach less than all do.
            let part = filter != nil ? "--filter" : "--shard"
            if mutate { throw ValidationError("--mutate needs all checks: leave \(part) out") }
            if minCoverage != nil { throw ValidationError("--min-coverage needs all checks: leave \(part) out") }
        }
        if ci, update { throw ValidationError("--ci and --update exclude each other") }
        if let jobs, jobs < 1 || jobs > 256 { throw ValidationError("--jobs lies between 1 and 256") }
        if watch, format != .human { throw ValidationError("--watch writes for people: leave --format out") }
    }

    func run() async throws {
        var session = TestSession.Options()
        session.selection = CheckSelection(filter: filter, shard: shard.map { ($0.number, $0.count) })
        session.goals = minCoverage?.goals ?? CoverageGoals()
        session.updates = update
        session.isCI = ci
        session.mutates = mutate
        session.tasks = jobs ?? StandardStreams.processors
        do {
            if watch { return try await TestWatch(command: self, options: session).run() }
            let report = try await runOnce(session).report
            // A shard may be empty; anything else that checks nothing must not make a build green.
            if report.total == 0, shard == nil {
                let cause = filter == nil ? "all cells are ~" : "the filter takes none"
                throw CommandFailure("no check was run: \(cause)", ExitCodes.no)
            }
            if !report.hasPassed { throw ExitCodes.no }
        } catch let failure as CommandFailure {
            throw failure.report()
        } catch let refusal as TestSession.Refusal {
            refuse(refusal)
            throw ExitCodes.configuration
        }
    }

    /// Problems of test files and configurations, as `--error-format` says; annotations where those were asked for.
    private func refuse(_ refusal: TestSession.Refusal) {
        var writer = output.diagnostics
        guard format == .github, output.errorFormat == nil, writer.format == .human else {
            return StandardStreams.writeError(writer.render(refusal.diagnostics))
        }
        writer.format = .github
        StandardStreams.write(writer.render(refusal.diagnostics))
    }

    /// One run with all that it prints and writes.
    @discardableResult
    func runOnce(_ session: TestSession.Options, failuresFirst: Bool = false) async throws -> TestSession.Result {
        let found = try TestFiles.find(files)
        let result = try await TestSession(configuration: options, options: session).run(found)
        try demandOutputs(besides: result.inputs + result.named)
        for note in result.notes { StandardStreams.writeError("gatehouse: \(DiagnosticPrinter.visible(note))\n") }
        if let junit { try TestOutput.write(junit, Array(JUnitReport.render(result.report).utf8)) }
        if let html { try TestOutput.write(html, Array(HTMLReport.render(result.report).utf8)) }
        StandardStreams.write(render(result.report, failuresFirst))
        return result
    }

    /// A report in the place of what was read would be the last run for good.
    private func demandOutputs(besides inputs: [String]) throws(CommandFailure) {
        for (option, path) in [("--junit", junit), ("--html", html)] {
            guard let path, let input = inputs.first(where: { TestOutput.isSame($0, path) }) else { continue }
            throw CommandFailure(
                "\(option) would overwrite \(DiagnosticPrinter.visible(input)), which the run has read", ExitCodes.usage
            )
        }
        if let junit, let html, TestOutput.isSame(junit, html) {
            throw CommandFailure("--junit and --html name the same file", ExitCodes.usage)
        }
    }

    private func render(_ report: TestReport, _ failuresFirst: Bool) -> [UInt8] {
        switch format {
        case .human:
            var human = HumanReport(usesColor: output.usesColor, usesASCII: output.usesASCII, isQuiet: quiet)
            human.failuresFirst = failuresFirst
            return Array(human.render(report).utf8)
        case .plain: return Array(PlainReport.render(report).utf8)
        case .tap: return Array(TAPReport.render(report).utf8)
        case .junit: return Array(JUnitReport.render(report).utf8)
        case .json: return JSONReport.render(report)
        case .github: return Array(GitHubReport.render(report).utf8)
        }
    }
}

/// `2/4`
struct ShardArgument: ExpressibleByArgument {
    let number: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], count >= 1, count <= 1000, number >= 1,
            number <= count
        else { return nil }
        self.number = number
        self.count = count
    }
}

/// `routes=100,statements=90`
struct CoverageArgument {
    let goals: CoverageGoals

    init(argument: String) throws {
        var goals = CoverageGoals()
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
            let name = String(halves[0])
            guard halves.count == 2, CoverageGoals.names.contains(name), let percent = Int(halves[1]),
                (0...100).contains(percent)
            else {
                let names = CoverageGoals.names.joined(separator: ", ")
                throw ValidationError("\"\(part)\" is no goal: write NAME=PERCENT with one of \(names)")
            }
            if goals[name] != nil { throw ValidationError("\"\(name)\" stands twice") }
            goals[name] = percent
        }
        self.goals = goals
    }
}
