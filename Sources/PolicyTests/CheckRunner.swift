import Authorizers
import Documents
package import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// Runs the checks of a plan against a configuration: no sockets, no clock, no chance.
package struct CheckRunner {
    /// Asks a function that no script answers for.
    package typealias FunctionCaller = @Sendable (OfflineGate.FunctionQuery) -> OfflineGate.FunctionAnswer

    /// What became of one request.
    struct StepRun {
        var exchange: Exchange?
        var outcome: OfflineGate.Outcome
        /// The head never became a request.
        var refusal: RequestRefusal?
    }

    let plan: TestPlan
    let snapshot: GatewaySnapshot
    let caller: FunctionCaller
    /// One for all cells: what it remembers of a token never changes a decision.
    private let shared: AuthorizerWorkspace
    private let asksFunctions: Bool
    private let scripts: [String: FunctionScript]

    package init(_ plan: TestPlan, on snapshot: GatewaySnapshot, caller: @escaping FunctionCaller = CheckRunner.nobody)
    {
        self.plan = plan
        self.snapshot = snapshot
        self.caller = caller
        shared = Self.workspace(snapshot)
        asksFunctions = snapshot.document.authorizers.contains { $0.functionUri != nil }
        scripts = Dictionary(plan.suite.functions.map { ($0.authorizer, $0) }) { first, _ in first }
    }

    /// The caller of those who have no network.
    package static let nobody: FunctionCaller = { query in
        .failed("the test file scripts no answer of \"\(query.authorizer)\" for this principal")
    }

    private static func workspace(_ snapshot: GatewaySnapshot) -> AuthorizerWorkspace {
        AuthorizerWorkspace(
            cacheLimits: snapshot.document.tokenCache.entries == 0 ? nil : .standard, seed: (1, 2))
    }

    /// Whether the check passes; stops at the first step that does not.
    package func passes(_ check: TestPlan.Check, snapshots: PolicySnapshots) -> Bool {
        let workspace = begin(check)
        for step in check.steps {
            let run = run(step, in: workspace)
            let judge = StepJudge(check: check, step: step, run: run, snapshots: snapshots, runner: self)
            if !judge.mismatches(firstOnly: true).isEmpty { return false }
        }
        return true
    }

    /// Runs a check to its end and explains what is not as demanded. Each finished step is shown to `observe`.
    ///
    /// A kept document that is missing or differs does not end a sequence: whoever accepts it must know of the rest.
    func result(
        of check: TestPlan.Check, snapshots: PolicySnapshots, observe: (TestPlan.Step, StepRun) -> Void
    ) -> [Mismatch] {
        let workspace = begin(check)
        var all: [Mismatch] = []
        for step in check.steps {
            let run = run(step, in: workspace)
            observe(step, run)
            let judge = StepJudge(check: check, step: step, run: run, snapshots: snapshots, runner: self)
            let found = judge.mismatches(firstOnly: false)
            all += found
            // What follows a wrong step means nothing.
            if found.contains(where: { $0.snapshot == nil }) { break }
        }
        return all
    }

    /// Every check begins with nothing kept.
    private func begin(_ check: TestPlan.Check) -> AuthorizerWorkspace {
        if asksFunctions { snapshot.authorizerResults.flush() }
        return check.kind == .cell ? shared : Self.workspace(snapshot)
    }

    private func run(_ step: TestPlan.Step, in workspace: AuthorizerWorkspace) -> StepRun {
        let head: RequestHead
        switch step.wire {
        case .refused(let refusal): return refused(refusal)
        case .head(let parsed): head = parsed
        }
        var ids = CountingNumbers()
        let address = Array(step.line.sourceIP.utf8)
        let start = plan.suite.clock.seconds
        var exchange = Exchange(
            id: RequestID(using: &ids), snapshot: snapshot, head: head, client: address, peer: address,
            receivedAt: WallTime(seconds: start + Int64(step.offset)), uptime: Double(start) + Double(step.offset))
        let principal = step.principal?.name
        let outcome = OfflineGate.run(
            &exchange, in: workspace, body: step.line.body
        ) { query in
            answer(query, principal)
        }
        switch outcome {
        case .forwarded, .invoked:
            if isTooLong(step, exchange.head) { return refused(RequestRefusal(.bodyTooLarge)) }
        case .answered: break
        }
        return StepRun(exchange: exchange, outcome: outcome, refusal: nil)
    }

    /// A body in chunks announces no length: whoever is answered by the gateway itself is answered first, and the others
    /// are told when it has grown too long.
    private func isTooLong(_ step: TestPlan.Step, _ head: RequestHead) -> Bool {
        let limit = snapshot.document.server.limits.bodyBytes
        return head.framing == .chunked && limit > 0 && step.line.body.count > limit
    }

    private func refused(_ refusal: RequestRefusal) -> StepRun {
        let response = FailureMapping.response(to: .refused(refusal), apiType: snapshot.apiType)
        let answer = OfflineGate.Answer(status: response.status, fields: response.fields, body: response.body)
        return StepRun(exchange: nil, outcome: .answered(answer), refusal: refusal)
    }

    // MARK: Functions

    private func answer(_ query: OfflineGate.FunctionQuery, _ principal: String?) -> OfflineGate.FunctionAnswer {
        guard let script = scripts[query.authorizer],
            let answer = principal.flatMap({ script.answers[$0] }) ?? script.standard
        else { return caller(query) }
        switch answer {
        case .timeout: return .timedOut
        case .unauthorized: return .payload(Self.errorPayload("Unauthorized"), isFunctionError: true)
        case .error(let text): return .payload(Self.errorPayload(text), isFunctionError: true)
        case .payload(let json): return .payload(json, isFunctionError: false)
        case .allow: return .payload(verdict(true, query, principal), isFunctionError: false)
        case .deny: return .payload(verdict(false, query, principal), isFunctionError: false)
        }
    }

    private static func errorPayload(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { $0.member("errorMessage", text) }
        return writer.bytes
    }

    /// The form that the authorizer expects.
    private func verdict(_ isAllowed: Bool, _ query: OfflineGate.FunctionQuery, _ principal: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if snapshot.document.authorizer(named: query.authorizer)?.simpleResponses ?? false {
                writer.key("isAuthorized")
                writer.bool(isAllowed)
                return
            }
            writer.member("principalId", principal ?? "anonymous")
            writer.key("policyDocument")
            writer.object { writer in
                writer.member("Version", "2012-10-17")
                writer.key("Statement")
                writer.array { writer in
                    writer.object { writer in
                        writer.member("Action", "execute-api:Invoke")
                        writer.member("Effect", isAllowed ? "Allow" : "Deny")
                        writer.member("Resource", query.resource.text)
                    }
                }
            }
        }
        return writer.bytes
    }
}

/// Request ids without chance: the same run gives the same bytes.
private struct CountingNumbers: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state
    }
}
