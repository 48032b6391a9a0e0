import Documents
import Gateway
import PolicyTests
import Routes
import Testing
import Tokens

/// Every check of a token can be left out, and a test that has a token for it notices.
@Suite struct OmittedCheckTests {
    private func run(
        _ configuration: String, _ tests: String, revocations: RevocationList? = RevocationList()
    ) async throws -> MutationRun {
        let document = try Bench.document(configuration)
        let gate = try TestGate(document, stageName: nil, revocations: revocations)
        let snapshot = try #require(gate.snapshot())
        let (made, problems) = TestPlan.make(try Bench.suite(tests), for: snapshot, keyring: gate.keyring)
        let plan = try #require(made, "\(problems.map(\.message))")
        let whole = SuiteRun.make(
            plan, gate: gate, on: snapshot, selection: CheckSelection(), snapshots: PolicySnapshots()
        ) { 0 }
        try #require(Bench.problems(whole) == [])
        return try await MutationRun.make([plan], gate: gate, snapshots: PolicySnapshots(), tasks: 2)
    }

    private func names(_ mutants: [Mutant], _ part: String) -> [String] {
        mutants.map(\.name).filter { $0.contains(part) }
    }

    private static let pem =
        "{ \"type\": \"pem\", \"alg\": \"ES256\", \"kid\": \"r1\", \"publicKey\": \"-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----\" }"
    private static let publicKey = Fleet.rest(
        key: pem, jwt: "\"algorithms\": [\"ES256\"], \"issuer\": \"https://login.example\", \"audience\": [\"fleet\"]")
    private static let checks = [
        "keys: signature not checked", "algorithms not checked", "exp not checked", "nbf not checked",
    ]

    @Test(
        "Each bad token finds the check that refuses it, and no other",
        arguments: [
            (TokenRecipe.Preset.wrongKey, 0), (.tampered, 0), (.algNone, 1), (.hs256WithPublicKey, 1), (.expired, 2),
            (.notYetValid, 3),
        ], [true, false])
    func presets(found: (TokenRecipe.Preset, Int), isPublic: Bool) async throws {
        let (preset, index) = found
        // Where secrets sign, HMAC is allowed, and a public key as the secret is just a wrong key.
        let expected = !isPublic && preset == .hs256WithPublicKey ? 0 : index
        let run = try await run(
            isPublic ? Self.publicKey : Fleet.rest(),
            """
            version: 1
            principals: { good: {}, bad: { token: \(preset.rawValue) } }
            matrix:
              - rows: { GET /ships: [allow, 401] }
            """)
        let left = names(run.survivors, "not checked").map { $0.split(separator: "/").last.map(String.init) ?? "" }
        #expect(left == Self.checks.indices.filter { $0 != expected }.map { Self.checks[$0] }, "\(preset)")
    }

    @Test("A test whose tokens are all good notices none of them") func unnoticed() async throws {
        let run = try await run(
            Fleet.rest(), "version: 1\nprincipals: { good: {} }\nmatrix:\n  - rows: { GET /ships: allow }")
        #expect(names(run.survivors, "not checked").count == Self.checks.count)
        #expect(
            run.survivors.first { $0.name.contains("signature") }?.advice == "add a principal with token: wrongKey")
    }

    @Test("An expiry in the middle of a sequence counts, and a bad signature is not mended with it") func advance()
        async throws
    {
        func sequence(_ principal: String, _ first: String) -> String {
            """
            version: 1
            principals: { good: {}, bad: { token: wrongKey } }
            sequences:
              - name: s
                as: \(principal)
                steps:
                  - { request: GET /ships, expect: { decision: \(first) } }
                  - { advance: 2h }
                  - { request: GET /ships, expect: { status: 401 } }
            """.replacing("decision: 401", with: "status: 401")
        }
        let good = try await run(Fleet.rest(), sequence("good", "allow"))
        #expect(names(good.survivors, "exp not checked") == [])
        let bad = try await run(Fleet.rest(), sequence("bad", "401"))
        #expect(names(bad.survivors, "exp not checked").count == 1)
    }

    @Test("Tokens that the test file writes itself count too") func written() async throws {
        // { "alg": "HS256" } over { "sub": "u" }, badly signed.
        let token =
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1IiwiaXNzIjoiaHR0cHM6Ly9sb2dpbi5leGFtcGxlIiwiYXVkIjoiZmxlZXQiLCJleHAiOjE3OTUyNjYwMDAsImlhdCI6MTc2NzIyNTYwMH0.AAAA"
        for place in [
            "request: { method: GET, path: /ships, headers: { Authorization: 'Bearer \(token)' } }",
            "request: GET /ships, as: literal",
        ] {
            let run = try await run(
                Fleet.rest(),
                """
                version: 1
                principals: { good: {}, literal: { token: { value: 'Bearer \(token)' } } }
                matrix:
                  - { columns: [good], rows: { GET /ships: allow } }
                cases:
                  - { name: c, \(place), expect: { status: 401, reason: bad_signature } }
                """.replacing("value: 'Bearer \(token)'", with: "value: \(token)"))
            #expect(names(run.survivors, "signature") == [])
            #expect(names(run.survivors, "nbf").count == 1)
        }
    }

    @Test("Each of several issuers is tested with tokens of its own", arguments: ["one", "two"])
    func issuers(wrong: String) async throws {
        let configuration = Fleet.http.replacing("\"type\": \"HTTP\"", with: "\"type\": \"REST\"")
            .replacing("\"$default\"", with: "\"dev\"")
            .replacing(
                "\"identitySource\": [\"$request.header.Authorization\"]",
                with: "\"identitySource\": \"method.request.header.Authorization\""
            )
            .replacing(
                "\"jwtConfiguration\": { \"issuer\": \"https://id.example\", \"audience\": [\"fleet\"] },",
                with: """
                    "defaultAlgorithms": ["ES256"],
                    "jwtConfiguration": { "issuers": [
                      { "issuer": "https://one.example", "audiences": ["a"],
                        "additionalClaims": [{ "claimName": "tier", "required": true, "expectedValues": ["gold"] }] },
                      { "issuer": "https://two.example", "audiences": ["b"] }
                    ] },
                    """
            )
            .replacing(
                "\"jwt\": { \"keys\": [\"issuer\"], \"algorithms\": [\"RS256\", \"ES256\"] }", with: "")
        let all = """
            one: { claims: { iss: 'https://one.example', tier: gold, scope: fleet:read } }
              two: { claims: { iss: 'https://two.example', scope: fleet:read } }
              third: { extends: \(wrong), token: wrongIssuer }
              oneElsewhere: { extends: one, token: wrongAudience }
              twoElsewhere: { extends: two, token: wrongAudience }
              silver: { extends: one, claims: { tier: silver } }
              none: { extends: one, claims: { tier: ~ } }
            """
        let rich = try await run(
            configuration,
            """
            version: 1
            principals:
              \(all)
            matrix:
              - rows: { GET /ships: [allow, allow, 401, 401, 401, 401, 401] }
            """)
        #expect(names(rich.survivors, "issuer") == [])
        let poor = try await run(
            configuration,
            """
            version: 1
            principals:
              \(all)
            matrix:
              - { columns: [one], rows: { GET /ships: allow } }
            """)
        #expect(
            names(poor.survivors, "issuer") == [
                "/authorizers/partner/jwt/issuer not checked",
                "/authorizers/partner/issuers/https://one.example/audiences not checked",
                "/authorizers/partner/issuers/https://one.example/additionalClaims/tier removed",
                "/authorizers/partner/issuers/https://one.example/additionalClaims/tier value removed",
                "/authorizers/partner/issuers/https://two.example removed",
                "/authorizers/partner/issuers/https://two.example/audiences not checked",
            ])
    }

    @Test("A token is expired and nothing else, however young tokens must be", arguments: [60, 600, 86_400])
    func expiredAndYoung(age: Int) async throws {
        let jwt = "\"algorithms\": [\"HS256\"], \"issuer\": \"i\", \"audience\": [\"a\"], \"maxAgeSeconds\": \(age)"
        let run = try await run(
            Fleet.rest(jwt: jwt),
            """
            version: 1
            principals: { good: {}, late: { token: expired }, old: { claims: { iat: 0 } } }
            matrix:
              - rows: { GET /ships: [allow, 401, 401] }
            cases:
              - { name: late, request: GET /ships, as: late, expect: { reason: expired } }
            """)
        #expect(names(run.survivors, "exp not checked") == [])
        #expect(names(run.survivors, "maxAgeSeconds") == [])
    }

    @Test("The list of revoked tokens is in force, and its removal is noticed") func revoked() async throws {
        let configuration = Fleet.rest().replacing(
            "\"stages\": { \"dev\": {} },",
            with: "\"stages\": { \"dev\": {} }, \"revocations\": { \"file\": \"revoked.jsonl\" },")
        let (list, problems) = RevocationList.parse(Array("{\"sub\":\"mallory\"}\n".utf8))
        try #require(problems.isEmpty && list.count == 1)
        func tests(_ cell: String) -> String {
            "version: 1\nprincipals: { good: {}, mallory: {} }\nmatrix:\n  - rows: { GET /ships: [allow, \(cell)] }"
        }
        let noticed = try await run(configuration, tests("401"), revocations: list)
        #expect(names(noticed.survivors, "/revocations") == [])
        let unnoticed = try await run(configuration, tests("~"), revocations: list)
        #expect(names(unnoticed.survivors, "/revocations") == ["/revocations removed"])
        let absent = try await run(configuration, tests("allow"), revocations: nil)
        #expect(names(absent.survivors, "/revocations") == ["/revocations removed"])
        let empty = try await run(configuration, tests("allow"))
        #expect(empty.equivalents.first { $0.mutant.name == "/revocations removed" }?.reason == "the list is empty")
    }

    @Test("Every condition of the resource policy is removed and turned round, every resource widened")
    func resourcePolicy()
        async throws
    {
        let configuration = Fleet.rest().replacing(
            "\"defaultStage\": \"dev\",",
            with: """
                "defaultStage": "dev",
                "policy": { "Version": "2012-10-17", "Statement":
                  { "Sid": "Here", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                    "Resource": ["execute-api:/dev/POST/ships"],
                    "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } }
                },
                """)
        let here =
            "- { name: here, request: { method: POST, path: /ships, sourceIp: 203.0.113.7 }, as: cadet, expect: { decision: allow } }"
        let there = "- { name: there, request: POST /ships, as: cadet, expect: { decision: deny } }"
        // Says nothing about the policy.
        let other =
            "- { name: other, request: { method: PUT, path: /ships, sourceIp: 203.0.113.7 }, as: captain, expect: { reason: no_route } }"
        let all = [
            "Resource execute-api:/dev/POST/ships -> execute-api:/dev/*/ships",
            "Resource execute-api:/dev/POST/ships -> execute-api:/dev/POST/*",
            "Resource execute-api:/dev/POST/ships -> *", "Condition IpAddress aws:SourceIp removed",
            "Condition IpAddress -> NotIpAddress", "effect -> Deny",
        ].map { "/api/policy/Here \($0)" }
        let mutants = MutantFactory.mutants(of: try Bench.document(configuration)).map(\.name)
        #expect(all.allSatisfy { mutants.contains($0) }, "\(mutants)")
        func survivors(_ cases: [String]) async throws -> [String] {
            let tests = "version: 1\n\(Fleet.principals)\ncases:\n" + cases.map { "  \($0)\n" }.joined()
            return names(try await run(configuration, tests).survivors, "/api/policy/Here")
        }
        #expect(try await survivors([other]).sorted() == all.sorted())
        #expect(try await survivors([here]) == Array(all[..<4]))
        #expect(try await survivors([here, there]) == Array(all[..<3]))
    }

    @Test("A second identity source must be there, and that is tested") func sources() async throws {
        let configuration = Fleet.function(ttl: 0, type: "REQUEST").replacing(
            "\"identitySource\": \"method.request.header.Authorization\"",
            with:
                "\"identitySource\": [\"method.request.header.Authorization\", \"method.request.header.X-Key\", \"context.identity.sourceIp\"]"
        )
        func tests(_ more: String) -> String {
            """
            version: 1
            principals: { a: { token: { value: t } } }
            functions: { legacy: allow }
            cases:
              - { name: good, request: { method: GET, path: /ships, headers: { X-Key: k } }, as: a, expect: { decision: allow } }
              \(more)
            """
        }
        let name = "/authorizers/legacy/identitySource header x-key removed"
        #expect(names(try await run(configuration, tests("")).survivors, "identitySource") == [name])
        let rich = tests("- { name: bare, request: GET /ships, as: a, expect: { status: 401 } }")
        #expect(names(try await run(configuration, rich).survivors, "identitySource") == [])
    }

    @Test("A route that gets another authorizer is noticed by whom its own lets in") func exchanged() async throws {
        let configuration = Fleet.rest().replacing(
            "\"integrations\": {",
            with: "@"
        ).replacing(
            "    }\n  },\n  @",
            with: """
                    },
                    "other": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                      "jwt": { "keys": ["key"], "algorithms": ["HS256"], "issuer": "https://other.example", "audience": null },
                      "policy": [{ "effect": "Allow", "resources": ["*"] }] }
                  },
                  "integrations": {
                """
        ).replacing("\"POST /ships\": {", with: "\"POST /ships\": { \"authorizer\": \"other\",")
        func tests(_ cell: String) -> String {
            "version: 1\nprincipals: { none: { token: missing }, a: {} }\nmatrix:\n  - rows: { GET /ships: [401, \(cell)] }"
        }
        let name = "GET /ships authorizer session -> other"
        #expect(names(try await run(configuration, tests("~")).survivors, name) == [name])
        #expect(names(try await run(configuration, tests("allow")).survivors, name) == [])
    }

    @Test("A bound is turned round") func bounds() async throws {
        let configuration = Fleet.rest(
            policy:
                #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"], "when": { "level": { "atLeast": 5 } } }]"#
        )
        func tests(_ cells: String) -> String {
            "version: 1\nprincipals: { five: { claims: { level: 5 } }, six: { claims: { level: 6 } } }\nmatrix:\n  - rows: { GET /ships: \(cells) }"
        }
        let name = "/authorizers/session/policy/A when level atLeast -> atMost"
        // Five meets both.
        #expect(names(try await run(configuration, tests("[allow, ~]")).survivors, "->").contains(name))
        #expect(!names(try await run(configuration, tests("[allow, allow]")).survivors, "->").contains(name))
    }

    @Test("Advice names a request that the route takes") func advice() throws {
        let configuration = Fleet.http.replacing(
            "\"routes\": {",
            with: """
                "routes": {
                  "$default": { "authorizer": "partner", "integration": "fleet" },
                  "ANY /example": { "authorizer": "partner", "integration": "fleet" },
                  "ANY /files/{id}/{proxy+}": { "authorizer": "partner", "integration": "fleet" },
                """)
        let advice = MutantFactory.mutants(of: try Bench.document(configuration)).filter { $0.name.hasSuffix("NONE") }
            .map(\.advice)
        let tail = "with a principal that has no token: 401"
        #expect(
            advice
                == ["GET /another", "GET /example", "GET /files/42/example", "GET /ships"].map {
                    "add a row for \($0) \(tail)"
                })
        // As a row, the advice does what it says.
        let run = try Bench(
            configuration,
            "version: 1\nprincipals: { none: { token: missing } }\nmatrix:\n  - rows: { GET /another: 401, GET /files/42/example: 401 }"
        ).run()
        #expect(Bench.problems(run) == [] && run.coverage.figures[0].reached == 2)
    }
}
