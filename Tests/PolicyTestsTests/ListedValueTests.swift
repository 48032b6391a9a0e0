import Documents
import PolicyTests
import Routes
import Testing

/// Resources that cover a little more, and single entries of lists.
@Suite struct ListedValueTests {
    private func run(_ configuration: String, _ tests: String) async throws -> MutationRun {
        let bench = try Bench(configuration, tests)
        try #require(Bench.problems(try bench.run()) == [])
        return try await MutationRun.make([bench.plan], gate: bench.gate, snapshots: PolicySnapshots(), tasks: 2)
    }

    private func survivors(_ configuration: String, _ rows: String, _ part: String) async throws -> [String] {
        try await run(configuration, Self.tests(rows)).survivors.map(\.name).filter { $0.contains(part) }
    }

    private static func tests(_ rows: String) -> String {
        """
        version: 1
        principals:
          a: { claims: { rank: captain } }
          b: { claims: { rank: admiral } }
          c: { claims: { rank: cadet } }
          web: { claims: { rank: captain, aud: web } }
        matrix:
          - name: m
            columns: [a, b, c, web]
            rows: { \(rows) }
        """
    }

    private static func policy(_ resources: String, _ when: String = "", more: String = "") -> String {
        "[{ \"sid\": \"S\", \"effect\": \"Allow\", \"resources\": [\(resources)]\(when) }\(more)]"
    }

    @Test("Paths are widened from their end, word by word, and a row beside them notices") func paths() async throws {
        let configuration = Fleet.rest(
            policy: Self.policy("\"GET/ships/*\"", more: ", { \"effect\": \"Allow\", \"resources\": [\"POST/ships\"] }")
        )
        let row =
            "GET /ships/1: [allow, allow, allow, ~], POST /ships: [allow, ~, ~, ~], DELETE /ships/1: [deny, ~, ~, ~]"
        #expect(
            try await survivors(configuration, row, "S resource") == [
                "/authorizers/session/policy/S resource GET/ships/* -> GET/*"
            ])
        #expect(try await survivors(configuration, row + ", GET /ships: [deny, ~, ~, ~]", "S resource") == [])
    }

    @Test("Every word of a path has its mutant, once") func words() throws {
        func wider(_ resource: String) throws -> [String] {
            let document = try Bench.document(
                Fleet.rest(
                    policy: Self.policy("\"\(resource)\""),
                    routes: "\"GET /tenants/{tenant}/ships/{proxy+}\": { \"integration\": \"fleet\" },"))
            let lead = "/authorizers/session/policy/S resource \(resource) -> "
            return MutantFactory.mutants(of: document).map(\.name).filter { $0.hasPrefix(lead) }
                .map { String($0.dropFirst(lead.count)) }
        }
        #expect(try wider("GET/ships") == ["*/ships", "GET/*"])
        #expect(try wider("*/ships/4*") == ["*/ships/*", "*/*"])
        #expect(try wider("GET/ships/7") == ["*/ships/7", "GET/ships/*", "GET/*"])
        #expect(
            try wider("*/tenants/a/ships/7") == [
                "*/tenants/a/ships/*", "*/tenants/a/*", "*/tenants/*", "*/*", "*/tenants/*/ships/7",
            ])
        #expect(try wider("GET/*") == ["*/*"])
        #expect(try wider("*").isEmpty && wider("*/*").isEmpty)
        let arn = "arn:aws:execute-api:eu-west-1:123456789012:api1/dev/"
        #expect(try wider(arn + "GET/ships/*") == [arn + "*/ships/*", arn + "GET/*"])
        #expect(try wider("arn:aws:execute-api:eu-west-1:123456789012:api1/*").isEmpty)
    }

    @Test("A wider path that reaches no further route makes no difference") func widePaths() async throws {
        let run = try await run(
            Fleet.rest(policy: Self.policy("\"DELETE/ships/*\", \"GET/*\"")),
            Self.tests(
                "DELETE /ships/1: [allow, ~, ~, ~], GET /ships: [allow, ~, ~, ~], GET /ships/1: [allow, ~, ~, ~]"))
        #expect(
            run.equivalents.map { "\($0.mutant.name): \($0.reason)" }.filter { $0.contains("-> DELETE/*") } == [
                "/authorizers/session/policy/S resource DELETE/ships/* -> DELETE/*: S decides the same"
            ])
    }

    @Test("Each value of in and notIn is asked for", arguments: ["in", "notIn"])
    func values(test: String) async throws {
        let when = ", \"when\": { \"rank\": { \"\(test)\": [\"captain\", \"admiral\"] } }"
        let configuration = Fleet.rest(policy: Self.policy("\"GET/ships\"", when))
        let (yes, no) = test == "in" ? ("allow", "deny") : ("deny", "allow")
        let mutants = ["captain", "admiral"].map {
            "/authorizers/session/policy/S when rank \(test) \"\($0)\" removed"
        }
        #expect(
            try await survivors(configuration, "GET /ships: [~, ~, \(no), ~]", " removed").filter(mutants.contains)
                == mutants)
        #expect(
            try await survivors(configuration, "GET /ships: [\(yes), ~, \(no), ~]", " removed").filter(mutants.contains)
                == [mutants[1]])
        #expect(
            try await survivors(configuration, "GET /ships: [\(yes), \(yes), \(no), ~]", " removed")
                .filter(mutants.contains) == [])
        let poor = try await run(configuration, Self.tests("GET /ships: [\(yes), ~, \(no), ~]"))
        #expect(
            poor.survivors.first { $0.name == mutants[1] }?.advice
                == "add a principal whose rank is \"admiral\" to a row of GET/ships")
    }

    @Test("A value that another one, or another statement, makes up for is shown to make no difference")
    func equalValues() async throws {
        func reason(_ when: String, more: String = "") async throws -> String? {
            let policy = Self.policy(
                "\"GET/ships\"", ", \"when\": { \"rank\": { \(when) } }", more: more)
            let run = try await run(Fleet.rest(policy: policy), Self.tests("GET /health: 204"))
            return run.equivalents.first { $0.mutant.name.hasSuffix(" \"captain\" removed") }?.reason
        }
        #expect(try await reason("\"in\": [\"captain\", \"captain\"]") == "S decides the same")
        #expect(try await reason("\"notIn\": [\"captain\", \"captain\"]") == nil)
        #expect(try await reason("\"in\": [\"captain\", \"admiral\"]") == nil)
        #expect(
            try await reason(
                "\"in\": [\"captain\", \"admiral\"]",
                more:
                    ", { \"sid\": \"T\", \"effect\": \"Allow\", \"resources\": [\"GET/*\"], \"when\": { \"rank\": { \"equals\": \"captain\" } } }"
            ) == "T decides the same")
        #expect(
            try await reason(
                "\"notIn\": [\"captain\", \"admiral\"]",
                more:
                    ", { \"sid\": \"T\", \"effect\": \"Deny\", \"resources\": [\"GET/*\"], \"when\": { \"rank\": { \"equals\": \"captain\" } } }"
            ) == "T denies whatever else allows")
    }

    @Test("Each audience is asked for") func audiences() async throws {
        let configuration = Fleet.rest(
            jwt:
                "\"algorithms\": [\"HS256\"], \"issuer\": \"https://login.example\", \"audience\": [\"fleet\", \"web\"]"
        )
        let web = "/authorizers/session/jwt/audience/web removed"
        #expect(try await survivors(configuration, "GET /ships: [allow, ~, ~, ~]", "jwt/audience/") == [web])
        #expect(try await survivors(configuration, "GET /ships: [allow, ~, ~, allow]", "jwt/audience/") == [])
        let run = try await run(configuration, Self.tests("GET /ships: [allow, ~, ~, ~]"))
        #expect(
            run.survivors.first { $0.name == web }?.advice == "add a principal with claims: { aud: \"web\" }: allow")
    }

    // MARK: Resource policies

    private static func guarded(_ statements: String) -> String {
        Fleet.rest().replacing(
            "\"defaultStage\": \"dev\",",
            with:
                "\"defaultStage\": \"dev\", \"policy\": { \"Version\": \"2012-10-17\", \"Statement\": [\(statements)] },"
        )
    }

    private static let all =
        "{ \"Sid\": \"All\", \"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"execute-api:Invoke\", \"Resource\": \"execute-api:/*\" }"

    private static func deny(_ rest: String) -> String {
        "\(all), { \"Sid\": \"No\", \"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"execute-api:Invoke\", \(rest) }"
    }

    @Test("Each block of addresses of a resource policy is asked for, unless another holds it") func blocks()
        async throws
    {
        let configuration = Self.guarded(
            Self.deny(
                """
                "Resource": "execute-api:/*",
                "Condition": { "IpAddress": { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24", "203.0.113.128/25"] } }
                """))
        func cases(_ addresses: [String]) -> String {
            "version: 1\n\(Fleet.principals)\ncases:\n  - { name: here, request: GET /ships, as: captain, expect: { decision: allow } }\n"
                + addresses.map {
                    "  - { name: from \($0), request: { method: GET, path: /ships, sourceIp: \($0) }, as: captain, expect: { status: 403 } }\n"
                }.joined()
        }
        let name = "/api/policy/No Condition IpAddress aws:SourceIp "
        let poor = try await run(configuration, cases(["203.0.113.7"]))
        #expect(
            poor.survivors.map(\.name).filter { $0.hasPrefix(name) } == [name + "\"198.51.100.0/24\" removed"])
        #expect(
            poor.equivalents.map { "\($0.mutant.name): \($0.reason)" }.filter { $0.hasPrefix(name) } == [
                "\(name)\"203.0.113.128/25\" removed: 203.0.113.128/25 is part of 203.0.113.0/24"
            ])
        let rich = try await run(configuration, cases(["203.0.113.7", "198.51.100.9"]))
        #expect(rich.survivors.map(\.name).filter { $0.hasPrefix(name) } == [])
    }

    @Test("Resources of a resource policy are widened and left out one by one") func resources() async throws {
        let configuration = Self.guarded(
            Self.deny("\"Resource\": [\"execute-api:/dev/DELETE/ships/7\", \"execute-api:/dev/POST/*\"]"))
        let tests = "version: 1\n\(Fleet.principals)\nmatrix:\n  - { columns: [captain], rows: { "
        let poor = try await run(configuration, tests + "GET /ships: allow, DELETE /ships/7: deny! } }")
        let names = poor.survivors.map(\.name)
        #expect(names.contains("/api/policy/No Resource execute-api:/dev/POST/* removed"))
        #expect(!names.contains("/api/policy/No Resource execute-api:/dev/DELETE/ships/7 removed"))
        #expect(
            names.contains("/api/policy/No Resource execute-api:/dev/DELETE/ships/7 -> execute-api:/dev/DELETE/ships/*")
        )
        #expect(!names.contains("/api/policy/No Resource execute-api:/dev/DELETE/ships/7 -> *"))
        let rich = try await run(
            configuration,
            tests
                + "GET /ships: allow, GET /ships/7: allow, DELETE /ships/7: deny!, DELETE /ships/8: allow, POST /ships: deny! } }"
        )
        #expect(rich.survivors.map(\.name).filter { $0.contains("/No Resource") } == [])
    }

    @Test("Null, sets of values and NotResource are changed too") func otherForms() throws {
        let document = try Bench.document(
            Self.guarded(
                """
                { "Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                  "NotResource": "execute-api:/dev/GET/health" },
                { "Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
                  "Condition": { "Null": { "aws:UserAgent": "true" },
                                 "ForAnyValue:StringEquals": { "aws:UserAgent": "curl" } } }
                """))
        let names = MutantFactory.mutants(of: document).map(\.name)
        for name in [
            "/api/policy/All NotResource execute-api:/dev/GET/health -> execute-api:/dev/GET/*",
            "/api/policy/No Condition Null aws:UserAgent -> false",
            "/api/policy/No Condition ForAnyValue:StringEquals -> ForAllValues:StringNotEquals",
        ] {
            #expect(names.contains(name), "\(names)")
        }
    }
}
