import Documents
import Gateway
import PolicyTests
import Synchronization
import Testing

@Suite struct FunctionTests {
    private static let principals = """
        version: 1
        principals:
          a: { token: { value: token-a } }
          b: { token: { value: token-b } }
          none: { token: missing }
        """

    @Test("Scripted answers decide, by principal and for the rest") func scripts() throws {
        let bench = try Bench(
            Fleet.function(ttl: 0),
            """
            \(Self.principals)
              c: { token: { value: token-c } }
              d: { token: { value: token-d } }
              e: { token: { value: token-e } }
            functions:
              legacy:
                a: allow
                b: deny
                c: Unauthorized
                d: { error: boom }
                e: { principalId: u-9, context: { team: 7 }, policyDocument: { Version: 2012-10-17, Statement: [{ Sid: Mine, Effect: Allow, Action: execute-api:Invoke, Resource: "*" }] } }
            matrix:
              - { columns: [none, a, b, c, d, e], rows: { GET /ships: [401, allow, deny!, 401, 500, allow] } }
            cases:
              - name: context
                request: GET /ships
                as: e
                expect: { principalId: u-9, context: { team: "7" }, statement: Mine, cache: off }
              - name: timeout
                request: GET /ships
                as: d
                expect: { status: 500, reason: function_error }
            """)
        #expect(Bench.problems(try bench.run()) == [])
    }

    @Test("Without a script the function is asked, with its event") func asked() throws {
        let bench = try Bench(
            Fleet.function(ttl: 0),
            "\(Self.principals)\nmatrix:\n  - { columns: [a, b], rows: { GET /ships: [500, 500] } }")
        let events = Mutex<[String]>([])
        let run = try bench.run { query in
            events.withLock {
                $0.append("\(query.authorizer) \(query.address) \(String(decoding: query.event, as: UTF8.self))")
            }
            return .timedOut
        }
        #expect(Bench.problems(run) == [])
        let seen = events.withLock { $0 }
        #expect(seen.count == 2)
        #expect(seen[0].hasPrefix("legacy http://127.0.0.1:9/2015-03-31/functions/f/invocations "))
        #expect(seen[0].contains("\"authorizationToken\":\"token-a\"") && seen[1].contains("token-b"))
    }

    @Test("Nobody to ask is a failure that says so") func nobody() throws {
        let bench = try Bench(
            Fleet.function(), "\(Self.principals)\nmatrix:\n  - { columns: [a], rows: { GET /ships: allow } }")
        let run = try bench.run()
        let problem = try #require(Bench.problems(run).first)
        #expect(problem.contains("authorizer_unreachable"))
        let details = PlainReport.render(bench.report(run))
        #expect(details.contains("scripts no answer of \"legacy\""))
    }

    @Test("Kept answers cover a second path until their time is over") func cached() throws {
        let bench = try Bench(
            Fleet.function(ttl: 300),
            """
            \(Self.principals)
            functions: { legacy: allow }
            sequences:
              - name: the policy of one path is kept for another
                as: a
                steps:
                  - { request: GET /ships, expect: { decision: allow, cache: miss } }
                  - { request: GET /ships/1, expect: { decision: deny, cache: hit } }
                  - { advance: 299s }
                  - { request: GET /ships, expect: { cache: hit } }
                  - { advance: 2s }
                  - { request: GET /ships/1, expect: { decision: allow, cache: miss } }
              - name: nothing is kept between checks
                as: a
                steps: [{ request: GET /ships, expect: { cache: miss } }]
            """)
        #expect(Bench.problems(try bench.run()) == [])
    }

    @Test("Answers of an authorizer that asks no function are refused", arguments: ["session", "nobody"])
    func unknown(name: String) throws {
        let problem = #expect(throws: Bench.Problem.self) {
            try Bench(
                Fleet.rest(),
                "version: 1\n\(Fleet.principals)\nfunctions: { \(name): allow }\nmatrix:\n  - rows: { GET /ships: ~ }")
        }
        #expect(problem?.description.contains("GH7009") == true)
    }
}
