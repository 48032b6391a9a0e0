import Documents
import PolicyTests
import Routes
import Testing
import Tokens

@Suite struct SuiteReaderTests {
    private func read(_ text: String, _ name: String = "a.gatetest.yaml") -> (TestSuite?, [Diagnostic]) {
        let (suite, diagnostics) = SuiteReader.read(SourceText(name: name, bytes: Array(text.utf8)))
        return (suite, diagnostics)
    }

    /// Text, code, line and column.
    static let mistakes: [(text: String, code: String, line: Int, column: Int)] = [
        ("version: 1", "GH7010", 1, 1),
        ("cases: []", "GH7003", 1, 1),
        ("version: 2\nmatrix: []", "GH7004", 1, 10),
        ("version: 1\nmatrixes: []", "GH7001", 2, 1),
        ("version: 1\nmatrix: {}", "GH7002", 2, 9),
        ("version: 1\nclock: noon\n", "GH7004", 2, 8),
        ("version: 1\nprincipals: { a: { extends: b } }", "GH7005", 2, 29),
        ("version: 1\nprincipals: { a: { extends: b }, b: { extends: a } }", "GH7008", 2, 15),
        ("version: 1\nprincipals: { a: { token: expird } }", "GH7004", 2, 27),
        ("version: 1\nprincipals: { a: { token: { lifetime: soon } } }", "GH7004", 2, 39),
        ("version: 1\nprincipals: { a: { claim: {} } }", "GH7001", 2, 20),
        ("version: 1\nprincipals: { a: { headers: { \"a b\": x } } }", "GH7004", 2, 31),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { GET /: [allow, deny] }", "GH7006", 4, 20),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { GET /: [alow] }", "GH7004", 4, 21),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { GET /: [700] }", "GH7004", 4, 21),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: { /ships: [401] }", "GH7007", 4, 13),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - { columns: [b], rows: {} }", "GH7005", 4, 17),
        (
            "version: 1\nprincipals: { a: {} }\nmatrix:\n  - { columns: [a, a], rows: { GET /: 401 } }", "GH7011",
            4, 20
        ),
        ("version: 1\nmatrix:\n  - rows: { GET /: allow }", "GH7003", 3, 5),
        ("version: 1\ncases: [{ request: GET / }]", "GH7003", 2, 9),
        ("version: 1\ncases: [{ name: a, request: GET / }]", "GH7003", 2, 17),
        ("version: 1\ncases: [{ name: a, expect: { status: 200 } }]", "GH7003", 2, 9),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: {} }]", "GH7010", 2, 44),
        ("version: 1\ncases: [{ name: a, request: GET /, as: x, expect: { status: 401 } }]", "GH7005", 2, 40),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { decision: 401 } }]", "GH7004", 2, 56),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { cache: warm } }]", "GH7004", 2, 53),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { policy: kept } }]", "GH7004", 2, 54),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { status: 99 } }]", "GH7004", 2, 54),
        ("version: 1\ncases: [{ name: a, request: { method: GET }, expect: { status: 200 } }]", "GH7003", 2, 29),
        ("version: 1\nsequences: [{ name: a, steps: [{ advance: 1s }] }]", "GH7010", 2, 13),
        ("version: 1\nsequences: [{ name: a, steps: [{ advance: x }] }]", "GH7004", 2, 43),
        ("version: 1\nfunctions: { f: maybe }", "GH7004", 2, 17),
        ("version: 1\nfunctions: { f: { nobody: allow } }", "GH7005", 2, 19),
        ("version: 1\ncoverage: { routes: 101 }", "GH7004", 2, 21),
        ("version: 1\ncoverage: { lines: 10 }", "GH7001", 2, 13),
        ("version: 1\nversion: 1", "GH1103", 2, 1),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { decision: ~ } }]", "GH7010", 2, 44),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { upstream: {} } }]", "GH7010", 2, 44),
        (
            "version: 1\ncases: [{ name: a, request: GET /, expect: { upstream: { headers: {} } } }]", "GH7010", 2,
            44
        ),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { headers: {}, context: {} } }]", "GH7010", 2, 44),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { body: {} } }]", "GH7010", 2, 44),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { policy: {} } }]", "GH7010", 2, 44),
        ("version: 1\ncases: [{ name: a, request: GET /, expect: { decision: no_route } }]", "GH7004", 2, 56),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: {}", "GH7010", 4, 11),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - name: m", "GH7010", 4, 5),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - rows: [GET /]", "GH7002", 4, 11),
        ("version: 1\nprincipals: { a: {} }\nmatrix:\n  - { row: { GET /: allow } }", "GH7001", 4, 7),
        (
            "version: 1\nprincipals: { a: {}, b: { extend: a } }\nmatrix:\n  - rows: { GET /: [allow, deny] }",
            "GH7001", 2, 27
        ),
        (
            "version: 1\nprincipals: { a: {}, b: { extends: c } }\nmatrix:\n  - rows: { GET /: [allow, deny] }",
            "GH7005", 2, 36
        ),
        (
            "version: 1\nprincipals: { a: 7 }\nmatrix:\n  - { columns: [a], rows: { GET /: allow } }", "GH7002", 2,
            18
        ),
        (
            "version: 1\nsequences: [{ name: a, steps: [{ request: GET /, expect: { cash: hit } }] }]", "GH7001", 2,
            60
        ),
    ]

    @Test("Every mistake has a code and a place", arguments: SuiteReaderTests.mistakes.indices)
    func mistake(index: Int) throws {
        let (text, code, line, column) = Self.mistakes[index]
        let (suite, diagnostics) = read(text)
        #expect(suite == nil)
        let found = diagnostics.first { $0.code == code }
        let place = try #require(found?.position, "\(diagnostics.map { "\($0.code) \($0.message)" })")
        #expect(place.line == line && place.column == column, "\(place)")
        // A mistake is reported once, without what follows from it.
        #expect(diagnostics.count == 1, "\(diagnostics.map { "\($0.code) \($0.message)" })")
    }

    @Test(
        "sourceIp is one address",
        arguments: [
            ("999.1.1.1", false), ("1.2.3", false), ("01.2.3.4", false), ("", false), ("::g", false), (":::", false),
            ("10.0.0.0/8", false), ("fe80::1%eth0", false), ("203.0.113.7", true), ("2001:db8::7", true),
        ])
    func sourceIP(text: String, isGood: Bool) {
        let (suite, diagnostics) = read(
            "version: 1\ncases: [{ name: a, request: { method: GET, path: /, sourceIp: '\(text)' }, expect: { status: 403 } }]"
        )
        #expect((suite != nil) == isGood)
        #expect(diagnostics.map(\.code) == (isGood ? [] : ["GH7004"]))
    }

    @Test("A misspelt key gets a suggestion") func suggestion() {
        let (_, diagnostics) = read("version: 1\nprincipal: {}")
        #expect(diagnostics.contains { $0.label == "did you mean \"principals\"?" })
    }

    @Test("All codes are explained and none twice") func codes() {
        let codes = TestDiagnosticCode.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        for code in TestDiagnosticCode.allCases {
            let words = [code.title, code.explanation, code.example, code.remedy]
            #expect(words.allSatisfy { !$0.isEmpty }, "\(code)")
        }
    }

    @Test("Principals inherit claim by claim, and say what is different") func inheritance() throws {
        let (suite, diagnostics) = read(
            """
            version: 1
            clock: 2026-11-21T12:00:00Z
            principals:
              late: { extends: captain, token: expired }
              captain: { extends: cadet, claims: { rank: captain, groups: [a, b] }, headers: { x-a: 2 } }
              cadet: { claims: { sub: u-1, rank: cadet }, token: { lifetime: 5m }, headers: { X-A: 1, X-B: b } }
            matrix:
              - rows: { GET /: allow }
            """)
        let read = try #require(suite, "\(diagnostics)")
        let late = try #require(read.principals.first)
        #expect(
            late.claims.map { "\($0.name)=\(String(decoding: $0.value.json, as: UTF8.self))" } == [
                "sub=\"u-1\"", "rank=\"captain\"", "groups=[\"a\",\"b\"]",
            ])
        #expect(late.token.preset == .expired && late.token.lifetime == 300)
        #expect(late.headers.map { "\($0.name)=\($0.value)" } == ["X-B=b", "x-a=2"])
        #expect(read.clock.seconds == 1_795_262_400)
        #expect(read.matrices[0].columns == [0, 1, 2])
        #expect(read.matrices[0].rows[0].cells.map(\.expected) == [.allow, .allow, .allow])
    }

    @Test("Principals of the configuration can be named and extended; the file's own go first") func configured() throws
    {
        let document = try Bench.document(
            Fleet.rest().replacing(
                "\"keys\": {",
                with: """
                    "principals": {
                      "captain": { "claims": { "sub": "u-1", "rank": "captain" } },
                      "late": { "extends": "captain", "token": "expired" }
                    },
                    "keys": {
                    """
            ).replacing("\"stages\": { \"dev\": {} }", with: "\"stages\": { \"dev\": { \"debug\": true } }"))
        let others = document.principals.map { TestPrincipal($0) }
        func suite(_ principals: String, _ matrix: String) throws -> TestSuite {
            let text = "version: 1\nconfig: x/gateway.json\n\(principals)\nmatrix:\n  - \(matrix)\n"
            var asked: String?
            let (suite, problems) = SuiteReader.read(SourceText(name: "a.yaml", bytes: Array(text.utf8))) { path in
                asked = path
                return others
            }
            #expect(asked == "x/gateway.json")
            return try #require(suite, "\(problems.map(\.message))")
        }
        let bare = try suite("", "rows: { GET /ships: [allow, 401] }")
        #expect(bare.principals.map(\.name) == ["captain", "late"])
        #expect(bare.principals[1].token.preset == .expired && bare.matrices[0].columns == [0, 1])
        let own = try suite(
            "principals: { cadet: { extends: captain, claims: { rank: cadet } }, late: {} }",
            "{ columns: [captain, cadet, late], rows: { GET /ships: allow } }")
        #expect(own.principals.map(\.name) == ["cadet", "late", "captain"])
        #expect(own.principals[1].token.preset == nil && own.matrices[0].columns == [2, 0, 1])
        #expect(
            own.principals[0].claims.map { String(decoding: $0.value.json, as: UTF8.self) } == ["\"u-1\"", "\"cadet\""])
    }

    @Test("JSON with comments has the same keys") func json() throws {
        let (suite, diagnostics) = read(
            """
            { // who may look
              "version": 1, "principals": { "a": {} },
              "matrix": [{ "name": "m", "rows": { "GET /": [null] } }],
            }
            """, "a.gatetest.jsonc")
        let read = try #require(suite, "\(diagnostics)")
        #expect(read.matrices[0].rows[0].cells[0].expected == .unstated)
        #expect(read.clock == TestSuite.standardClock)
    }
}
