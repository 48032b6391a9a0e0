package import Documents
package import Gateway
package import HTTP
import Routes

/// One request as a principal of a test file: what `gatehouse authorize --test` decides.
package enum PrincipalRequest {
    package enum Outcome: Sendable {
        case decided(Exchange)
        /// The head is not a request.
        case refused(RequestRefusal)
        case notPossible([Diagnostic])
    }

    /// - Parameters:
    ///   - principal: nil sends no token.
    ///   - advance: seconds since the file's clock.
    package static func run(
        _ suite: TestSuite, method: String, path: String, headers: [(name: String, value: String)],
        principal name: String?, advance: Int, gate: TestGate,
        caller: @escaping CheckRunner.FunctionCaller = CheckRunner.nobody
    ) -> Outcome {
        var index: Int?
        if let name {
            index = suite.principals.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
            if index == nil {
                let known = suite.principals.map(\.name).joined(separator: ", ")
                return .notPossible([
                    Diagnostic(
                        code: TestDiagnosticCode.unknownPrincipal.rawValue,
                        message: "\(suite.source.name) has no principal \"\(name)\"",
                        help: known.isEmpty ? nil : "known: \(known)")
                ])
            }
        }
        var expectation = TestExpectation()
        expectation.decision = TestExpectation.Part(value: .allow, range: 0..<0)
        let line = TestRequestLine(method: method, path: path, headers: headers, body: [], range: 0..<0)
        let request = TestCase(
            name: "request", range: 0..<0, request: line, principal: index, expectation: expectation, backend: nil)
        var alone = suite
        alone.matrices = []
        alone.cases = []
        alone.sequences = [
            TestSequence(name: "request", range: 0..<0, steps: [.advance(advance), .request(request)])
        ]
        guard let snapshot = gate.snapshot() else { return .notPossible([]) }
        let (plan, problems) = TestPlan.make(alone, for: snapshot, keyring: gate.keyring)
        guard let plan, let check = plan.checks.first else { return .notPossible(problems) }
        var outcome = Outcome.notPossible([])
        _ = CheckRunner(plan, on: snapshot, caller: caller).result(of: check, snapshots: PolicySnapshots()) { _, run in
            if let exchange = run.exchange {
                outcome = .decided(exchange)
            } else if let refusal = run.refusal {
                outcome = .refused(refusal)
            }
        }
        return outcome
    }
}
