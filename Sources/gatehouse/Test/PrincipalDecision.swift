import ArgumentParser
import Documents
import Gateway
import PolicyTests
import Tokens

/// `authorize --test FILE --as NAME`: one request as a principal of a test file, at the file's clock.
struct PrincipalDecision {
    let file: String
    let principal: String?
    let advance: SpanArgument?
    let clock: WallTime?

    func run(
        method: String, path: String, headers: [String], options: ConfigurationOptions, writer: DiagnosticWriter
    ) throws -> AuthorizeSession.Result {
        let source = try TestFiles.read(file)
        let (read, diagnostics) = SuiteReader.read(source) { named in
            TestSession.principals(named, beside: file, options)
        }
        guard var suite = read else {
            StandardStreams.writeError(writer.render(diagnostics))
            throw ExitCodes.configuration
        }
        if let clock { suite.clock = clock }
        let configuration = try TestSession.configuration(of: suite, options)
        let stage = options.stageName ?? suite.stage
        let gate: TestGate
        do {
            gate = try TestSession.gate(configuration, stage: stage).gate
        } catch let refusal as TestSession.Refusal {
            StandardStreams.writeError(writer.render(refusal.diagnostics))
            throw ExitCodes.configuration
        }
        let request = OfflineRequest(method: method, path: path)
        let outcome = PrincipalRequest.run(
            suite, method: method, path: path, headers: try headers.map(Self.header), principal: principal,
            advance: advance?.seconds ?? 0, gate: gate, caller: FunctionCallers().network)
        switch outcome {
        case .decided(let exchange):
            return AuthorizeSession.Result(
                request: request, exchange: exchange, explanation: Explanation(of: exchange))
        case .refused(let refusal):
            guard let snapshot = gate.snapshot() else { throw CommandFailure("no configuration", ExitCodes.software) }
            return AuthorizeSession.Result(
                request: request, exchange: nil,
                explanation: Explanation(refusal: refusal, method: method, path: path, snapshot: snapshot))
        case .notPossible(let problems):
            StandardStreams.writeError(writer.render(problems))
            throw ExitCodes.usage
        }
    }

    private static func header(_ line: String) throws(CommandFailure) -> (name: String, value: String) {
        guard !line.utf8.contains(0x0A), !line.utf8.contains(0x0D), let colon = line.firstIndex(of: ":") else {
            throw CommandFailure("a header is one line, `Name: value`", ExitCodes.usage)
        }
        return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
}

/// `90s`, `5m`, `1h`, `7d`.
struct SpanArgument: ExpressibleByArgument {
    let seconds: Int

    init?(argument: String) {
        let sizes: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last, let size = sizes[unit], let number = Int(argument.dropLast()), number >= 0,
            number < 1 << 24
        else { return nil }
        seconds = number * size
    }
}
