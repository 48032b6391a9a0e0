import Documents
import Gateway
import PolicyTests
import Routes
import Testing
import Tokens

/// A configuration and a test file in memory, run as the command does.
struct Bench {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    let gate: TestGate
    let suite: TestSuite
    let plan: TestPlan

    init(_ configuration: String, _ tests: String, stage: String? = nil) throws {
        gate = try Self.gate(configuration, stage: stage)
        suite = try Self.suite(tests)
        guard let snapshot = gate.snapshot() else { throw Problem(description: "no snapshot") }
        let (plan, problems) = TestPlan.make(suite, for: snapshot, keyring: gate.keyring)
        guard let plan else { throw Problem(description: DiagnosticPrinter().render(problems)) }
        self.plan = plan
    }

    static func document(_ text: String) throws -> GatewayDocument {
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let (document, diagnostics) = DocumentLoader(environment: NoEnvironment()).load(source)
        guard let document else { throw Problem(description: DiagnosticPrinter().render(diagnostics)) }
        return document
    }

    static func gate(_ configuration: String, stage: String? = nil) throws -> TestGate {
        let document = try document(configuration)
        do throws(TestGate.Refusal) {
            return try TestGate(document, stageName: stage)
        } catch {
            throw Problem(description: DiagnosticPrinter().render(error.diagnostics))
        }
    }

    static func suite(_ text: String) throws -> TestSuite {
        let (suite, diagnostics) = SuiteReader.read(SourceText(name: "tests/a.gatetest.yaml", bytes: Array(text.utf8)))
        guard let suite else { throw Problem(description: DiagnosticPrinter().render(diagnostics)) }
        // Whatever the reader takes the schema takes.
        #expect(try TestFileSchemaTests.accepts(text), "\(text)")
        return suite
    }

    /// Time stands still, so that reports are the same each time.
    func run(
        _ selection: CheckSelection = CheckSelection(), snapshots: PolicySnapshots = PolicySnapshots(),
        caller: @escaping CheckRunner.FunctionCaller = CheckRunner.nobody
    ) throws -> SuiteRun {
        guard let snapshot = gate.snapshot() else { throw Problem(description: "no snapshot") }
        return SuiteRun.make(
            plan, gate: gate, on: snapshot, selection: selection, snapshots: snapshots, caller: caller
        ) { 0 }
    }

    func report(
        _ run: SuiteRun, goals: CoverageGoals = CoverageGoals(), mutation: MutationRun? = nil
    ) -> TestReport {
        TestReport(
            groups: [
                TestReport.Group(
                    configuration: "gateway.json", source: gate.document.source, stageName: run.stageName, runs: [run],
                    coverage: run.coverage, goals: goals.merging(suite.goals), isWhole: true, mutation: mutation)
            ], nanoseconds: 1_000_000)
    }

    /// What failed, as `expected … got …`.
    static func problems(_ run: SuiteRun) -> [String] {
        run.failures.flatMap { result in
            result.mismatches.map { "\(result.check.name): expected \($0.expected), got \($0.got)" }
        }
    }
}

struct NoEnvironment: DocumentEnvironment {
    func variable(_ name: String) -> String? { nil }

    func contents(ofFile path: String) throws(DocumentReadFailure) -> [UInt8] {
        throw DocumentReadFailure("no such file")
    }

    func credential(_ name: String) throws(DocumentReadFailure) -> [UInt8] {
        throw DocumentReadFailure("no such credential")
    }
}

/// Configurations of several kinds around the same routes.
enum Fleet {
    static let policy = """
        [
          { "sid": "ReadFleet", "effect": "Allow", "resources": ["GET/ships", "GET/ships/*"] },
          { "sid": "CommandFleet", "effect": "Allow", "resources": ["POST/ships", "DELETE/ships/*"],
            "when": { "rank": { "in": ["captain", "admiral"] } } },
          { "sid": "NoScuttling", "effect": "Deny", "resources": ["DELETE/ships/*"],
            "when": { "rank": { "notIn": ["captain", "admiral"] } } }
        ]
        """

    /// A REST API with a TOKEN authorizer.
    static func rest(
        key: String =
            "{ \"type\": \"secret\", \"alg\": \"HS256\", \"kid\": \"k1\", \"secret\": \"0123456789abcdef0123456789abcdef\" }",
        jwt: String = "\"algorithms\": [\"HS256\"], \"issuer\": \"https://login.example\", \"audience\": [\"fleet\"]",
        policy: String = policy, extra: String = "", routes: String = ""
    ) -> String {
        """
        {
          "version": 1,
          "api": { "name": "fleet", "type": "REST", "apiId": "api1", "region": "eu-west-1",
                   "accountId": "123456789012", "defaultStage": "dev", "defaultAuthorizer": "session" },
          "server": { "listen": "127.0.0.1:0" },
          "stages": { "dev": {} },
          "keys": { "key": \(key) },
          "authorizers": {
            "session": {
              "type": "TOKEN", "identitySource": "method.request.header.Authorization", \(extra)
              "jwt": { "keys": ["key"], \(jwt) },
              "context": { "rank": "$claims.rank" },
              "policy": \(policy)
            }
          },
          "integrations": {
            "fleet": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000{path}",
              "requestParameters": { "integration.request.header.X-Rank": "context.authorizer.rank" },
              "forwardAuthorization": false }
          },
          "routes": {
            "GET /health": { "authorizationType": "NONE",
              "integration": { "type": "MOCK", "response": { "statusCode": 204 } } },
            \(routes)
            "GET /ships": { "integration": "fleet" },
            "GET /ships/{shipId}": { "integration": "fleet" },
            "POST /ships": { "integration": "fleet" },
            "DELETE /ships/{shipId}": { "integration": "fleet" }
          }
        }
        """
    }

    /// An HTTP API with AWS's own JWT authorizer.
    static let http = """
        {
          "version": 1,
          "api": { "name": "fleet", "type": "HTTP", "apiId": "api1", "region": "eu-west-1",
                   "accountId": "123456789012", "defaultStage": "$default" },
          "server": { "listen": "127.0.0.1:0" },
          "stages": { "$default": {} },
          "keys": { "issuer": { "type": "jwks", "jwksUri": "https://id.example/keys.json" } },
          "authorizers": {
            "partner": {
              "type": "JWT", "identitySource": ["$request.header.Authorization"],
              "jwtConfiguration": { "issuer": "https://id.example", "audience": ["fleet"] },
              "jwt": { "keys": ["issuer"], "algorithms": ["RS256", "ES256"] }
            }
          },
          "integrations": { "fleet": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000{path}" } },
          "routes": {
            "GET /ships": { "authorizer": "partner", "authorizationScopes": ["fleet:read"], "integration": "fleet" }
          }
        }
        """

    /// A REST API whose authorizer is a function.
    static func function(ttl: Int = 300, type: String = "TOKEN") -> String {
        """
        {
          "version": 1,
          "api": { "name": "fleet", "type": "REST", "apiId": "api1", "region": "eu-west-1",
                   "accountId": "123456789012", "defaultStage": "dev", "defaultAuthorizer": "legacy" },
          "server": { "listen": "127.0.0.1:0" },
          "stages": { "dev": {} },
          "authorizers": {
            "legacy": {
              "type": "\(type)", "identitySource": "method.request.header.Authorization",
              "authorizerUri": "http://127.0.0.1:9/2015-03-31/functions/f/invocations",
              "authorizerResultTtlInSeconds": \(ttl)
            }
          },
          "integrations": { "fleet": { "type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000{path}" } },
          "routes": { "GET /ships": { "integration": "fleet" }, "GET /ships/{shipId}": { "integration": "fleet" } }
        }
        """
    }

    static let principals = """
        principals:
          anonymous: { token: missing }
          cadet: { claims: { sub: u-100, rank: cadet } }
          captain: { extends: cadet, claims: { rank: captain } }
        """
}
