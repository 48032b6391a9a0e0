import Documents
import PolicyTests
import Routes
import Testing

@Suite struct MutationTests {
    static let configuration = Fleet.rest(
        jwt: """
            "algorithms": ["HS256"], "issuer": "https://login.example", "audience": ["fleet"],
            "requiredClaims": ["sub", "tenant"], "scopes": ["fleet:use"], "maxAgeSeconds": 86400
            """,
        policy: """
            [
              { "sid": "ReadFleet", "effect": "Allow", "resources": ["GET/ships", "GET/ships/*"] },
              { "sid": "CommandFleet", "effect": "Allow", "resources": ["POST/ships", "DELETE/ships/*"],
                "when": { "rank": { "in": ["captain", "admiral"] } } },
              { "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/ships/*"],
                "when": { "rank": { "notIn": ["captain", "admiral"] } } },
              { "sid": "Everyone", "effect": "Allow", "resources": ["GET/ships/42"] }
            ]
            """)

    static let tests = """
        version: 1
        principals:
          anonymous: { token: missing }
          cadet: { claims: { iss: "https://login.example", aud: fleet, tenant: t-1, scope: fleet:use, rank: cadet } }
          captain: { extends: cadet, claims: { rank: captain } }
          admiral: { extends: cadet, claims: { rank: admiral } }
          expired: { extends: captain, token: expired }
          noExp: { extends: captain, token: noExp }
          wrongKey: { extends: captain, token: wrongKey }
          algNone: { extends: captain, token: algNone }
          notYetValid: { extends: captain, token: notYetValid }
          wrongIssuer: { extends: captain, token: wrongIssuer }
          wrongAudience: { extends: captain, token: wrongAudience }
          noTenant: { extends: captain, claims: { tenant: ~ } }
          noScope: { extends: captain, claims: { scope: other } }
          old: { extends: captain, claims: { iat: 0 } }
        matrix:
          - name: fleet
            columns: [anonymous, expired, cadet, captain, admiral]
            rows:
              GET /ships: [401, 401, allow, allow, allow]
              GET /ships/42: [401, 401, allow, allow, allow]
              GET /ships/7: [401, 401, allow, allow, allow]
              GET /ships/42/crew: no_route
              POST /ships: [401, 401, deny, allow, allow]
              POST /ships/: [401, 401, deny, deny, deny]
              DELETE /ships/42: [401, 401, deny!, allow, allow]
          - name: tokens
            columns: [wrongKey, algNone, notYetValid, noExp, wrongIssuer, wrongAudience, noTenant, noScope, old]
            rows:
              GET /ships: [401, 401, 401, 401, 401, 401, 401, deny, 401]
        """

    /// Mistakes that people make, each as an edit of the configuration.
    static let mistakes: [(String, String, String)] = [
        (
            "deny dropped", #"{ "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/ships/*"],"#,
            #"{ "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/ships/x"],"#
        ),
        ("deny turned into allow", #""NoScuttling", "effect": "Deny""#, #""NoScuttling", "effect": "Allow""#),
        ("read allow turned into deny", #""ReadFleet", "effect": "Allow""#, #""ReadFleet", "effect": "Deny""#),
        ("command allow turned into deny", #""CommandFleet", "effect": "Allow""#, #""CommandFleet", "effect": "Deny""#),
        ("method widened", #""GET/ships/*"]"#, #""*/ships/*"]"#),
        ("everything allowed", #"["GET/ships", "GET/ships/*"]"#, #"["*"]"#),
        ("resource dropped", #"["GET/ships", "GET/ships/*"]"#, #"["GET/ships/*"]"#),
        ("other resource dropped", #"["POST/ships", "DELETE/ships/*"]"#, #"["POST/ships"]"#),
        ("path widened", #"["POST/ships", "DELETE/ships/*"]"#, #"["POST/ships*", "DELETE/ships/*"]"#),
        ("audience check removed", #""audience": ["fleet"]"#, #""audience": null"#),
        ("audience changed", #""audience": ["fleet"]"#, #""audience": ["web"]"#),
        ("issuer check removed", #""issuer": "https://login.example""#, #""issuer": null"#),
        ("issuer changed", #""issuer": "https://login.example""#, #""issuer": "https://login2.example""#),
        ("list made public", #""GET /ships": {"#, #""GET /ships": { "authorizationType": "NONE","#),
        (
            "deletion made public", #""DELETE /ships/{shipId}": {"#,
            #""DELETE /ships/{shipId}": { "authorizationType": "NONE","#
        ),
        ("creation made public", #""POST /ships": {"#, #""POST /ships": { "authorizationType": "NONE","#),
        ("condition inverted", #"{ "in": ["captain", "admiral"] }"#, #"{ "notIn": ["captain", "admiral"] }"#),
        ("deny's condition inverted", #"{ "notIn": ["captain", "admiral"] }"#, #"{ "in": ["captain", "admiral"] }"#),
        (
            "condition removed", #"["POST/ships", "DELETE/ships/*"],"#,
            #"["POST/ships", "DELETE/ships/*"] }, { "effect": "Deny", "resources": ["GET/ships/no"],"#
        ),
        ("rank added", #"{ "in": ["captain", "admiral"] }"#, #"{ "in": ["captain", "admiral", "cadet"] }"#),
        (
            "deny's rank added", #"{ "notIn": ["captain", "admiral"] }"#,
            #"{ "notIn": ["captain", "admiral", "cadet"] }"#
        ),
        ("other claim read", #""when": { "rank": { "in""#, #""when": { "role": { "in""#),
        ("missing exp accepted", #""maxAgeSeconds": 86400"#, #""maxAgeSeconds": 86400, "requireExpiration": false"#),
        ("clock skew of a day", #""maxAgeSeconds": 86400"#, #""maxAgeSeconds": 86400, "clockSkewSeconds": 86400"#),
        ("age limit removed", #", "maxAgeSeconds": 86400"#, ""),
        ("required claim removed", #""requiredClaims": ["sub", "tenant"]"#, #""requiredClaims": ["sub"]"#),
        ("scope removed", #""scopes": ["fleet:use"], "#, ""),
        ("route made greedy", #""GET /ships/{shipId}""#, #""GET /ships/{proxy+}""#),
        ("route dropped", #""POST /ships": { "integration": "fleet" },"#, ""),
    ]

    @Test("The tests pass for the configuration as it is") func baseline() throws {
        #expect(Bench.problems(try Bench(Self.configuration, Self.tests).run()) == [])
    }

    @Test("Each mistake makes a check fail, or is refused by the loader", arguments: mistakes.indices)
    func noticed(_ index: Int) throws {
        let (name, old, new) = Self.mistakes[index]
        try #require(Self.configuration.contains(old), "\(name)")
        let edited = Self.configuration.replacing(old, with: new)
        let bench: Bench
        do {
            bench = try Bench(edited, Self.tests)
        } catch is Bench.Problem {
            return
        }
        #expect(!(try bench.run().failures.isEmpty), "\(name)")
    }

    private func mutants(_ configuration: String, _ tests: String, tasks: Int = 2) async throws -> MutationRun {
        let bench = try Bench(configuration, tests)
        try #require(Bench.problems(try bench.run()) == [])
        return try await MutationRun.make([bench.plan], gate: bench.gate, snapshots: PolicySnapshots(), tasks: tasks)
    }

    @Test("No mutant outlives these tests but those that are shown to make no difference") func killed() async throws {
        let run = try await mutants(Self.configuration, Self.tests)
        #expect(run.survivors.map(\.name) == [])
        #expect(
            run.equivalents.map { "\($0.mutant.name): \($0.reason)" }.sorted() == [
                "/authorizers/session/jwt/requiredClaims/sub removed: principalId is made of it, and a token without a principal is refused",
                "/authorizers/session/policy/CommandFleet resource DELETE/ships/* -> DELETE/*: CommandFleet decides the same",
                "/authorizers/session/policy/CommandFleet resource POST/ships -> */ships: ReadFleet decides the same; CommandFleet decides the same",
                "/authorizers/session/policy/Everyone removed: ReadFleet decides the same",
                "/authorizers/session/policy/Everyone resource GET/ships/42 -> */ships/42: ReadFleet decides the same; CommandFleet or NoScuttling always decides",
                "/authorizers/session/policy/Everyone resource GET/ships/42 -> GET/*: ReadFleet decides the same",
                "/authorizers/session/policy/Everyone resource GET/ships/42 -> GET/ships/*: ReadFleet decides the same",
                "/authorizers/session/policy/NoScuttling resource DELETE/ships/* -> DELETE/*: NoScuttling decides the same",
                "/authorizers/session/policy/ReadFleet resource GET/ships -> GET/*: ReadFleet decides the same",
                "/authorizers/session/policy/ReadFleet resource GET/ships/* -> GET/*: ReadFleet decides the same",
            ])
        #expect(run.results.count == run.killed + run.equivalents.count)
    }

    @Test("Tests that ask little let mutants live, and each names its place and a remedy") func survivors() async throws
    {
        let run = try await mutants(
            Self.configuration,
            """
            version: 1
            principals: { captain: { claims: { tenant: t, scope: fleet:use, rank: captain } } }
            matrix:
              - rows: { GET /ships: allow, GET /ships/1: allow, POST /ships: allow, DELETE /ships/1: allow }
            """)
        let names = run.survivors.map(\.name)
        for expected in [
            "/authorizers/session/jwt/audience removed", "/authorizers/session/jwt/issuer removed",
            "/authorizers/session/jwt/requiredClaims/tenant removed",
            "/authorizers/session/jwt/scopes/fleet:use removed",
            "/authorizers/session/jwt/maxAgeSeconds removed", "/authorizers/session/jwt/requireExpiration -> false",
            "/authorizers/session/jwt/keys: signature not checked",
            "/authorizers/session/jwt/algorithms not checked", "/authorizers/session/jwt/exp not checked",
            "/authorizers/session/jwt/nbf not checked", "/authorizers/session/policy/NoScuttling removed",
            "/authorizers/session/policy/CommandFleet when rank in removed", "GET /ships authorizer -> NONE",
            "DELETE /ships/{shipId} authorizer -> NONE",
        ] {
            #expect(names.contains(expected), "\(expected)")
        }
        for mutant in run.survivors {
            #expect(mutant.span.line > 1 && mutant.advice.hasPrefix("add a"), "\(mutant.name)")
        }
    }

    @Test("No mutant is judged by a check that fails without any change") func unsound() async throws {
        let bench = try Bench(
            Self.configuration,
            """
            version: 1
            principals: { captain: { claims: { tenant: t, scope: fleet:use, rank: captain } } }
            cases:
              - { name: right, request: GET /ships, as: captain, expect: { decision: allow } }
              - { name: not kept, request: GET /ships, as: captain, expect: { policy: snapshot } }
            """)
        let refusal = await #expect(throws: MutationRun.Refusal.self) {
            try await MutationRun.make([bench.plan], gate: bench.gate, snapshots: PolicySnapshots(), tasks: 2)
        }
        #expect(refusal?.check == "not kept")
        var report = bench.report(try bench.run(CheckSelection(filter: "right")))
        #expect(report.hasPassed)
        report.groups[0].lacksMutation = true
        #expect(!report.hasPassed)
    }

    @Test("The number of tasks changes nothing") func tasks() async throws {
        let one = try await mutants(Self.configuration, Self.tests, tasks: 1)
        let many = try await mutants(Self.configuration, Self.tests, tasks: 7)
        #expect(
            one.results.map { "\($0.mutant.name) \($0.verdict)" }
                == many.results.map { "\($0.mutant.name) \($0.verdict)" })
    }

    @Test("Mutants grow with the configuration", arguments: [5, 10, 20])
    func count(routes: Int) throws {
        var text = ""
        var policy: [String] = []
        for number in 0..<routes {
            text += "\"GET /thing\(number)\": { \"integration\": \"fleet\" },"
            policy.append("{ \"effect\": \"Allow\", \"resources\": [\"GET/thing\(number)\"] }")
        }
        let document = try Bench.document(Fleet.rest(policy: "[\(policy.joined(separator: ","))]", routes: text))
        #expect(MutantFactory.mutants(of: document).count == 5 * routes + 11)
    }

    @Test(
        "A mutant is only called equivalent when it is",
        arguments: [
            // Not covered by the other: another method, a narrower path, a condition.
            #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"] }, { "sid": "B", "effect": "Allow", "resources": ["POST/ships"] }]"#,
            #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships/*"] }, { "sid": "B", "effect": "Allow", "resources": ["GET/ships/4*"] }]"#,
            #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"] }, { "sid": "B", "effect": "Allow", "resources": ["GET/ships"], "when": { "rank": { "equals": "x" } } }]"#,
            #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"], "when": { "rank": { "in": ["a", "b"] } } }, { "sid": "B", "effect": "Allow", "resources": ["GET/ships"], "when": { "rank": { "in": ["a"] } } }]"#,
            #"[{ "sid": "A", "effect": "Deny", "resources": ["GET/ships"] }, { "sid": "B", "effect": "Allow", "resources": ["GET/ships"] }]"#,
        ])
    func notEquivalent(policy: String) async throws {
        let run = try await mutants(
            Fleet.rest(policy: policy), "version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { GET /health: 204 }")
        #expect(run.survivors.contains { $0.name.hasSuffix("/A removed") })
        #expect(!run.equivalents.contains { $0.mutant.name.hasSuffix("/A removed") })
    }

    @Test(
        "What is proven equivalent has its reason",
        arguments: [
            (
                #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships/4*"] }, { "sid": "B", "effect": "Allow", "resources": ["GET/ships/*"] }]"#,
                "/A removed", "B decides the same"
            ),
            (
                #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"], "when": { "rank": { "equals": "x" } } }, { "sid": "B", "effect": "Deny", "resources": ["GET/*"] }]"#,
                "/A removed", "B denies whatever else allows"
            ),
            (
                #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships"], "when": { "rank": { "equals": "x", "exists": true } } }]"#,
                "when rank exists removed", "another condition of the same alternative implies it"
            ),
            (
                #"[{ "sid": "A", "effect": "Allow", "resources": ["GET/ships", "GET/ships*"] }]"#,
                "resource GET/ships removed", "A decides the same"
            ),
        ])
    func equivalent(policy: String, name: String, reason: String) async throws {
        let run = try await mutants(
            Fleet.rest(policy: policy), "version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { GET /health: 204 }")
        let found = run.equivalents.first { $0.mutant.name.hasSuffix(name) }
        #expect(found?.reason == reason, "\(run.equivalents.map(\.mutant.name)) \(run.survivors.map(\.name))")
    }

    @Test("The API's resource policy is broken too, and a request can come from elsewhere") func resourcePolicy()
        async throws
    {
        let configuration = Fleet.rest().replacing(
            "\"defaultStage\": \"dev\",",
            with: """
                "defaultStage": "dev",
                "policy": { "Version": "2012-10-17", "Statement": [
                  { "Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*" },
                  { "Sid": "NotThese", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
                    "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } }
                ] },
                """)
        let here = "- { name: here, request: GET /ships, as: captain, expect: { decision: allow } }"
        let there = """
            - { name: there, request: { method: GET, path: /ships, sourceIp: 203.0.113.7 }, as: captain, expect: { status: 403 } }
            """
        let tests = "version: 1\n\(Fleet.principals)\ncases:\n  "
        let poor = try await mutants(configuration, tests + here)
        let rich = try await mutants(configuration, "\(tests)\(here)\n  \(there)")
        let names = ["/api/policy removed", "/api/policy/NotThese removed"]
        for name in names {
            #expect(poor.survivors.contains { $0.name == name }, "\(poor.survivors.map(\.name))")
            #expect(!rich.survivors.contains { $0.name == name }, "\(name)")
        }
        #expect(rich.results.contains { $0.mutant.name == "/api/policy/All effect -> Deny" })
        #expect(!rich.survivors.contains { $0.name.hasPrefix("/api/policy/NotThese effect") })
    }
}
