import Documents
import PolicyTests
import Routes
import Testing

@Suite struct DecisionTests {
    static let keys: [(String, String, String)] = [
        (
            "secret", "{ \"type\": \"secret\", \"alg\": \"HS256\", \"secret\": \"0123456789abcdef0123456789abcdef\" }",
            "HS256"
        ),
        (
            "pem",
            "{ \"type\": \"pem\", \"alg\": \"ES256\", \"kid\": \"r1\", \"publicKey\": \"-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----\" }",
            "ES256"
        ),
        ("jwksUri", "{ \"type\": \"jwks\", \"jwksUri\": \"https://id.example/keys.json\" }", "EdDSA"),
    ]

    @Test("Every named bad token is refused, whatever the key", arguments: keys.indices, TokenRecipe.Preset.allCases)
    func presets(key: Int, preset: TokenRecipe.Preset) throws {
        let (_, definition, algorithm) = Self.keys[key]
        let reason: String =
            switch preset {
            case .missing: "token_missing"
            case .expired: "expired"
            case .notYetValid: "not_yet_valid"
            case .wrongKey, .tampered: "bad_signature"
            case .algNone: "alg_not_allowed"
            case .hs256WithPublicKey: algorithm == "HS256" ? "bad_signature" : "alg_not_allowed"
            case .wrongIssuer: "iss_mismatch"
            case .wrongAudience: "aud_mismatch"
            case .noExp: "claim_missing"
            case .garbage: "malformed_segments"
            }
        let bench = try Bench(
            Fleet.rest(
                key: definition,
                jwt:
                    "\"algorithms\": [\"\(algorithm)\"], \"issuer\": \"https://login.example\", \"audience\": [\"fleet\"]"
            ),
            """
            version: 1
            principals:
              good: {}
              bad: { extends: good, token: \(preset.rawValue) }
            cases:
              - { name: good, request: GET /ships, as: good, expect: { decision: allow } }
              - { name: bad, request: GET /ships, as: bad, expect: { status: 401, reason: \(reason) } }
            """)
        #expect(Bench.problems(try bench.run()) == [])
    }

    private func problems(_ configuration: String, _ cases: String) throws -> [String] {
        Bench.problems(try Bench(configuration, "version: 1\n\(Fleet.principals)\n\(cases)").run())
    }

    @Test("A request beyond the server's limits is refused as at the gate") func limits() throws {
        let narrow = Fleet.rest().replacing(
            "\"listen\": \"127.0.0.1:0\"",
            with: """
                "listen": "127.0.0.1:0",
                "limits": { "bodyBytes": 10, "headerBytes": 2000, "headerCount": 5, "requestTargetBytes": 100 }
                """)
        func request(_ more: String) -> String { "request: { method: POST, path: /ships, \(more) }, as: captain" }
        let long = String(repeating: "x", count: 101)
        #expect(
            try problems(
                narrow,
                """
                cases:
                  - { name: fits, \(request("body: 0123456789")), expect: { decision: allow } }
                  - { name: long, \(request("body: 0123456789x")), expect: { status: 413, reason: body_too_large } }
                  - { name: announced, \(request("headers: { Content-Length: 11 }")), expect: { status: 413 } }
                  - { name: nobody, request: { method: POST, path: /none, body: 0123456789x }, expect: { status: 413 } }
                  - { name: chunked, \(request("headers: { Transfer-Encoding: chunked }, body: 0123456789x")), expect: { status: 413, body: { message: Request Too Long } } }
                  - name: chunked and denied
                    request: { method: POST, path: /ships, headers: { Transfer-Encoding: chunked }, body: 0123456789x }
                    as: cadet
                    expect: { status: 403, decision: deny }
                  - { name: target, request: GET /\(long), expect: { status: 414 } }
                  - { name: lines, \(request("headers: { A: 1, B: 2, C: 3, D: 4, E: 5 }")), expect: { status: 431, reason: field_count } }
                  - { name: head, \(request("headers: { A: \(String(repeating: "x", count: 2000)) }")), expect: { status: 431 } }
                """) == [])
        // The limit is the configuration's: the standard one lets all of it through.
        let standard = try problems(
            Fleet.rest(), "cases:\n  - { name: long, \(request("body: 0123456789x")), expect: { status: 413 } }")
        #expect(standard.count == 1 && standard[0].contains("ALLOW"))
        let http = Fleet.http.replacing(
            "\"listen\": \"127.0.0.1:0\"", with: "\"listen\": \"127.0.0.1:0\", \"limits\": { \"bodyBytes\": 1 }")
        let body = "{ message: Request Entity Too Large }"
        #expect(
            try problems(
                http,
                "cases:\n  - { name: long, request: { method: GET, path: /ships, body: ab }, expect: { status: 413, body: \(body) } }"
            ) == [])
    }

    @Test("A function gets no more than API Gateway hands on, whatever the server's limit") func payload() throws {
        let configuration = Fleet.rest().replacing(
            "\"listen\": \"127.0.0.1:0\"", with: "\"listen\": \"127.0.0.1:0\", \"limits\": { \"bodyBytes\": 0 }"
        ).replacing(
            "\"POST /ships\": { \"integration\": \"fleet\" }",
            with: """
                "POST /ships": { "integration": { "type": "AWS_PROXY",
                  "uri": "http://127.0.0.1:9/2015-03-31/functions/f/invocations" } }
                """)
        let gate = try Bench.gate(configuration)
        let snapshot = try #require(gate.snapshot())
        func failures(_ count: Int) throws -> [String] {
            var suite = try Bench.suite(
                "version: 1\n\(Fleet.principals)\ncases: [{ name: a, request: POST /ships, as: captain, expect: { status: 413 } }]"
            )
            suite.cases[0].request.body = Array(repeating: 0x78, count: count)
            let plan = try #require(TestPlan.make(suite, for: snapshot, keyring: gate.keyring).plan)
            let run = SuiteRun.make(
                plan, gate: gate, on: snapshot, selection: CheckSelection(), snapshots: PolicySnapshots()
            ) { 0 }
            return Bench.problems(run)
        }
        #expect(try failures(10_485_761) == [])
        #expect(try failures(11).first?.contains("ALLOW") == true)
    }

    @Test("A path that is misspelt does not pass for a denial") func misspelt() throws {
        let text = "status 403 from a route, got 403 because no route takes the request; write no_route to demand that"
        func cell(_ word: String) throws -> [String] {
            try problems(Fleet.rest(), "matrix:\n  - { name: m, columns: [cadet], rows: { GET /shps: \(word) } }")
        }
        #expect(try cell("403") == ["m: GET /shps as cadet: expected \(text)"])
        #expect(try cell("no_route") == [])
        #expect(try cell("401").count == 1)
        #expect(try cell("deny").count == 1)
        func expect(_ words: String) throws -> Int {
            try problems(Fleet.rest(), "cases: [{ name: c, request: GET /shps, expect: { \(words) } }]").count
        }
        #expect(try expect("status: 403") == 1)
        #expect(try expect("status: 403, reason: no_route") == 0)
        // Where it is not a denial's answer it can be nothing else.
        #expect(
            try problems(Fleet.http, "matrix:\n  - { columns: [cadet], rows: { GET /shps: 404, GET /sips: no_route } }")
                == [])
        let found = try problems(
            Fleet.rest(), "matrix:\n  - { name: m, columns: [cadet], rows: { GET /ships: no_route } }")
        #expect(found == ["m: GET /ships as cadet: expected no route to take the request, got ALLOW by ReadFleet"])
    }

    @Test("JWT authorizers answer with their challenge, and their scopes are asked for") func jwt() throws {
        let bench = try Bench(
            Fleet.http,
            """
            version: 1
            principals:
              reader: { claims: { scope: "fleet:read fleet:write" } }
              other: { claims: { scope: other } }
              late: { extends: reader, token: expired }
            matrix:
              - rows: { GET /ships: [allow, deny, 401], GET /none: 404 }
            cases:
              - name: challenge
                request: GET /ships
                as: late
                expect: { headers: { www-authenticate: { matches: 'Bearer*error="invalid_token"*expired*' } } }
            """)
        #expect(Bench.problems(try bench.run()) == [])
        #expect(bench.gate.keyring.replaced == ["issuer"])
    }

    @Test(
        "A cell that says something else fails",
        arguments: [
            ("allow", "401"), ("allow", "deny"), ("allow", "deny!"), ("allow", "200"), ("deny", "allow"),
            ("deny", "deny!"),
            ("deny", "401"), ("deny!", "allow"), ("deny!", "deny"), ("401", "allow"), ("401", "deny"), ("401", "403"),
            ("204", "200"), ("204", "deny"), ("no_route", "deny"), ("no_route", "deny!"), ("no_route", "allow"),
            ("no_route", "403"), ("allow", "no_route"), ("deny", "no_route"), ("401", "no_route"),
        ])
    func wrongCells(truth: String, said: String) throws {
        let row: (String, String) =
            switch truth {
            case "allow": ("GET /ships", "cadet")
            case "deny": ("POST /ships", "cadet")
            case "deny!": ("DELETE /ships/1", "cadet")
            case "401": ("GET /ships", "anonymous")
            case "204": ("GET /health", "cadet")
            default: ("GET /nowhere", "cadet")
            }
        func tests(_ cell: String) -> String {
            """
            version: 1
            \(Fleet.principals)
            matrix:
              - { columns: [\(row.1)], rows: { \(row.0): ["\(cell)"] } }
            """
        }
        #expect(try Bench(Fleet.rest(), tests(truth).replacing("\"", with: "")).run().failures.isEmpty)
        let run = try Bench(Fleet.rest(), tests(said).replacing("\"", with: "")).run()
        #expect(run.failures.count == 1)
        let mismatch = try #require(run.failures.first?.mismatches.first)
        #expect(run.suite.source.position(at: mismatch.range.lowerBound).line == 7)
    }

    @Test("An open cell demands nothing and counts as open") func open() throws {
        let bench = try Bench(
            Fleet.rest(), "version: 1\n\(Fleet.principals)\nmatrix:\n  - rows: { GET /ships: [~, ~, allow] }")
        #expect(bench.plan.checks.count == 1 && bench.plan.unstated == 2)
        #expect(try bench.run().coverage.reachedCells.count == 1)
    }

    @Test(
        "Each part of a demand is looked at",
        arguments: [
            ("decision: allow", "decision: deny"), ("statement: CommandFleet", "statement: ReadFleet"),
            ("reason: allowed", "reason: expired"), ("cache: miss", "cache: hit"),
            ("principalId: u-100", "principalId: u-2"), ("principalId: { matches: 'u-*' }", "principalId: absent"),
            ("context: { rank: captain }", "context: { rank: cadet }"),
            ("context: { other: absent }", "context: { rank: absent }"),
            ("upstream: { method: POST }", "upstream: { method: GET }"),
            ("upstream: { path: '/ships?a=1' }", "upstream: { path: /ships }"),
            ("upstream: { headers: { X-Rank: captain } }", "upstream: { headers: { X-Rank: admiral } }"),
            (
                "upstream: { headers: { Authorization: absent } }",
                "upstream: { headers: { Authorization: { present: true } } }"
            ),
            ("upstream: { headers: { X-Extra: { equals: absent } } }", "upstream: { headers: { X-Extra: absent } }"),
            ("status: 201", "status: 200"), ("body: { id: 7, tags: [a] }", "body: { id: 8 }"),
            ("body: { id: 7 }", "body: { tags: [a, b] }"), ("body: { matches: '*id*' }", "body: { matches: nothing }"),
            ("headers: { x-made: yes }", "headers: { x-made: no }"),
            ("headers: { x-none: absent }", "headers: { x-made: absent }"),
            ("policy: { Version: 2012-10-17 }", "policy: { Version: 2008-10-17 }"),
            ("policy: { Statement: [] }", ""),
        ])
    func parts(right: String, wrong: String) throws {
        func failures(_ expect: String) throws -> Int {
            try Bench(
                Fleet.rest(),
                """
                version: 1
                \(Fleet.principals)
                cases:
                  - name: post
                    request: { method: POST, path: "/ships?a=1", headers: { X-Extra: absent }, body: { name: x } }
                    as: captain
                    backend: { status: 201, headers: { X-Made: yes }, body: { id: 7, tags: [a] } }
                    expect: { \(expect) }
                """
            ).run().failures.count
        }
        if wrong.isEmpty { return #expect(try failures(right) == 1) }
        #expect(try failures(right) == 0)
        #expect(try failures(wrong) == 1)
    }

    @Test("What only a backend could answer is said to be unknown") func backend() throws {
        let bench = try Bench(
            Fleet.rest(),
            "version: 1\n\(Fleet.principals)\ncases:\n  - { name: a, request: GET /ships, as: cadet, expect: { status: 200 } }"
        )
        #expect(Bench.problems(try bench.run()).first?.contains("script \"backend\"") == true)
    }

    @Test("A request that the grammar refuses is answered as on the wire") func refused() throws {
        let bench = try Bench(
            Fleet.rest(),
            "version: 1\n\(Fleet.principals)\nmatrix:\n  - { columns: [cadet], rows: { GET /ships%2F42: 400, GET /../ships: 400, TRACEROUTE /ships: no_route } }"
        )
        #expect(Bench.problems(try bench.run()) == [])
    }

    @Test("Tokens live as long as they say, and the clock moves only when told") func sequences() throws {
        let bench = try Bench(
            Fleet.rest(),
            """
            version: 1
            principals: { cadet: { claims: { rank: cadet }, token: { lifetime: 10s } } }
            sequences:
              - name: life
                as: cadet
                steps:
                  - { request: GET /ships, expect: { cache: miss } }
                  - { advance: 9s }
                  - { request: GET /ships, expect: { cache: hit, decision: allow } }
                  - { advance: 1s }
                  - { request: GET /ships, expect: { reason: expired } }
            """)
        #expect(Bench.problems(try bench.run()) == [])
    }

    @Test("A token for one authorizer is none for another") func foreignToken() throws {
        let two = Fleet.rest(routes: "\"GET /admin\": { \"authorizer\": \"admin\", \"integration\": \"fleet\" },")
            .replacing(
                "\"keys\": { \"key\":",
                with: "\"keys\": { \"other\": { \"type\": \"jwks\", \"jwksUri\": \"https://b.example/k\" }, \"key\":"
            )
            .replacing(
                "\"authorizers\": {",
                with: """
                    "authorizers": { "admin": { "type": "TOKEN",
                      "identitySource": "method.request.header.Authorization",
                      "jwt": { "keys": ["other"], "algorithms": ["ES256"], "issuer": null, "audience": null },
                      "policy": [{ "sid": "Admin", "effect": "Allow", "resources": ["GET/admin"] }] },
                    """)
        let bench = try Bench(
            two,
            """
            version: 1
            principals:
              own: {}
              foreign: { token: { authorizer: session } }
            matrix:
              - rows: { GET /admin: [allow, 401], GET /ships: [allow, allow] }
            """)
        #expect(Bench.problems(try bench.run()) == [])
    }
}
