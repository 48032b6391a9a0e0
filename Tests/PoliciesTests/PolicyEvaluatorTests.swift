import Policies
import Testing

@Suite("Precedence and naming")
struct PolicyEvaluatorTests {
    private func document(_ statements: [PolicyStatement]) throws -> PolicyDocument {
        try PolicyDocument(statements: statements)
    }

    private let request = PolicyRequest(resource: Array(petARN.utf8))

    @Test("Without documents, and without statements, nothing is allowed")
    func emptyDenies() throws {
        #expect(PolicyEvaluator.decide(request, by: []).outcome == .implicitDeny)
        #expect(PolicyEvaluator.decide(request, by: try document([])).outcome == .implicitDeny)
        #expect(PolicyEvaluator.decide(request, by: try document([])).matched == nil)
    }

    @Test("A Deny in a later document overrides an Allow in an earlier one and is named by its place among all")
    func laterDenyWins() throws {
        let first = try document([PolicyStatement(sid: "Open", effect: .allow, resources: ["*"])])
        let second = try document([
            PolicyStatement(effect: .allow, resources: ["*"]), PolicyStatement(effect: .deny, resources: [petARN]),
        ])
        let decision = PolicyEvaluator.decide(request, by: [first, second])
        #expect(decision.outcome == .explicitDeny)
        #expect(decision.matched == StatementIndex(document: 1, statement: 1, position: 2))
        #expect(decision.statementName(in: [first, second]) == "2")
    }

    @Test("The first of several Denies and the first of several Allows are named")
    func firstIsNamed() throws {
        let allows = try document([
            PolicyStatement(sid: "", effect: .allow, resources: ["*"]),
            PolicyStatement(sid: "B", effect: .allow, resources: ["*"]),
        ])
        #expect(PolicyEvaluator.decide(request, by: [allows, allows]).statementName(in: [allows, allows]) == "0")
        let denies = try document([
            PolicyStatement(sid: "A", effect: .allow, resources: ["*"]),
            PolicyStatement(sid: "D1", effect: .deny, resources: ["*"]),
            PolicyStatement(sid: "D2", effect: .deny, resources: ["*"]),
        ])
        #expect(PolicyEvaluator.decide(request, by: denies).statementName(in: [denies]) == "D1")
    }

    @Test("One document and a list of that document give the same decision")
    func listOfOne() throws {
        let one = try document([
            PolicyStatement(effect: .allow, resources: [apiARN + "/prod/POST/*"]),
            PolicyStatement(effect: .allow, resources: [apiARN + "/prod/GET/*"]),
        ])
        #expect(PolicyEvaluator.decide(request, by: one) == PolicyEvaluator.decide(request, by: [one]))
        #expect(PolicyEvaluator.decide(request, by: one).matched?.statement == 1)
    }

    @Test("Other actions are judged by their patterns, not by the prepared answer for invocations")
    func otherActions() throws {
        let invoke = try document([PolicyStatement(effect: .allow, resources: ["*"])])
        let cache = PolicyRequest(action: Array("execute-api:InvalidateCache".utf8), resource: Array(petARN.utf8))
        #expect(PolicyEvaluator.decide(cache, by: invoke).outcome == .implicitDeny)
        let other = try document([PolicyStatement(effect: .allow, actions: ["EXECUTE-api:inv*"], resources: ["*"])])
        #expect(PolicyEvaluator.decide(cache, by: other).outcome == .allow)
        let kelvin = PolicyRequest(action: Array("execute-api:Invo\u{212A}e".utf8), resource: Array(petARN.utf8))
        #expect(PolicyEvaluator.decide(kelvin, by: invoke).outcome == .implicitDeny)
    }

    @Test("Without conditions and variables the context is never asked")
    func contextIsLazy() throws {
        struct Trap: PolicyContext {
            func values(of key: ConditionKey) -> ConditionValues? {
                Issue.record("the context was asked for \(key.name)")
                return nil
            }
        }
        let plain = try document([PolicyStatement(effect: .allow, resources: [apiARN + "/*/GET/*"])])
        #expect(!plain.needsContext)
        let asked = PolicyRequest(resource: Array(petARN.utf8), context: Trap())
        #expect(PolicyEvaluator.decide(asked, by: plain).outcome == .allow)
        let elsewhere = try document([
            PolicyStatement(
                effect: .deny, resources: [apiARN + "/prod/POST/*"],
                conditions: [PolicyCondition(operatorName: "StringEquals", key: "aws:Referer", values: ["x"])])
        ])
        #expect(elsewhere.needsContext)
        #expect(PolicyEvaluator.decide(asked, by: elsewhere).outcome == .implicitDeny)
    }

    @Test(
        "A resource policy speaks to anonymous callers only when its principal names everyone",
        arguments: [
            ("\"Principal\":{\"AWS\":\"arn:aws:iam::1:root\"}", "implicitDeny"),
            ("\"NotPrincipal\":\"*\"", "implicitDeny"),
            ("\"Principal\":{\"Service\":\"x.amazonaws.com\"}", "implicitDeny"),
            ("\"Principal\":\"*\"", "allow"), ("\"Principal\":{\"AWS\":\"*\"}", "allow"),
            ("\"Principal\":{\"AWS\":[\"arn:aws:iam::1:root\",\"*\"]}", "allow"),
            ("\"NotPrincipal\":{\"AWS\":\"arn:aws:iam::1:root\"}", "allow"),
        ])
    func principals(_ member: String, _ expected: String) throws {
        let text = "{\"Statement\":{\"Effect\":\"Allow\",\(member),\"Action\":\"*\",\"Resource\":\"*\"}}"
        #expect(throws: PolicyError.self) { try PolicyParser.parse(Array(text.utf8)) }
        let parsed = try PolicyParser.parse(Array(text.utf8), principals: .accepted)
        #expect(PolicyEvaluator.decide(request, by: parsed).outcome.rawValue == expected)
    }
}

@Suite("Resource policy tables")
struct ResourcePolicyTableTests {
    static let rows: [(PolicyOutcome, PolicyOutcome, PolicyOutcome, PolicyOutcome)] = [
        (.implicitDeny, .implicitDeny, .implicitDeny, .implicitDeny),
        (.implicitDeny, .explicitDeny, .explicitDeny, .explicitDeny),
        (.explicitDeny, .allow, .explicitDeny, .explicitDeny),
        (.explicitDeny, .implicitDeny, .explicitDeny, .explicitDeny),
        (.explicitDeny, .explicitDeny, .explicitDeny, .explicitDeny),
        (.allow, .explicitDeny, .explicitDeny, .explicitDeny), (.allow, .implicitDeny, .allow, .implicitDeny),
        (.implicitDeny, .allow, .allow, .implicitDeny), (.allow, .allow, .allow, .allow),
    ]

    @Test("Both tables of the authorization flow", arguments: rows)
    func row(_ identity: PolicyOutcome, _ resource: PolicyOutcome, _ same: PolicyOutcome, _ cross: PolicyOutcome) {
        #expect(ResourcePolicyTable.combine(identity: identity, resource: resource) == same)
        #expect(ResourcePolicyTable.combine(identity: identity, resource: resource, accounts: .cross) == cross)
    }
}
