import Documents
import Gateway
import PolicyTests
import Testing

@Suite struct SelectionTests {
    private func bench() throws -> Bench {
        try Bench(
            Fleet.rest(),
            """
            version: 1
            \(Fleet.principals)
            matrix:
              - name: m
                columns: [cadet, captain]
                rows: { GET /ships: allow, POST /ships: [deny, allow] }
            cases:
              - { name: kept policy, request: GET /ships, as: captain, expect: { policy: snapshot } }
            """)
    }

    private func names(_ selection: CheckSelection) throws -> [String] {
        try bench().run(selection).results.map(\.check.name)
    }

    @Test("A filter is text, or a pattern for the whole name") func filter() throws {
        #expect(try names(CheckSelection(filter: "post")) == ["m: POST /ships as cadet", "m: POST /ships as captain"])
        #expect(
            try names(CheckSelection(filter: "*captain")) == ["m: GET /ships as captain", "m: POST /ships as captain"])
        #expect(try names(CheckSelection(filter: "nothing")) == [])
        #expect(try names(CheckSelection(filter: "a.gatetest")).count == 5)
        #expect(!CheckSelection(filter: "x").isWhole && !CheckSelection(shard: (1, 2)).isWhole)
    }

    @Test("Shards together are the whole, each check once") func shards() throws {
        let parts = try (1...3).map { try names(CheckSelection(shard: ($0, 3))) }
        #expect(parts.map(\.count) == [2, 2, 1])
        #expect(try parts.flatMap { $0 }.sorted() == names(CheckSelection()).sorted())
    }

    @Test("A snapshot that is missing or differs fails, and an update takes it") func snapshots() throws {
        let bench = try bench()
        let file = "tests/a.gatetest.yaml"
        var missing = try bench.run()
        #expect(missing.failures.count == 1)
        let written = missing.acceptSnapshots(updates: false)
        #expect(Array(written.keys) == ["a.kept-policy.json"] && missing.failures.isEmpty)

        #expect(try bench.run(snapshots: PolicySnapshots([file: written])).failures.isEmpty)
        let text = try #require(written["a.kept-policy.json"])
        let old = String(decoding: text, as: UTF8.self).replacing("ReadFleet", with: "ReadAll")
        var changed = try bench.run(snapshots: PolicySnapshots([file: ["a.kept-policy.json": Array(old.utf8)]]))
        #expect(
            Bench.problems(changed).first?.contains("line 5 is now \"Sid\": \"ReadFleet\",, was \"Sid\": \"ReadAll\",")
                == true)
        #expect(changed.acceptSnapshots(updates: false).isEmpty && changed.failures.count == 1)
        #expect(changed.acceptSnapshots(updates: true) == written && changed.failures.isEmpty)
    }

    @Test("Snapshots of no case are reported, those of other files are not") func obsolete() throws {
        let kept = PolicySnapshots([
            "tests/a.gatetest.yaml": ["a.gone.json": [], "b.other.json": [], "a.kept-policy.json": []]
        ])
        #expect(try bench().run(snapshots: kept).obsoleteSnapshots == ["a.gone.json"])
        #expect(try bench().run(CheckSelection(filter: "x"), snapshots: kept).obsoleteSnapshots == [])
    }

    @Test(
        "The names of snapshot files are plain",
        arguments: [
            ("tests/ships.gatetest.yaml", "Policy for <captain>!", "ships.policy-for-captain.json"),
            ("a.gatetest.jsonc", "../../é", "a.case.json"),
        ])
    func names(file: String, name: String, expected: String) {
        #expect(PolicySnapshotFile.name(suite: file, case: name) == expected)
    }

    @Test("One request can be decided alone") func alone() throws {
        let bench = try bench()
        func outcome(_ principal: String?, _ advance: Int = 0) -> String {
            switch PrincipalRequest.run(
                bench.suite, method: "POST", path: "/ships", headers: [], principal: principal, advance: advance,
                gate: bench.gate)
            {
            case .decided(let exchange): exchange.failure?.reason ?? "allowed"
            case .refused: "refused"
            case .notPossible(let problems): problems.map(\.code).joined()
            }
        }
        #expect(outcome("captain") == "allowed")
        #expect(outcome("captain", 3600) == "expired")
        #expect(outcome("cadet") == "implicit_deny")
        #expect(outcome(nil) == "token_missing")
        #expect(outcome("stranger") == "GH7005")
    }
}
