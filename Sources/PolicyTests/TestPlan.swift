package import Documents
package import Gateway
import HTTP
import Routes
import Tokens

/// The checks of one suite, ready to run: every token minted, every request parsed.
///
/// Made from the configuration as it is, and then run against it and against each of its mutants: what a client sends
/// does not change when somebody breaks the gate.
package struct TestPlan: Sendable {
    /// One request with its demand.
    package struct Step: Sendable {
        package var line: TestRequestLine
        package var wire: TestWire
        package var principal: TestPrincipal?
        /// Seconds since the suite's clock.
        package var offset: Int
        package var expectation: TestExpectation
        package var backend: BackendScript?
        /// Whether anything is demanded; a step of a sequence may only prepare the next.
        package var isStated: Bool
        package var range: Range<Int>
    }

    package struct Check: Sendable {
        package enum Kind: String, Sendable {
            case cell
            case `case`
            case sequence
        }

        package var kind: Kind
        /// `fleet: DELETE /ships/42 as cadet`
        package var name: String
        package var range: Range<Int>
        package var steps: [Step]
        /// Of a cell: its matrix, row and column.
        package var place: (matrix: Int, row: Int, column: Int)?
    }

    package let suite: TestSuite
    package let checks: [Check]
    /// Cells that demand nothing.
    package let unstated: Int

    /// - Parameters:
    ///   - snapshot: of the keyring's document.
    ///   - omission: what the gate under test does not look at.
    package static func make(
        _ suite: TestSuite, for snapshot: GatewaySnapshot, keyring: TestKeyring, omitting omission: OmittedCheck? = nil
    ) -> (plan: TestPlan?, diagnostics: [Diagnostic]) {
        var maker = TestPlanMaker(
            suite: suite, snapshot: snapshot, forge: TokenForge(keyring, omitting: omission))
        maker.make()
        if !maker.diagnostics.isEmpty { return (nil, maker.diagnostics) }
        return (TestPlan(suite: suite, checks: maker.checks, unstated: maker.unstated), [])
    }
}

private struct TestPlanMaker {
    let suite: TestSuite
    let snapshot: GatewaySnapshot
    let forge: TokenForge
    let limits: TestWire.Limits
    var checks: [TestPlan.Check] = []
    var unstated = 0
    var diagnostics: [Diagnostic] = []
    /// Tokens by principal and authorizer: one principal asks for many routes with the same token.
    private var tokens: [String: [UInt8]?] = [:]
    /// Where requests without a token go, by their line.
    private var targets: [String: TestWire.Target] = [:]

    init(suite: TestSuite, snapshot: GatewaySnapshot, forge: TokenForge) {
        self.suite = suite
        self.snapshot = snapshot
        self.forge = forge
        limits = snapshot.wireLimits
    }

    mutating func make() {
        checkNames()
        for (index, matrix) in suite.matrices.enumerated() { add(matrix, index) }
        for each in suite.cases {
            let step = step(each, offset: 0)
            checks.append(TestPlan.Check(kind: .case, name: each.name, range: each.range, steps: [step], place: nil))
        }
        for sequence in suite.sequences {
            var offset = 0
            var steps: [TestPlan.Step] = []
            for each in sequence.steps {
                switch each {
                case .advance(let seconds): offset += seconds
                case .request(let request): steps.append(step(request, offset: offset))
                }
            }
            checks.append(
                TestPlan.Check(kind: .sequence, name: sequence.name, range: sequence.range, steps: steps, place: nil))
        }
    }

    /// Names that only the configuration can confirm.
    private mutating func checkNames() {
        let known = snapshot.document.authorizers.map(\.name)
        for script in suite.functions {
            let definition = snapshot.document.authorizer(named: script.authorizer)
            if definition?.functionUri != nil { continue }
            report(
                .unknownAuthorizer, script.range,
                definition == nil
                    ? "there is no authorizer \"\(script.authorizer)\""
                    : "authorizer \"\(script.authorizer)\" asks no function", known)
        }
        for principal in suite.principals {
            guard let name = principal.token.authorizer, !known.contains(name) else { continue }
            report(.unknownAuthorizer, principal.range, "there is no authorizer \"\(name)\"", known)
        }
    }

    private mutating func report(
        _ code: TestDiagnosticCode, _ range: Range<Int>, _ message: String, _ known: [String] = []
    ) {
        diagnostics.append(
            Diagnostic(
                code: code.rawValue, message: message, source: suite.source, range: range,
                help: known.isEmpty ? nil : "known: \(known.joined(separator: ", "))"))
    }

    private mutating func add(_ matrix: TestMatrix, _ number: Int) {
        for (row, each) in matrix.rows.enumerated() {
            for (column, cell) in each.cells.enumerated() {
                guard cell.expected != .unstated else {
                    unstated += 1
                    continue
                }
                let principal = suite.principals[matrix.columns[column]]
                var expectation = TestExpectation()
                expectation.decision = TestExpectation.Part(value: cell.expected, range: cell.range)
                let step = step(
                    each.request, principal, expectation: expectation, backend: nil, offset: 0, range: cell.range)
                checks.append(
                    TestPlan.Check(
                        kind: .cell, name: "\(matrix.name): \(ReportMask.hide(each.request.text)) as \(principal.name)",
                        range: cell.range, steps: [step], place: (number, row, column)))
            }
        }
    }

    private mutating func step(_ each: TestCase, offset: Int) -> TestPlan.Step {
        step(
            each.request, each.principal.map { suite.principals[$0] }, expectation: each.expectation,
            backend: each.backend, offset: offset, range: each.range)
    }

    private mutating func step(
        _ line: TestRequestLine, _ principal: TestPrincipal?, expectation: TestExpectation, backend: BackendScript?,
        offset: Int, range: Range<Int>
    ) -> TestPlan.Step {
        let wire = wire(line, principal)
        return TestPlan.Step(
            line: line, wire: wire, principal: principal, offset: offset, expectation: expectation, backend: backend,
            isStated: !expectation.isEmpty, range: range)
    }

    /// The request with the principal's headers and token.
    private mutating func wire(_ line: TestRequestLine, _ principal: TestPrincipal?) -> TestWire {
        var fields = line.headers
        for header in principal?.headers ?? []
        where !fields.contains(where: { $0.name.lowercased() == header.name.lowercased() }) {
            fields.append(header)
        }
        if forge.omission != nil { mend(&fields, line) }
        var path = line.path
        if let principal, let authorizer = authorizer(line, fields), let token = token(principal, authorizer) {
            let text = String(decoding: token, as: UTF8.self)
            switch TestWire.place(of: authorizer) {
            case .header(let name):
                // What the test writes by itself wins.
                if !fields.contains(where: { $0.name.lowercased() == name }) {
                    let scheme = name == "authorization" && principal.token.value == nil ? "Bearer " : ""
                    fields.append((name, scheme + text))
                }
            case .query(let name): path += (path.contains("?") ? "&" : "?") + "\(name)=\(text)"
            case .elsewhere: break
            }
        }
        return TestWire.make(
            method: line.method, path: path, fields: fields, bodyCount: line.body.count, limits: limits)
    }

    /// Tokens that stand in the test file itself.
    private mutating func mend(_ fields: inout [(name: String, value: String)], _ line: TestRequestLine) {
        guard !fields.isEmpty, let authorizer = authorizer(line, fields),
            case .header(let wanted) = TestWire.place(of: authorizer)
        else { return }
        for index in fields.indices where fields[index].name.lowercased() == wanted {
            let words = fields[index].value.split(separator: " ", omittingEmptySubsequences: false)
            guard let token = words.last else { continue }
            let mended = forge.mended(Array(token.utf8), nil, authorizer: authorizer.name)
            fields[index].value = (words.dropLast() + [String(decoding: mended, as: UTF8.self)[...]])
                .joined(separator: " ")
        }
    }

    /// The authorizer of the route, or, so that a public route gets a token too, the one that most requests carry.
    private mutating func authorizer(
        _ line: TestRequestLine, _ fields: [(name: String, value: String)]
    ) -> AuthorizerDefinition? {
        let document = snapshot.document
        let standard = document.api.defaultAuthorizer.flatMap { document.authorizer(named: $0.value) }
        if fields.isEmpty, let known = targets[line.text] { return known.authorizer ?? standard }
        let bare = TestWire.make(
            method: line.method, path: line.path, fields: fields, bodyCount: line.body.count, limits: limits)
        guard case .head(let head) = bare else { return standard }
        let target = TestWire.target(of: head, in: snapshot)
        if fields.isEmpty { targets[line.text] = target }
        return target.authorizer ?? standard
    }

    private mutating func token(_ principal: TestPrincipal, _ authorizer: AuthorizerDefinition) -> [UInt8]? {
        let key = "\(principal.name)\u{0}\(authorizer.name)"
        if let known = tokens[key] { return known }
        do throws(TestKeyring.Problem) {
            let made = try forge.token(for: principal, authorizer: authorizer.name, at: suite.clock)
            tokens[key] = .some(made)
            return made
        } catch {
            tokens[key] = .some(nil)
            report(.cannotMint, principal.range, "no token for \"\(principal.name)\": \(error.message)")
            return nil
        }
    }
}
