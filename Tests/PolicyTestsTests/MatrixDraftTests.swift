import PolicyTests
import Testing

@Suite struct MatrixDraftTests {
    private func draft(_ configuration: String) throws -> String {
        MatrixDraft.yaml(
            for: try Bench.document(configuration), configuration: "../gateway.json", clock: "2026-11-21T12:00:00Z")
    }

    @Test("Every route has a row, and only refusals are filled in") func rest() throws {
        let text = try draft(Fleet.rest())
        #expect(
            text.hasSuffix(
                """
                principals:
                  anonymous:   { token: missing }
                  expired:     { extends: caller, token: expired }
                  notYetValid: { extends: caller, token: notYetValid }
                  wrongKey:    { extends: caller, token: wrongKey }
                  algNone:     { extends: caller, token: algNone }
                  wrongIssuer: { extends: caller, token: wrongIssuer }
                  wrongAudience: { extends: caller, token: wrongAudience }
                  noExp:       { extends: caller, token: noExp }
                  caller:      { claims: { sub: caller, rank: ~ } }   # the policy reads these claims: give them values, add callers

                matrix:
                  - name: fleet
                    columns: [anonymous, expired, notYetValid, wrongKey, algNone, wrongIssuer, wrongAudience, noExp, caller]
                    rows:
                      GET /health:      [~, ~, ~, ~, ~, ~, ~, ~, ~]   # public
                      GET /ships:       [401, 401, 401, 401, 401, 401, 401, 401, ~]
                      GET /ships/42:    [401, 401, 401, 401, 401, 401, 401, 401, ~]
                      POST /ships:      [401, 401, 401, 401, 401, 401, 401, 401, ~]
                      DELETE /ships/42: [401, 401, 401, 401, 401, 401, 401, 401, ~]

                """))
    }

    @Test("What is filled in holds", arguments: [Fleet.rest(), Fleet.http, Fleet.function()])
    func holds(configuration: String) throws {
        let bench = try Bench(configuration, try draft(configuration))
        let run = try bench.run()
        #expect(Bench.problems(run) == [])
        #expect(!run.results.isEmpty && bench.plan.unstated > 0)
    }

    @Test("Cells that the resource policy decides before any token are left open") func resourcePolicy() throws {
        let configuration = Fleet.rest().replacing(
            "\"defaultStage\": \"dev\",",
            with: """
                "defaultStage": "dev", "policy": { "Version": "2012-10-17", "Statement": [
                  { "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*" },
                  { "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/GET/ships/*",
                    "Condition": { "NotIpAddress": { "aws:SourceIp": "10.0.0.0/8" } } }
                ] },
                """)
        let text = try draft(configuration)
        #expect(text.contains("GET /ships/42:    [~, ~, ~, ~, ~, ~, ~, ~, ~]\n"), "\(text)")
        #expect(text.contains("GET /ships:       [401, 401, 401, 401, 401, 401, 401, 401, ~]\n"))
        #expect(Bench.problems(try Bench(configuration, text).run()) == [])
    }

    @Test("No mutant outlives the draft but those about who may be let in", arguments: [Fleet.rest(), Fleet.http])
    func mutants(configuration: String) async throws {
        let bench = try Bench(configuration, try draft(configuration))
        let run = try await MutationRun.make([bench.plan], gate: bench.gate, snapshots: PolicySnapshots(), tasks: 2)
        let names = run.survivors.map(\.name)
        #expect(names.allSatisfy { $0.contains("/policy/") || $0.contains("authorizationScopes") }, "\(names)")
    }

    @Test("Names that YAML would misread are quoted") func quoting() throws {
        let odd = Fleet.rest(routes: "\"GET /a%23/{b+}\": { \"integration\": \"fleet\" },")
            .replacing("\"name\": \"fleet\"", with: "\"name\": \"it's: #1\"")
        let text = try draft(odd)
        #expect(text.contains("name: 'it''s: #1'"))
        #expect(try Bench(odd, text).suite.matrices.first?.name == "it's: #1")
    }
}
