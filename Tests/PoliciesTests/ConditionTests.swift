import Policies
import Testing

@Suite("Conditions")
struct ConditionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let want: String
        let have: String
        var testDescription: String { "\(name) \(want) against \(have)" }
        init(_ name: String, _ want: String, _ have: String) {
            self.name = name
            self.want = want
            self.have = have
        }
        var condition: String { "{\"\(name)\":{\"K\":\"\(want)\"}}" }
    }

    /// Every operator that compares, with a value it must not accept.
    static let failing: [Case] = [
        Case("StringEquals", "a", "A"), Case("StringEquals", "a*", "ab"),
        Case("StringEquals", "caf\u{E9}", "cafe\u{301}"),
        Case("StringNotEquals", "a", "a"), Case("StringEqualsIgnoreCase", "a", "b"),
        Case("StringNotEqualsIgnoreCase", "a", "A"), Case("StringLike", "a?", "a"), Case("StringLike", "A*", "ab"),
        Case("StringLike", "?", "\u{E9}x"), Case("StringNotLike", "a*", "abc"), Case("NumericEquals", "10", "10.1"),
        Case("NumericEquals", "10", "ten"), Case("NumericEquals", "0", "Infinity"),
        Case("NumericNotEquals", "10", "1e1"), Case("NumericLessThan", "10", "10"), Case("NumericLessThan", "-5", "-4"),
        Case("NumericLessThanEquals", "9", "10"), Case("NumericGreaterThan", "10", "9"),
        Case("NumericGreaterThan", "100000000000000000000000.2", "100000000000000000000000.1"),
        Case("NumericGreaterThanEquals", "10", "9.99"), Case("DateEquals", "2026-11-21", "2026-11-22"),
        Case("DateEquals", "2026-11-21", "2026-11-31"), Case("DateEquals", "2026", "26"),
        Case("DateNotEquals", "2026-11-21T12:00:00Z", "1795262400"), Case("DateLessThan", "2026-11-21", "2026-11-21"),
        Case("DateLessThanEquals", "2024-02-29T23:59:59Z", "2024-03-01"),
        Case("DateGreaterThan", "2026-11-21T12:00:00.5Z", "2026-11-21T12:00:00.4Z"),
        Case("DateGreaterThanEquals", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00+00:01"),
        Case("DateLessThan", "1970", "tomorrow"), Case("Bool", "true", "false"), Case("Bool", "true", "1"),
        Case("BinaryEquals", "YQ==", "YWI="), Case("BinaryEquals", "YQ==", "a"),
        Case("IpAddress", "10.0.0.0/8", "11.0.0.1"), Case("IpAddress", "10.1.2.0/23", "10.1.4.0"),
        Case("IpAddress", "0.0.0.0/0", "::1"), Case("IpAddress", "10.0.0.0/8", "010.0.0.1"),
        Case("IpAddress", "10.0.0.0/8", "10.0.0.0/8"), Case("IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1"),
        Case("IpAddress", "2001:db8::/33", "2001:db8:8000::1"), Case("IpAddress", "::/0", ":::"),
        Case("IpAddress", "::/0", "1::2::3"), Case("IpAddress", "::/0", "1:2:3:4:5:6:7::8"),
        Case("BinaryEquals", "YQ==", "YQ"), Case("NotIpAddress", "10.0.0.0/8", "10.255.255.255"),
        Case("ArnEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/A"),
        Case("ArnLike", "arn:aws:s:*:1:f/*", "arn:aws:s:us:2:x/abc:1:f/doc"),
        Case("ArnLike", "arn:aws:s3:*", "arn:aws:s3:::b"),
        Case("ArnLike", "a:b:c:d:e", "a:b:c:d:e"), Case("ArnNotEquals", "arn:aws:iam::1:*", "arn:aws:iam::1:role/a"),
        Case("ArnNotLike", "*", "anything"), Case("Null", "true", "x"),
    ]

    static let holding: [Case] = [
        Case("StringEquals", "a*", "a*"), Case("StringEquals", "", ""), Case("StringNotEquals", "a", "b"),
        Case("StringEqualsIgnoreCase", "Stra\u{DF}e\u{C9}", "STRA\u{DF}E\u{E9}"),
        Case("StringNotEqualsIgnoreCase", "a", "b"), Case("StringLike", "a?c*", "a\u{1F600}c"),
        Case("StringLike", "a*b", "a\\r\\nb"), Case("StringNotLike", "bot*", "curl"),
        Case("NumericEquals", "10", "10.0"),
        Case("NumericEquals", "-0", "0"), Case("NumericEquals", " 1e2 ", "+100."), Case("NumericNotEquals", "10", "x"),
        Case("NumericLessThan", "10", "9"), Case("NumericLessThan", "-4", "-5"),
        Case("NumericLessThanEquals", "10", "10"), Case("NumericGreaterThan", ".5", "0.51"),
        Case("NumericGreaterThanEquals", "10", "10"), Case("DateEquals", "2026-11-21T13:00:00+01:00", "1795262400"),
        Case("DateEquals", "2026-11-21T12:00Z", "2026-11-21T12:00:00.000"), Case("DateEquals", "-12345.5", "-12345.5"),
        Case("DateNotEquals", "2026", "2027"), Case("DateLessThan", "1970", "1969-12-31T23:59:59.9Z"),
        Case("DateLessThanEquals", "2026-11-22", "2026-11-21T23:59:59Z"),
        Case("DateGreaterThan", "2026-11-21T12:00:00.4Z", "2026-11-21T12:00:00.5Z"),
        Case("DateGreaterThanEquals", "2000-02-29", "951782400"), Case("Bool", "TRUE", "true"),
        Case("BinaryEquals", "YQ==", "YQ=="), Case("IpAddress", "10.0.0.0/8", "10.1.2.3"),
        Case("IpAddress", "10.1.2.3", "10.1.2.3"), Case("IpAddress", "10.1.3.255/23", "10.1.2.0"),
        Case("IpAddress", "2001:db8::/33", "2001:DB8:7fff::1"),
        Case("IpAddress", "::ffff:10.0.0.0/104", "::ffff:10.1.2.3"), Case("NotIpAddress", "10.0.0.0/8", "::1"),
        Case("ArnEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a"),
        Case("ArnLike", "arn:aws:s3:::b:*", "arn:aws:s3:::b:c:d"),
        Case("ArnNotEquals", "arn:aws:iam::1:*", "arn:aws:iam::2:x"),
        Case("ArnNotLike", "arn:*:*:*:*:*", "none"), Case("Null", "false", "x"),
    ]

    private func value(_ text: String) -> ConditionValues {
        .text(text == "a\\r\\nb" ? "a\r\nb" : text)
    }

    @Test("An operator refuses what it must not accept", arguments: failing)
    func fails(_ each: Case) { #expect(holds(each.condition, [("k", value(each.have))]) == "implicitDeny") }

    @Test("An operator accepts what it must accept", arguments: holding)
    func accepts(_ each: Case) { #expect(holds(each.condition, [("k", value(each.have))]) == "allow") }

    static let comparing = Set((failing + holding).map(\.name)).subtracting(["Null"]).sorted()

    private func isNegated(_ name: String) -> Bool { name.contains("Not") }

    private func anyValue(for name: String) -> String { Self.holding.first { $0.name == name }?.want ?? "" }

    @Test(
        "A missing key makes an operator false, a negated one true, and either true with IfExists", arguments: comparing
    )
    func missing(_ name: String) {
        let want = anyValue(for: name)
        #expect(holds("{\"\(name)\":{\"k\":\"\(want)\"}}", []) == (isNegated(name) ? "allow" : "implicitDeny"))
        #expect(holds("{\"\(name)IfExists\":{\"k\":\"\(want)\"}}", []) == "allow")
        #expect(holds("{\"ForAnyValue:\(name)\":{\"k\":\"\(want)\"}}", []) == "implicitDeny")
        #expect(holds("{\"ForAllValues:\(name)\":{\"k\":\"\(want)\"}}", []) == "allow")
        #expect(holds("{\"ForAnyValue:\(name)IfExists\":{\"k\":\"\(want)\"}}", []) == "allow")
    }

    @Test("IfExists does not soften a value that is there", arguments: failing.filter { $0.name != "Null" })
    func ifExistsStillCompares(_ each: Case) {
        let condition = "{\"\(each.name)IfExists\":{\"K\":\"\(each.want)\"}}"
        #expect(holds(condition, [("k", value(each.have))]) == "implicitDeny")
    }

    @Test(
        "Set operators judge every value by itself",
        arguments: [
            ("ForAllValues:StringEquals", ["a", "z"], false), ("ForAllValues:StringEquals", ["a", "b"], true),
            ("ForAllValues:StringEquals", [], true), ("ForAnyValue:StringEquals", ["y", "z"], false),
            ("ForAnyValue:StringEquals", [], false), ("ForAnyValue:StringEquals", ["z", "b"], true),
            ("ForAllValues:StringNotEquals", ["c", "a"], false), ("ForAllValues:StringNotEquals", ["c", "d"], true),
            ("ForAnyValue:StringNotEquals", ["a", "b"], false), ("ForAnyValue:StringNotEquals", ["a", "c"], true),
        ])
    func sets(_ name: String, _ values: [String], _ expected: Bool) {
        let context = [("k", ConditionValues.many(values.map { Array($0.utf8) }))]
        #expect(holds("{\"\(name)\":{\"k\":[\"a\",\"b\"]}}", context) == (expected ? "allow" : "implicitDeny"))
    }

    @Test("Operators and keys are joined by and, values by or, values of a negated operator by nor")
    func combinations() {
        let context: [(String, ConditionValues)] = [("a", .text("1")), ("b", .text("2"))]
        #expect(holds("{\"StringEquals\":{\"a\":\"1\",\"b\":\"9\"}}", context) == "implicitDeny")
        #expect(holds("{\"StringEquals\":{\"a\":\"1\"},\"NumericEquals\":{\"b\":3}}", context) == "implicitDeny")
        #expect(holds("{\"StringNotEquals\":{\"a\":[\"0\",\"1\"]}}", context) == "implicitDeny")
        #expect(
            holds("{\"StringEquals\":{\"A\":[\"0\",\"1\"],\"b\":\"2\"},\"NumericEquals\":{\"b\":2}}", context)
                == "allow")
        #expect(holds("{}", context) == "allow")
        #expect(holds("{\"StringEquals\":{}}", context) == "allow")
    }

    @Test("Null asks whether the key is there, and guards a ForAllValues against its absence")
    func null() {
        #expect(holds("{\"Null\":{\"k\":\"false\"}}", []) == "implicitDeny")
        #expect(holds("{\"Null\":{\"k\":true}}", []) == "allow")
        let guarded = "{\"ForAllValues:StringEquals\":{\"k\":\"a\"},\"Null\":{\"k\":\"false\"}}"
        #expect(holds(guarded, []) == "implicitDeny")
        #expect(holds(guarded, [("k", .many([Array("a".utf8)]))]) == "allow")
    }
}

@Suite("Policy variables")
struct PolicyVariableTests {
    private func allowed(
        _ path: String, asking asked: String, _ context: [(String, ConditionValues)] = [],
        version: String? = "2012-10-17"
    ) -> String {
        decide(
            statements: statement("Allow", resource: apiARN + "/prod/GET/" + path), version: version,
            resource: apiARN + "/prod/GET/" + asked, context: context)
    }

    private let bob: [(String, ConditionValues)] = [("AWS:username", .text("bob"))]

    @Test("A variable without a value matches nothing, whatever stands around it")
    func unresolved() {
        #expect(allowed("${aws:username}", asking: "") == "implicitDeny")
        #expect(allowed("*${aws:username}", asking: "x") == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "${aws:username}") == "implicitDeny")
        let two = [("aws:username", ConditionValues.many([Array("a".utf8), Array("b".utf8)]))]
        #expect(allowed("${aws:username}", asking: "a", two) == "implicitDeny")
        #expect(holds("{\"StringEquals\":{\"k\":\"${x}\"}}", [("k", .text(""))]) == "implicitDeny")
        #expect(holds("{\"StringNotEquals\":{\"k\":\"${x}\"}}", [("k", .text(""))]) == "allow")
    }

    @Test("A value never brings in a wildcard, a variable or another component")
    func valuesAreLiteral() {
        #expect(allowed("${aws:username}", asking: "secret", [("aws:username", .text("*"))]) == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "secret", [("aws:username", .text("??????"))]) == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "bob", [("aws:username", .text("${x, 'bob'}"))]) == "implicitDeny")
        #expect(allowed("${x, '*'}", asking: "secret") == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "*", [("aws:username", .text("*"))]) == "allow")
        let raw: [(String, ConditionValues)] = [("aws:username", .one([0x00, 0x01, 0xFF]))]
        #expect(allowed("${aws:username}", asking: "secret", raw) == "implicitDeny")
    }

    @Test("Older versions and incomplete variables are text")
    func plainText() {
        #expect(allowed("${aws:username}", asking: "bob", bob, version: nil) == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "bob", bob, version: "2008-10-17") == "implicitDeny")
        #expect(allowed("${aws:username}", asking: "${aws:username}", bob, version: nil) == "allow")
        #expect(allowed("${aws:username", asking: "${aws:username", bob) == "allow")
        #expect(allowed("${a,b}", asking: "${a,b}") == "allow")
        #expect(allowed("${}", asking: "${}") == "allow")
    }

    @Test("Values, defaults and the three special characters")
    func replaced() {
        #expect(allowed("${aws:username}/*", asking: "bob/cart", bob) == "allow")
        #expect(allowed("${ aws:USERNAME }", asking: "bob", bob) == "allow")
        #expect(allowed("${x, 'co}", asking: "${x, 'co}") == "allow")
        #expect(allowed("${x,'co'}", asking: "co") == "allow")
        #expect(allowed("${aws:username, 'co'}", asking: "bob", bob) == "allow")
        #expect(allowed("a${*}", asking: "ab") == "implicitDeny")
        #expect(allowed("a${*}${?}${$}{x}", asking: "a*?${x}") == "allow")
        #expect(holds("{\"StringEquals\":{\"k\":\"${aws:username}\"}}", bob + [("k", .text("bob"))]) == "allow")
        #expect(holds("{\"StringLike\":{\"k\":\"${aws:username}*\"}}", bob + [("k", .text("bobby"))]) == "allow")
    }

    @Test("Escaped text stands for itself")
    func escaping() {
        for text in ["*", "a?b", "${aws:username}", "$", "plain/\u{20AC}"] {
            #expect(allowed(PolicyPattern.escaping(text), asking: text, bob) == "allow")
        }
        #expect(allowed(PolicyPattern.escaping("*"), asking: "x") == "implicitDeny")
        #expect(allowed(PolicyPattern.escaping("${aws:username}"), asking: "bob", bob) == "implicitDeny")
    }
}
