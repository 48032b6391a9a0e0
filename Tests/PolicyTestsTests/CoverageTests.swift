import Documents
import PolicyTests
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
