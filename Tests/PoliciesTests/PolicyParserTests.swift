import Documents
import Policies
import Testing

@Suite("Reading and writing policies")
struct PolicyParserTests {
    private static let good = "\"Effect\":\"Allow\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"*\""

    static let malformed: [(String, PolicyError.Code, String)] = [
        ("{", .notJSON, ""), ("[]", .notAnObject, ""), ("null", .notAnObject, ""), ("\"{}\"", .notAnObject, ""),
        ("{}", .statementMissing, ""), ("{\"Statement\":null}", .statementMissing, "/Statement"),
        ("{\"Statement\":[7]}", .statementNotAnObject, "/Statement/0"),
        ("{\"statement\":[]}", .unknownMember, "/statement"),
        ("{\"Version\":null,\"Statement\":[]}", .version, "/Version"),
        ("{\"Version\":2012,\"Statement\":[]}", .version, "/Version"),
        ("{\"Version\":\"2024-01-01\",\"Statement\":[]}", .version, "/Version"),
        ("{\"Id\":7,\"Statement\":[]}", .identifier, "/Id"),
        ("{\"Statement\":[{\(good),\"Sid\":7}]}", .sid, "/Statement/0/Sid"),
        ("{\"Statement\":[{\(good),\"condition\":{}}]}", .unknownMember, "/Statement/0/condition"),
        ("{\"Statement\":[{\"Action\":\"*\",\"Resource\":\"*\"}]}", .effect, "/Statement/0/Effect"),
        (
            "{\"Statement\":[{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}", .effect,
            "/Statement/0/Effect"
        ),
        ("{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}", .actionMissing, "/Statement/0"),
        ("{\"Statement\":[{\(good),\"NotAction\":\"*\"}]}", .actionTwice, "/Statement/0/NotAction"),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[],\"Resource\":\"*\"}]}", .actionValue,
            "/Statement/0/Action"
        ),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"*\",7],\"Resource\":\"*\"}]}", .actionValue,
            "/Statement/0/Action/1"
        ),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Invoke\",\"Resource\":\"*\"}]}", .actionValue,
            "/Statement/0/Action/0"
        ),
        ("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"}]}", .resourceMissing, "/Statement/0"),
        ("{\"Statement\":[{\(good),\"NotResource\":\"*\"}]}", .resourceTwice, "/Statement/0/NotResource"),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[\"*\",\"\"]}]}", .resourceValue,
            "/Statement/0/Resource/1"
        ),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[\"*\",\"GET/x\"]}]}", .resourceValue,
            "/Statement/0/Resource/1"
        ),
        ("{\"Statement\":[{\(good),\"Principal\":\"*\"}]}", .principalRefused, "/Statement/0/Principal"),
        ("{\"Statement\":[{\(good),\"Condition\":null}]}", .conditionNotAnObject, "/Statement/0/Condition"),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"StringEqual\":{}}}]}", .conditionOperator,
            "/Statement/0/Condition/StringEqual"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"NullIfExists\":{}}}]}", .conditionOperator,
            "/Statement/0/Condition/NullIfExists"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"ForAllValues:ForAnyValue:Bool\":{}}}]}", .conditionOperator,
            "/Statement/0/Condition/ForAllValues:ForAnyValue:Bool"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"Bool\":[]}}]}", .conditionBlock,
            "/Statement/0/Condition/Bool"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"Bool\":{\"k\":[]}}}]}", .conditionValue,
            "/Statement/0/Condition/Bool/k"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"Bool\":{\"a/b\":[true,{}]}}}]}", .conditionValue,
            "/Statement/0/Condition/Bool/a~1b/1"
        ),
        (
            "{\"Statement\":[{\(good),\"Condition\":{\"IpAddress\":{\"k\":\"10.0.0.0/33\"}}}]}", .conditionValue,
            "/Statement/0/Condition/IpAddress/k/0"
        ),
        (
            "{\"Statement\":[{\(good)},{\(good),\"Condition\":{\"DateEquals\":{\"k\":\"2026-13\"}}}]}",
            .conditionValue, "/Statement/1/Condition/DateEquals/k/0"
        ),
        (
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\(good),\"Condition\":{\"NumericEquals\":{\"k\":\"${x}\"}}}]}",
            .conditionValue, "/Statement/0/Condition/NumericEquals/k/0"
        ),
    ]

    @Test("A malformed document is refused with its reason and its place", arguments: malformed)
    func refuses(_ text: String, _ code: PolicyError.Code, _ pointer: String) {
        let error = #expect(throws: PolicyError.self) { try PolicyParser.parse(Array(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.pointer == pointer)
        #expect(error?.message.isEmpty == false)
        #expect(error?.range != nil)
    }

    @Test("The place of an error is the offending text itself, also where a lone value stands for a list")
    func range() throws {
        let text = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"Invoke\",\"Resource\":\"*\"}}"
        let error = #expect(throws: PolicyError.self) { try PolicyParser.parse(Array(text.utf8)) }
        let range = try #require(error?.range)
        #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == "\"Invoke\"")
        #expect(error?.detail == "Invoke")
    }

    @Test("No message repeats text of the document", arguments: malformed)
    func messagesAreClean(_ text: String, _ code: PolicyError.Code, _ pointer: String) {
        let error = #expect(throws: PolicyError.self) { try PolicyParser.parse(Array(text.utf8)) }
        if let detail = error?.detail, detail != "Allow", detail.count > 1 {
            #expect(error?.message.contains(detail) == false)
        }
    }

    @Test("Lower-case elements and misspelt operators get a suggestion")
    func suggestions() {
        let lower = #expect(throws: PolicyError.self) { try PolicyParser.parse(Array("{\"statement\":[]}".utf8)) }
        #expect(lower?.help == "did you mean Statement?")
        let text = "{\"Statement\":[{\(Self.good),\"Condition\":{\"ForAnyValue:StringEqual\":{}}}]}"
        let test = #expect(throws: PolicyError.self) { try PolicyParser.parse(Array(text.utf8)) }
        #expect(test?.help == "did you mean StringEquals?")
    }

    @Test("Documents built by the program are checked like parsed ones")
    func programmatic() {
        let cases: [(PolicyStatement, PolicyError.Code)] = [
            (PolicyStatement(effect: .allow, resources: []), .resourceValue),
            (PolicyStatement(effect: .allow, actions: [], resources: ["*"]), .actionValue),
            (PolicyStatement(effect: .allow, resources: ["GET/x"]), .resourceValue),
            (
                PolicyStatement(
                    effect: .allow, resources: ["*"],
                    conditions: Array(
                        repeating: PolicyCondition(operatorName: "Bool", key: "k", values: ["true"]), count: 2)),
                .conditionTwice
            ),
        ]
        for (statement, code) in cases {
            let error = #expect(throws: PolicyError.self) { try PolicyDocument(statements: [statement]) }
            #expect(error?.code == code)
        }
    }

    @Test("A document is written as a Lambda authorizer returns it")
    func writes() throws {
        let document = try PolicyDocument(statements: [
            PolicyStatement(sid: "Read", effect: .allow, resources: [petARN]),
            PolicyStatement(
                effect: .deny, actions: ["s3:*", "execute-api:*"], negatesActions: true, resources: ["*"],
                negatesResources: true,
                conditions: [
                    PolicyCondition(operatorName: "Bool", key: "a", values: ["true"]),
                    PolicyCondition(operatorName: "IpAddress", key: "b", values: ["10.0.0.0/8", "::1"]),
                    PolicyCondition(operatorName: "Bool", key: "c", values: ["false"]),
                ]),
        ])
        let expected =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Read\",\"Effect\":\"Allow\","
            + "\"Action\":\"execute-api:Invoke\",\"Resource\":[\"\(petARN)\"]},"
            + "{\"Effect\":\"Deny\",\"NotAction\":[\"s3:*\",\"execute-api:*\"],\"NotResource\":[\"*\"],"
            + "\"Condition\":{\"Bool\":{\"a\":\"true\",\"c\":\"false\"},\"IpAddress\":{\"b\":[\"10.0.0.0/8\",\"::1\"]}}}]}"
        #expect(String(decoding: document.json, as: UTF8.self) == expected)
        let again = try PolicyParser.parse(document.json)
        #expect(again.json == document.json)
    }

    @Test("Writing and reading keeps principals, versions and ids")
    func roundTrip() throws {
        let text =
            "{\"Version\":\"2008-10-17\",\"Id\":\"p\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"NotPrincipal\":{\"AWS\":[\"x\"]},\"Action\":\"*\",\"Resource\":[\"*\"]}]}"
        let document = try PolicyParser.parse(Array(text.utf8), principals: .accepted)
        #expect(String(decoding: document.json, as: UTF8.self) == text)
        #expect(document.version == .v2008)
        #expect(try PolicyParser.parse(Array("{\"Statement\":[]}".utf8)).version == nil)
    }
}
