import ArgumentParser
import Documents
import EventLoop
import FunctionHost
import Gateway
import Routes
import Synchronization

/// `gatehouse invoke`
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Run one function of the configuration once.",
        discussion: """
            Examples:
              gatehouse invoke verify-session --event event.json
              gatehouse authorize GET /ships --as captain --out v1 | gatehouse invoke verify-session --event -
              gatehouse invoke verify-session --event event.json --cold 10

            The answer goes to standard output as the function gave it; what the function printed, its times and its \
            end go to standard error. The exit code is 1 when the function failed.
            """)

    @Argument(help: "The function's name in \"functions\".") var name: String
    @Option(help: "The event: a file with JSON, or - for standard input (default: {}).", completion: .file())
    var event: String?
    @Option(help: "Invoke it this often, one after the other, in the same process.") var times = 1
    @Option(help: "Invoke it this often, each time in a new process.") var cold: Int?
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if times < 1 || times > 1_000_000 { throw ValidationError("--times is from 1 to 1000000") }
        if let cold, cold < 1 || cold > 1000 { throw ValidationError("--cold is from 1 to 1000") }
        if cold != nil, times != 1 { throw ValidationError("--times and --cold exclude each other") }
    }

    func run() async throws {
        do throws(CommandFailure) {
            let plan = try plan()
            let payload = try payload()
            var failed = false
            for _ in 0..<(cold ?? 1) {
                let outcomes = try await invoke(plan, payload)
                for outcome in outcomes { failed = show(outcome) || failed }
            }
            if failed { throw CommandFailure("", ExitCodes.no) }
        } catch {
            throw error.report()
        }
    }

    private func plan() throws(CommandFailure) -> FunctionPlan {
        let checked = try options.check()
        guard let snapshot = checked.snapshot else { throw output.refuse(checked) }
        guard let plan = FunctionPlans.make(snapshot.document).first(where: { $0.name == name }) else {
            let names = snapshot.document.functions.map(\.name)
            let shown = DiagnosticPrinter.visible(name)
            let known = names.isEmpty ? "it has none" : "known: \(names.joined(separator: ", "))"
            throw CommandFailure(
                "there is no function \"\(shown)\" in \(checked.source.name); \(known)", ExitCodes.usage)
        }
        return plan
    }

    private func payload() throws(CommandFailure) -> [UInt8] {
        guard let event else { return Array("{}".utf8) }
        let bytes = try StandardStreams.read(event)
        do {
            _ = try JSONParser.parse(bytes)
        } catch {
            throw CommandFailure(
                "\(DiagnosticPrinter.visible(event)) is not JSON: \(error.message)", ExitCodes.usage)
        }
        return bytes
    }

    /// All in one process, unless that ends in between.
    private func invoke(_ plan: FunctionPlan, _ payload: [UInt8]) async throws(CommandFailure) -> [InvocationOutcome] {
        var single = plan
        single.concurrency = 1
        single.provisionedConcurrency = 0
        let host: FunctionHost
        do throws(SystemError) {
            host = try FunctionHost(HostedFunctions.hosting.options { Self.show($0) })
        } catch {
            throw CommandFailure("no thread can be started: \(error.reason)", ExitCodes.software)
        }
        var outcomes: [InvocationOutcome] = []
        var random = SystemRandomNumberGenerator()
        for _ in 0..<times {
            let identity = String(decoding: RequestID(using: &random).uuid, as: UTF8.self)
            let outcome = await withCheckedContinuation { continuation in
                host.invoke(host.reserve(), single, requestID: identity, payload: payload) {
                    continuation.resume(returning: $0)
                }
            }
            outcomes.append(outcome)
        }
        await host.stop()
        return outcomes
    }

    /// True for a failure.
    private func show(_ outcome: InvocationOutcome) -> Bool {
        switch outcome {
        case .payload(let payload, let isError):
            StandardStreams.write(payload + [0x0A])
            if isError { StandardStreams.writeError("\(name): the function failed (FunctionError: Unhandled)\n") }
            return isError
        case .failed(let problem):
            StandardStreams.writeError("gatehouse: \(DiagnosticPrinter.visible(problem))\n")
            return true
        }
    }

    private static func show(_ line: FunctionLogLine) {
        guard line.kind == .report else { return HostedFunctions.show(line) }
        StandardStreams.writeError("\(line.function): REPORT \(FunctionTimes.text(line))\n")
    }
}
