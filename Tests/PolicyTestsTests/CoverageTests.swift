import Documents
import PolicyTests
import Routes
import Testing

@Suite struct CoverageTests {
    private func figures(_ tests: String, _ configuration: String = Fleet.rest()) throws -> [String: String] {
        let run = try Bench(configuration, tests).run()
        return Dictionary(
            uniqueKeysWithValues: run.coverage.figures.map { ($0.name, "\($0.reached)/\($0.total)") })
    }

    @Test("Only what a demand was stated for counts") func stated() throws {
        let found = try figures(
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - rows: { GET /ships: [~, ~, ~], GET /health: [204, ~, ~] }")
        #expect(found == ["routes": "1/5", "cells": "1/15", "statements": "0/3", "claims": "0/7"])
    }

    @Test("A statement counts when it decides, not when it merely matches") func decisive() throws {
        let run = try Bench(
            Fleet.rest(),
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - { columns: [cadet, captain], rows: { DELETE /ships/1: [deny!, allow] } }"
        ).run()
        let statements = try #require(run.coverage.figures.first { $0.name == "statements" })
        #expect(statements.missing.map(\.name) == ["session: ReadFleet"])
        #expect(statements.missing.first?.span.line == 14)
        #expect(statements.percent == 66)
    }

    @Test("Statements of the resource policy decide cells by their names, and count") func resourcePolicy() throws {
        let configuration = Fleet.rest().replacing(
            "\"defaultStage\": \"dev\",",
            with: """
                "defaultStage": "dev", "policy": { "Version": "2012-10-17", "Statement": [
                  { "Sid": "Reading", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/GET/*" },
                  { "Sid": "NotShipOne", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/GET/ships/1" },
                  { "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/GET/ships/2" }
                ] },
                """)
        func run(_ cases: [String]) throws -> SuiteRun {
            try Bench(
                configuration,
                "version: 1\n\(Fleet.principals)\ncases:\n" + cases.map { "  - \($0)\n" }.joined()
            ).run()
        }
        let right = try run([
            "{ name: a, request: GET /ships/1, as: captain, expect: { decision: deny!, statement: NotShipOne } }",
            "{ name: b, request: GET /health, expect: { status: 204, statement: Reading } }",
        ])
        #expect(Bench.problems(right) == [])
        let figure = try #require(right.coverage.figures.first { $0.name == "statements" })
        #expect(figure.reached == 2 && figure.total == 6)
        #expect(figure.missing.map(\.name).contains("api.policy: #2"))
        #expect(figure.missing.first { $0.name == "api.policy: #2" }?.span.line == 7)
        let numbered = try run([
            "{ name: c, request: GET /ships/2, as: captain, expect: { decision: deny!, statement: '#2' } }",
            "{ name: d, request: GET /ships, as: anonymous, expect: { status: 401 } }",
        ])
        #expect(Bench.problems(numbered) == [])
        #expect(numbered.coverage.figures.first { $0.name == "statements" }?.reached == 1)
        let wrong = try run([
            "{ name: e, request: GET /ships/1, as: captain, expect: { decision: deny } }",
            "{ name: f, request: GET /ships/1, as: captain, expect: { statement: '#2' } }",
        ])
        #expect(
            Bench.problems(wrong) == [
                "e: expected a 403 because nothing allows it, got DENY 403 (explicit) by the resource policy: NotShipOne",
                "f: expected the statement #2 to decide, got NotShipOne",
            ])
    }

    @Test("Principals of one name are one where they are alike, and those of gateway.json count when they are used")
    func identities() throws {
        func figure(_ first: String, _ second: String) throws -> String {
            let one = try Bench(
                Fleet.rest(),
                "version: 1\nprincipals: { a: { \(first) } }\nmatrix:\n  - { name: m, rows: { GET /ships: allow } }")
            let two = try Bench(
                Fleet.rest(),
                "version: 1\nprincipals: { a: { \(second) } }\nmatrix:\n  - { name: m, rows: { GET /ships: allow } }")
            var coverage = try one.run().coverage
            coverage.merge(try two.run().coverage)
            let cells = try #require(coverage.figures.first { $0.name == "cells" })
            return "\(cells.reached)/\(cells.total)"
        }
        let same = "claims: { rank: cadet, sub: u }"
        #expect(try figure(same, "claims: { sub: u, rank: cadet }") == "1/5")
        for other in [
            "claims: { rank: captain, sub: u }", "\(same), token: { lifetime: 5m }", "\(same), headers: { X-A: b }",
        ] {
            #expect(try figure(same, other) == "2/10", "\(other)")
        }
        let configured = try Bench.document(
            Fleet.rest().replacing(
                "\"stages\":", with: "\"principals\": { \"a\": {}, \"b\": {}, \"c\": {} }, \"stages\":")
        ).principals.map { TestPrincipal($0) }
        for (column, total) in [("a", 10), ("own", 5)] {
            let text =
                "version: 1\nprincipals: { own: {} }\nmatrix:\n  - { columns: [\(column)], rows: { GET /ships: allow } }"
            let (suite, problems) = SuiteReader.read(
                SourceText(name: "tests/a.gatetest.yaml", bytes: Array(text.utf8)), configured: { _ in configured })
            var coverage = CoverageMap(try Bench.document(Fleet.rest()))
            coverage.meet(try #require(suite, "\(problems)"))
            #expect(coverage.figures.first { $0.name == "cells" }?.total == total)
        }
    }

    @Test("What an authorizer asks for without saying so has its place too") func unwritten() throws {
        let text = Fleet.http.replacing(
            "\"jwt\": { \"keys\": [\"issuer\"], \"algorithms\": [\"RS256\", \"ES256\"] }", with: ""
        )
        .replacing("\"audience\": [\"fleet\"] },", with: "\"audience\": [\"fleet\"] }")
        let map = CoverageMap(try Bench.document(text))
        #expect(map.claims.count > 4 && map.claims.allSatisfy { $0.span.line > 7 }, "\(map.claims)")
    }

    @Test("A check of a token counts when it refuses somebody") func claims() throws {
        let run = try Bench(
            Fleet.rest(),
            """
            version: 1
            principals:
              good: {}
              wrongKey: { token: wrongKey }
              expired: { token: expired }
              wrongAudience: { token: wrongAudience }
            matrix:
              - rows: { GET /ships: [allow, 401, 401, 401] }
            """
        ).run()
        let claims = try #require(run.coverage.figures.first { $0.name == "claims" })
        #expect(
            claims.missing.map(\.name) == [
                "session: algorithms", "session: nbf", "session: requireExpiration", "session: issuer",
            ])
        #expect(claims.missing.map(\.advice).allSatisfy { $0.hasPrefix("add a principal") })
    }

    @Test("A new guarded route without a row fails the gate, and is named with its line") func newRoute() throws {
        let tests =
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - { columns: [captain], rows: { GET /health: 204, GET /ships: allow, GET /ships/1: allow, POST /ships: allow, DELETE /ships/1: allow } }\ncoverage: { routes: 100 }"
        let before = try Bench(Fleet.rest(), tests)
        #expect(before.report(try before.run()).hasPassed)
        let after = try Bench(Fleet.rest(routes: "\"GET /secrets\": { \"integration\": \"fleet\" },"), tests)
        let report = after.report(try after.run())
        #expect(report.failed == 0 && !report.hasPassed)
        #expect(report.groups[0].untestedRoutes.map(\.name) == ["GET /secrets"])
        let line = try #require(report.groups[0].untestedRoutes.first?.span.line)
        #expect(GitHubReport.render(report).contains("::error file=gateway.json,line=\(line),"))
        #expect(JUnitReport.render(report).contains("line=\"\(line)\""))
        #expect(HumanReport().render(report).contains("FAIL  coverage of routes is 83 %, the goal is 100 %"))
    }

    @Test("Goals of the file and of the command: the stricter counts", arguments: CoverageGoals.names)
    func goals(name: String) throws {
        let bench = try Bench(
            Fleet.rest(),
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - { columns: [captain], rows: { GET /ships: allow } }\ncoverage: { \(name): 0 }"
        )
        let run = try bench.run()
        #expect(bench.report(run).hasPassed)
        var goals = CoverageGoals()
        goals[name] = 100
        #expect(!bench.report(run, goals: goals).hasPassed)
    }

    @Test("Scopes of a route are a check too") func scopes() throws {
        let rows =
            "version: 1\nprincipals: { r: { claims: { scope: fleet:read } }, o: { claims: { scope: x } } }\nmatrix:\n  - rows: { GET /ships:"
        #expect(try figures("\(rows) [allow, ~] }", Fleet.http)["claims"] == "0/8")
        #expect(try figures("\(rows) [allow, deny] }", Fleet.http)["claims"] == "1/8")
    }
}
