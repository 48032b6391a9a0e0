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
            Bench.problems(changed) == [
                "kept policy: expected the policy to be as kept in a.kept-policy.json, got one that differs from line 5 on"
            ])
        let shown = HumanReport().render(bench.report(changed))
        #expect(
            shown.contains(
                "            -5:       \"Sid\": \"ReadAll\",\n            +5:       \"Sid\": \"ReadFleet\",\n"))
        #expect(shown.contains("expected the policy to be as kept in a.kept-policy.json\n"))
        #expect(shown.contains("      keep  gatehouse test --update tests/a.gatetest.yaml\n"))
        #expect(changed.acceptSnapshots(updates: false).isEmpty && changed.failures.count == 1)
        #expect(changed.acceptSnapshots(updates: true) == written && changed.failures.isEmpty)
    }

    @Test("A sequence goes on behind a snapshot that is missing or differs, and nothing of it passes unseen")
    func snapshotInSequence() throws {
        let bench = try Bench(
            Fleet.rest(),
            """
            version: 1
            \(Fleet.principals)
            sequences:
              - name: s
                as: captain
                steps:
                  - { request: GET /ships, expect: { policy: snapshot } }
                  - { request: GET /ships, expect: { status: 418 } }
                  - { request: GET /ships/1, expect: { policy: snapshot } }
            """)
        let other = PolicySnapshots(["tests/a.gatetest.yaml": ["a.s-1.json": Array("{}\n".utf8)]])
        for (snapshots, updates) in [(PolicySnapshots(), false), (PolicySnapshots(), true), (other, true)] {
            var run = try bench.run(snapshots: snapshots)
            let written = run.acceptSnapshots(updates: updates)
            #expect(Array(written.keys) == ["a.s-1.json"])
            #expect(Bench.problems(run).count == 1 && Bench.problems(run)[0].contains("expected status 418"))
        }
        let two = try Bench(
            Fleet.rest(),
            """
            version: 1
            \(Fleet.principals)
            sequences:
              - name: s
                as: captain
                steps:
                  - { request: GET /ships, expect: { policy: snapshot } }
                  - { advance: 1m }
                  - { request: GET /ships/1, expect: { policy: snapshot } }
            """)
        var run = try two.run()
        let written = run.acceptSnapshots(updates: false)
        #expect(written.keys.sorted() == ["a.s-1.json", "a.s-2.json"] && run.failures.isEmpty)
        #expect(try two.run(snapshots: PolicySnapshots(["tests/a.gatetest.yaml": written])).failures.isEmpty)
    }

    @Test("A wide cell has its room in the table, and programs get the difference too") func wide() throws {
        let bench = try Bench(
            Fleet.rest(),
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - { name: m, columns: [cadet, captain], rows: { GET /none: [no_route, allow] } }"
        )
        let shown = HumanReport().render(bench.report(try bench.run()))
        #expect(shown.contains("  m            cadet      captain \n    GET /none  no_route ✓ allow ✗\n"), "\(shown)")
        let kept = try self.bench()
        let run = try kept.run(
            snapshots: PolicySnapshots(["tests/a.gatetest.yaml": ["a.kept-policy.json": Array("{}\n".utf8)]]))
        let json = String(decoding: JSONReport.render(kept.report(run)), as: UTF8.self)
        #expect(json.contains("\"-1: {}\"") && json.contains("\"+1: {\""), "\(json)")
    }

    @Test("Snapshots of no case are reported, those of other files are not") func obsolete() throws {
        let kept = PolicySnapshots([
            "tests/a.gatetest.yaml": ["a.gone.json": [], "b.other.json": [], "a.kept-policy.json": []]
        ])
        #expect(try bench().run(snapshots: kept).obsoleteSnapshots == ["a.gone.json"])
        #expect(try bench().run(CheckSelection(filter: "x"), snapshots: kept).obsoleteSnapshots == [])
        // `a.b.gatetest.yaml` keeps its own beside.
        let foreign = ["a.notes.txt", "a.json", "a.bak", "a.Gone.json", "a.gone.json~", "a.x y.json"]
        let others = PolicySnapshots([
            "tests/a.gatetest.yaml": Dictionary(uniqueKeysWithValues: foreign.map { ($0, []) })
        ])
        #expect(try bench().run(snapshots: others).obsoleteSnapshots == [])
        let longer = PolicySnapshots(["tests/a.gatetest.yaml": ["a.b.kept-policy.json": [], "a.kept-policy.json": []]])
        #expect(try bench().run(snapshots: longer).obsoleteSnapshots == [])
    }

    @Test(
        "The names of snapshot files are plain",
        arguments: [
            ("tests/ships.gatetest.yaml", "policy for captain 2", "ships.policy-for-captain-2.json"),
            ("tests/ships.gatetest.yaml", "Policy for <captain>!", "ships.policy-for-captain-201d67fb.json"),
            ("a.gatetest.jsonc", "../../é", "a.case-c40da1b0.json"),
        ])
    func names(file: String, name: String, expected: String) {
        #expect(PolicySnapshotFile.name(suite: file, case: name) == expected)
    }

    @Test("Two names are never kept in one file") func injective() throws {
        let names = [
            "a b", "a/b", "a_b", "a-b", "a  b", "A b", "a b ", " a b", "ä", "ö", "", "-",
            String(repeating: "x", count: 300),
            String(repeating: "x", count: 301),
        ]
        let files = names.map { PolicySnapshotFile.name(suite: "s.gatetest.yaml", case: $0) }
        #expect(Set(files).count == names.count, "\(files)")
        #expect(files.allSatisfy { $0.utf8.count <= 150 })
        // What is left is said: a case that is called like a request of a sequence.
        let expect = "expect: { policy: snapshot } }"
        let text =
            "version: 1\ncases:\n  - { name: s 1, request: GET /, \(expect)\nsequences:\n  - { name: s, steps: [{ request: GET /, \(expect)] }"
        let (suite, problems) = SuiteReader.read(SourceText(name: "a.yaml", bytes: Array(text.utf8)))
        #expect(suite == nil && problems.map(\.code) == ["GH7011"])
        #expect(problems.first?.message.contains("a.s-1.json") == true)
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
