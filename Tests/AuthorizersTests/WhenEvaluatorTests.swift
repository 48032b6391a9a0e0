import Documents
import Testing

@testable import Authorizers
@testable import Routes
@testable import Tokens

@Suite("Conditions on claims")
struct WhenEvaluatorTests {
    private static let claims = """
        { "rank": "15", "low": "9", "level": 10, "big": 12345678901234567890123, "price": 1.50, "name": "Ada",
          "on": true, "nothing": null, "roles": ["admin", "dev", 7], "scope": "read write", "empty": "", "list": [],
          "realm": { "roles": ["a"], "deep": { "x": "y" } }, "flat.name": "dotted", "object": {}, "accent": "caf\\u00e9" }
        """

    struct Case: Sendable, CustomTestStringConvertible {
        let claim: String
        let test: WhenTest
        let reason: WhenEvaluator.Failure.Reason?
        var testDescription: String { "\(claim) \(test)" }

        init(_ claim: String, _ test: WhenTest, _ reason: WhenEvaluator.Failure.Reason?) {
            self.claim = claim
            self.test = test
            self.reason = reason
        }
    }

    static let missing: [Case] = ["absent", "nothing", "realm.absent", "name.first", "list.0"].flatMap { claim in
        [
            Case(claim, .equals(.string("x")), .missing), Case(claim, .isIn([.string("x")]), .missing),
            Case(claim, .contains(.string("x")), .missing), Case(claim, .matches("*"), .missing),
            Case(claim, .atLeast(.number("0")), .missing), Case(claim, .atMost(.number("0")), .missing),
            Case(claim, .exists(true), .missing), Case(claim, .exists(false), nil),
            Case(claim, .notEquals(.string("x")), nil), Case(claim, .isNotIn([.string("x")]), nil),
        ]
    }

    static let comparisons: [Case] = [
        // The lesson's rank is text: it is compared as a number.
        Case("low", .atLeast(.number("10")), .value), Case("rank", .atLeast(.number("10")), nil),
        Case("rank", .atLeast(.string("10")), nil), Case("rank", .atLeast(.number("15")), nil),
        Case("rank", .atLeast(.number("15.01")), .value), Case("rank", .atMost(.number("15")), nil),
        Case("rank", .atMost(.number("14")), .value), Case("low", .atMost(.string("10")), nil),
        Case("level", .atLeast(.number("10.0")), nil), Case("level", .atLeast(.number("1e1")), nil),
        Case("big", .atLeast(.number("12345678901234567890123")), nil),
        Case("big", .atLeast(.number("12345678901234567890124")), .value),
        Case("name", .atLeast(.number("1")), .kind), Case("rank", .atLeast(.string("high")), .kind),
        Case("on", .atLeast(.number("1")), .kind), Case("roles", .atMost(.number("1")), .kind),
        Case("empty", .atLeast(.number("0")), .kind), Case("object", .atLeast(.number("0")), .kind),
        Case("rank", .atLeast(.bool(true)), .kind),
    ]

    static let equality: [Case] = [
        Case("name", .equals(.string("Ada")), nil), Case("name", .equals(.string("ada")), .value),
        // Nothing equals another kind.
        Case("rank", .equals(.number("15")), .value), Case("level", .equals(.string("10")), .value),
        Case("on", .equals(.string("true")), .value), Case("on", .equals(.bool(true)), nil),
        Case("on", .equals(.bool(false)), .value), Case("level", .equals(.number("10.00")), nil),
        Case("price", .equals(.number("1.5")), nil), Case("roles", .equals(.string("admin")), .value),
        Case("name", .notEquals(.string("Ada")), .value), Case("name", .notEquals(.string("Bob")), nil),
        Case("rank", .notEquals(.number("15")), nil),
        Case("name", .isIn([.string("Bob"), .string("Ada")]), nil), Case("name", .isIn([]), .value),
        Case("level", .isIn([.string("10"), .number("11")]), .value), Case("name", .isNotIn([.string("Ada")]), .value),
        Case("name", .isNotIn([]), nil), Case("empty", .equals(.string("")), nil),
        // One spelling of an accent is not the other: octets are compared.
        Case("accent", .equals(.string("caf\u{E9}")), nil), Case("accent", .equals(.string("cafe\u{301}")), .value),
    ]

    static let others: [Case] = [
        Case("roles", .contains(.string("admin")), nil), Case("roles", .contains(.string("adm")), .value),
        Case("roles", .contains(.number("7")), nil), Case("roles", .contains(.string("7")), .value),
        Case("scope", .contains(.string("write")), nil), Case("scope", .contains(.string("rea")), .value),
        Case("scope", .contains(.string("read write")), .value), Case("level", .contains(.number("10")), .value),
        Case("list", .contains(.string("")), .value), Case("on", .contains(.bool(true)), .value),
        Case("name", .matches("A*"), nil), Case("name", .matches("?da"), nil), Case("name", .matches("a*"), .value),
        Case("name", .matches("Ad"), .value), Case("name", .matches("[A]da"), .value),
        Case("empty", .matches("*"), nil),
        Case("level", .matches("1*"), .kind), Case("roles", .matches("*"), .kind),
        Case("name", .exists(false), .value), Case("name", .exists(true), nil), Case("empty", .exists(true), nil),
        Case("realm.deep.x", .equals(.string("y")), nil), Case("realm.roles", .contains(.string("a")), nil),
        Case("flat.name", .equals(.string("dotted")), nil),
    ]

    private static func claimSet(_ text: String) throws -> ClaimSet {
        ClaimSet(document: try JSONParser.parse(Array(text.utf8)))
    }

    private static let span = SourceSpan(file: "gateway.json", line: 1, column: 1, range: 0..<0)

    private static func condition(_ claim: String, _ test: WhenTest) throws -> WhenCondition {
        WhenCondition(claim: try #require(ClaimPath(claim)), test: test, span: span)
    }

    @Test(
        "Each test gives its verdict, and its reason when it is not met",
        arguments: missing + comparisons + equality + others)
    func verdict(example: Case) throws {
        let claims = try Self.claimSet(Self.claims)
        let when = [[try Self.condition(example.claim, example.test)]]
        #expect(WhenEvaluator.isIssued(when, for: claims) == (example.reason == nil))
        #expect(WhenEvaluator.failures(when, for: claims).map(\.reason) == (example.reason.map { [$0] } ?? []))
    }

    @Test("All conditions of one alternative must hold, and one alternative is enough")
    func alternatives() throws {
        let claims = try Self.claimSet(Self.claims)
        let holds = try Self.condition("name", .equals(.string("Ada")))
        let fails = try Self.condition("name", .equals(.string("Bob")))
        #expect(!WhenEvaluator.isIssued([[holds, fails]], for: claims))
        #expect(!WhenEvaluator.isIssued([], for: claims))
        #expect(WhenEvaluator.isIssued([[fails], [holds]], for: claims))
        #expect(WhenEvaluator.isIssued([[holds, holds]], for: claims))
        #expect(WhenEvaluator.isIssued(nil, for: claims))
        #expect(WhenEvaluator.failures([[holds, fails], [fails]], for: claims).count == 2)
        #expect(WhenEvaluator.failures([[fails], [holds]], for: claims).isEmpty)
        #expect(WhenEvaluator.failures([[fails]], for: claims).first?.found == "\"Ada\"")
    }
}
