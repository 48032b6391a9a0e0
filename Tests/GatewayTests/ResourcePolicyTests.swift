import Documents
import Foundation
import Gateway
import Policies
import Routes
import Testing
import Tokens

/// Statements are written without their `Action` and `Principal`, which are always the same.
@Suite("The resource policy of a REST API")
struct ResourcePolicyTests {
    private static let anchor = "\"defaultStage\": \"dev\", \"defaultAuthorizer\": \"session\""

    private static func statement(_ effect: String, _ resource: String, _ more: String = "") -> String {
        """
        { "Sid": "\(effect)One", "Effect": "\(effect)", "Principal": "*", "Action": "execute-api:Invoke",
          "Resource": \(resource)\(more) }
        """
    }

    private static func policy(_ statements: String...) -> String {
        "{ \"Version\": \"2012-10-17\", \"Statement\": [\(statements.joined(separator: ","))] }"
    }

    private func fleet(_ policy: String, _ edits: [(String, String)] = []) throws -> FleetFixture {
        try FleetFixture(.rest, [(Self.anchor, "\(Self.anchor),\n\"policy\": \(policy)")] + edits)
    }

    /// What the client is told: status and body.
    private func told(_ exchange: Exchange) -> String {
        let answer = Explanation(of: exchange).answer
        return "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
    }

    // MARK: Alone

    static let silent = """
        403 {"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
        arn:aws:execute-api:eu-west-1:********9012:fleet00001/dev/GET/health"}
        """
    static let denied = silent.replacingOccurrences(of: "health\"}", with: "health with an explicit deny\"}")

    @Test(
        "A public route needs an Allow aloud, and no Deny",
        arguments: [
            ("[]", silent), (statement("Allow", "\"execute-api:/dev/GET/ships\""), silent),
            (statement("Allow", "\"execute-api:/prod/*\""), silent),
            (statement("Allow", "\"execute-api:/dev/POST/health\""), silent),
            (statement("Deny", "\"execute-api:/*\""), denied),
            (statement("Allow", "\"*\"") + "," + statement("Deny", "\"execute-api:/*/GET/health\""), denied),
            (
                statement("Allow", "\"*\"").replacingOccurrences(
                    of: "\"*\", \"Action", with: "{\"AWS\":\"arn:aws:iam::1:root\"}, \"Action"), silent
            ),
            (statement("Allow", "\"*\"").replacingOccurrences(of: "api:Invoke", with: "api:InvalidateCache"), silent),
            (statement("Allow", "\"arn:aws:execute-api:eu-west-1:123456789012:other/*\""), silent),
        ])
    func refusedPublicRoute(_ statements: String, _ expected: String) throws {
        let fleet = try fleet(
            "{ \"Version\": \"2012-10-17\", \"Statement\": \(statements == "[]" ? "[]" : "[\(statements)]") }")
        let exchange = try fleet.exchange("GET", "/health")
        #expect(told(exchange) == expected)
        guard case .resourcePolicy(let refusal)? = exchange.failure else {
            Issue.record("\(String(describing: exchange.failure))")
            return
        }
        #expect(refusal.isExplicit == (expected == Self.denied))
        #expect(exchange.decisionWord == "deny")
    }

    @Test(
        "What an Allow covers goes on",
        arguments: [
            "\"*\"", "\"execute-api:/*\"", "\"execute-api:/dev/*\"", "\"execute-api:/*/GET/health\"",
            "\"execute-api:/dev/*/heal*\"", "[\"execute-api:/dev/POST/x\", \"execute-api:/dev/GET/health\"]",
            "\"arn:aws:execute-api:eu-west-1:123456789012:fleet00001/dev/GET/health\"", "\"arn:aws:execute-api:*:*:*\"",
        ])
    func admittedPublicRoute(_ resource: String) throws {
        let exchange = try fleet(Self.policy(Self.statement("Allow", resource))).exchange("GET", "/health")
        #expect(exchange.failure == nil)
        #expect(exchange.resourceDecision?.outcome == .allow)
    }

    @Test("A route that does not exist stays one, whatever the policy says")
    func noRoute() throws {
        let exchange = try fleet(Self.policy(Self.statement("Deny", "\"*\""))).exchange("GET", "/nowhere")
        #expect(exchange.failure == .noRoute)
    }

    @Test(
        "Conditions see the request",
        arguments: [
            (#""IpAddress": { "aws:SourceIp": "192.0.2.0/24" }"#, true),
            (#""IpAddress": { "aws:SourceIp": ["198.51.100.0/24", "10.0.0.0/8"] }"#, false),
            (#""NotIpAddress": { "aws:SourceIp": "192.0.2.1" }"#, false),
            (#""StringEquals": { "aws:SourceVpc": "vpc-1" }"#, false),
            (#""StringNotEquals": { "aws:SourceVpce": "vpce-1" }"#, true),
            (#""Bool": { "aws:SecureTransport": "true" }"#, false),
            (#""StringLike": { "aws:UserAgent": "probe/*" }"#, true),
            (#""DateGreaterThan": { "aws:CurrentTime": "2026-11-21T11:00:00Z" }"#, true),
            (#""DateLessThan": { "aws:CurrentTime": "2026-11-21T11:00:00Z" }"#, false),
            (#""ArnLike": { "aws:SourceArn": "arn:aws:execute-api:*:*:*/dev/GET/*" }"#, true),
        ])
    func conditions(_ condition: String, _ isAllowed: Bool) throws {
        let statement = Self.statement("Allow", "\"*\"", ", \"Condition\": { \(condition) }")
        let exchange = try fleet(Self.policy(statement)).exchange("GET", "/health", headers: ["User-Agent: probe/1"])
        #expect((exchange.failure == nil) == isAllowed)
    }

    @Test("Variables of IAM are filled from the request")
    func variables() throws {
        let own = Self.statement("Allow", #""execute-api:/dev/GET/${aws:UserAgent}""#)
        let fleet = try fleet(Self.policy(own))
        #expect(try fleet.exchange("GET", "/health", headers: ["User-Agent: health"]).failure == nil)
        // A wildcard from the request is a letter.
        #expect(try fleet.exchange("GET", "/health", headers: ["User-Agent: *"]).failure != nil)
        #expect(try fleet.exchange("GET", "/health").failure != nil)
    }

    // MARK: Beside an authorizer

    /// What the authorizer's policy says of these requests with a token of rank 15 and the role given.
    static let identities: [(outcome: PolicyOutcome, method: String, path: String, role: String)] = [
        (.allow, "GET", "/ships", "\"captain\""), (.implicitDeny, "GET", "/logbook", "\"captain\""),
        (.explicitDeny, "DELETE", "/ships/1", "\"cadet\""),
    ]

    @Test(
        "Table A decides for both policies together",
        arguments: [PolicyOutcome.allow, .implicitDeny, .explicitDeny], [0, 1, 2])
    func tableA(_ resource: PolicyOutcome, _ index: Int) throws {
        let identity = Self.identities[index]
        let statement =
            switch resource {
            case .allow: Self.statement("Allow", "\"*\"")
            case .implicitDeny: Self.statement("Allow", "\"execute-api:/dev/GET/health\"")
            case .explicitDeny: Self.statement("Deny", "\"execute-api:/*\"")
            }
        let exchange = try fleet(Self.policy(statement)).exchange(
            identity.method, identity.path, token: FleetFixture.token(["role": identity.role]))
        let isAllowed: Bool
        switch (identity.outcome, resource) {
        case (_, .explicitDeny):
            // Before the authorizer is asked.
            #expect(exchange.failure?.reason == "resource_policy_explicit_deny")
            #expect(exchange.authorization == nil)
            isAllowed = false
        case (.explicitDeny, _):
            #expect(exchange.failure == .explicitDeny)
            isAllowed = false
        case (.implicitDeny, .implicitDeny):
            #expect(exchange.failure == .implicitDeny)
            isAllowed = false
        default: isAllowed = true
        }
        #expect((exchange.failure == nil) == isAllowed)
        let explanation = Explanation(of: exchange)
        #expect((explanation.outcome == .allow) == isAllowed)
        #expect((explanation[.decision].status == .satisfied) == isAllowed)
        #expect((explanation[.policy].status == .satisfied) == isAllowed)
    }

    @Test("A permissive resource policy replaces no token")
    func tokenStillNeeded() throws {
        let fleet = try fleet(Self.policy(Self.statement("Allow", "\"*\"")))
        #expect(try fleet.exchange("GET", "/ships").failure == .unauthorized(.tokenMissing))
        let forged = try FleetFixture.token(secret: Array("another secret that nobody here knows of".utf8))
        #expect(try fleet.exchange("GET", "/ships", token: forged).failure == .unauthorized(.badSignature))
    }

    // MARK: Paths with two readings

    @Test("What a Deny covers in another reading of the path is not let in by the first")
    func otherReading() throws {
        let statements =
            Self.statement("Allow", "\"*\"") + "," + Self.statement("Deny", "\"execute-api:/dev/GET/health\"")
        let route = ("\"GET /health\": {", "\"GET /{any}\": {")
        let fleet = try fleet("{ \"Version\": \"2012-10-17\", \"Statement\": [\(statements)] }", [route])
        #expect(try fleet.exchange("GET", "/other").failure == nil)
        #expect(try fleet.exchange("GET", "/HEALTH").failure?.reason == "path_ambiguous")
        let allBut = Self.statement("Allow", "\"execute-api:/dev/GET/health\"")
            .replacingOccurrences(of: "\"Resource\"", with: "\"NotResource\"")
        let excluding = try self.fleet(Self.policy(allBut), [route])
        #expect(try excluding.exchange("GET", "/other").failure == nil)
        #expect(try excluding.exchange("GET", "/HEALTH").failure?.reason == "path_ambiguous")
    }

    // MARK: Explanations

    @Test("The explanation names the statement with its line")
    func explanation() throws {
        let fleet = try fleet(
            Self.policy(
                Self.statement("Allow", "\"*\"") + ",\n" + Self.statement("Deny", "\"execute-api:/dev/GET/health\"")))
        let explanation = Explanation(of: try fleet.exchange("GET", "/health"))
        let deny = try #require(explanation[.policy].statements.first { $0.isDecisive })
        #expect(deny.label == "api.policy DenyOne" && deny.effect == "Deny" && deny.status == .decisiveDeny)
        #expect(explanation[.decision].text == "DENY (explicit) by DenyOne of the resource policy")
        #expect(explanation[.decision].span?.line == deny.span.line)
        let allow = try #require(explanation[.policy].statements.first)
        #expect(allow.label == "api.policy AllowOne" && allow.span.line == deny.span.line - 2)
        #expect(explanation.remedy == "change DenyOne of api.policy (an Allow cannot override a Deny)")
        let text = ExplanationPrinter().render(explanation)
        #expect(text.contains("! Deny  api.policy DenyOne   matches"), "\(text)")
        #expect(text.contains("✓ Allow api.policy AllowOne  matches"), "\(text)")
    }

    @Test("The explanation says why no statement allows, and who let a silent authorizer's caller in")
    func explainedSilence() throws {
        let elsewhere = #", "Condition": { "IpAddress": { "aws:SourceIp": "198.51.100.0/24" } }"#
        let refused = Explanation(
            of: try fleet(Self.policy(Self.statement("Allow", "\"*\"", elsewhere))).exchange("GET", "/health"))
        #expect(refused[.policy].statements.first?.text.contains("request has \"192.0.2.1\"") == true)
        #expect(refused[.decision].text == "DENY (implicit): no statement of the resource policy allows it")
        #expect(refused.remedy?.hasPrefix("add an Allow statement for arn:aws:execute-api:") == true)
        let admitted = Explanation(
            of: try fleet(Self.policy(Self.statement("Allow", "\"*\""))).exchange(
                "GET", "/logbook", token: FleetFixture.token()))
        #expect(
            admitted[.decision].text == "ALLOW by AllowOne of the resource policy: the authorizer's policy is silent")
        let own = Explanation(
            of: try fleet(Self.policy(Self.statement("Allow", "\"*\""))).exchange(
                "GET", "/ships", token: FleetFixture.token()))
        #expect(own[.decision].text == "ALLOW by ReadFleet")
    }

    // MARK: Documents

    /// The policy with `«»` around what must be underlined, and a part of the message.
    static let broken: [(policy: String, message: String)] = [
        (#"{ "Statement": [{ "Effect": «"allow"», "Principal": "*", "Action": "*", "Resource": "*" }] }"#, "Effect"),
        (#"{ "Statement": [«{ "Effect": "Deny", "Action": "*", "Resource": "*" }»] }"#, "needs Principal"),
        (
            #"{ "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": «"GET/ships"» }] }"#,
            "resource"
        ),
        (
            #"{ "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": ["*", «"execute-api:dev/GET/x"»] }] }"#,
            "no resource of a resource policy"
        ),
        (
            #"{ "Statement": { "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": «"execute-api:/dev/GET/ships/{id}"» } }"#,
            "can never match"
        ),
        (
            #"{ "Statement": { "Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": «"execute-api:/dev/GET/a/../b"» } }"#,
            "can never match"
        ),
        (
            #"{ "Statement": { "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": «"execute-api:/dev/GET"» } }"#,
            "can never match"
        ),
        (
            #"{ "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": { "IpAddress": { "aws:SourceIp": [«"300.0.0.1"»] } } }] }"#,
            "condition operator cannot use"
        ),
        (#"{ "Statement": [{ "Effect": "Deny", "Principal": «"me"», "Action": "*", "Resource": "*" }] }"#, "principal"),
        (#"«{ "Version": "2012-10-17" }»"#, "Statement"),
    ]

    private static let routes =
        #"{ "GET /": { "authorizationType": "NONE", "integration": { "type": "MOCK", "response": {} } } }"#

    @Test("A policy that is wrong is refused at its place", arguments: broken.indices)
    func refusedPolicy(_ index: Int) throws {
        let (policy, message) = Self.broken[index]
        let marked =
            "{ \"version\": 1,\n \"api\": { \"type\": \"REST\", \"policy\":\n \(policy) },\n"
            + " \"routes\": \(Self.routes) }"
        let text = String(marked.filter { $0 != "«" && $0 != "»" })
        let problem = try #require(try Self.problems(text).first)
        #expect(problem.code == "GH3326")
        #expect(problem.message.contains(message), "\(problem.message)")
        let before = marked[..<(try #require(marked.firstIndex(of: "«")))]
        #expect(problem.position?.line == 3)
        #expect(problem.position?.column == (before.split(separator: "\n").last?.count ?? 0) + 1)
        let inner = marked.split(separator: "«")[1].split(separator: "»")[0]
        #expect(problem.range?.count == inner.utf8.count)
    }

    @Test("A policy that came as a text is refused with the line of that text")
    func refusedText() throws {
        let text =
            #"{ "version": 1, "api": { "type": "REST", "policy": "{\n \"Statement\": 7 }" }, "routes": \#(Self.routes) }"#
        let problem = try #require(try Self.problems(text).first)
        #expect(problem.code == "GH3326")
        #expect(problem.note?.hasPrefix("line 2, column ") == true)
        #expect(problem.position?.line == 1)
    }

    @Test("A policy may come as a text, and then decides the same")
    func policyAsText() throws {
        let quoted = try #require(
            String(
                data: JSONSerialization.data(
                    withJSONObject: Self.policy(Self.statement("Allow", "\"execute-api:/dev/GET/health\"")),
                    options: .fragmentsAllowed), encoding: .utf8))
        let fleet = try fleet(quoted)
        #expect(try fleet.exchange("GET", "/health").failure == nil)
        #expect(try fleet.exchange("GET", "/ships", token: FleetFixture.token()).failure == nil)
        let decision = Explanation(of: try fleet.exchange("GET", "/health"))[.decision]
        #expect(decision.span?.line == fleet.snapshot.resourcePolicy?.definition.span.line)
    }

    @Test("An Allow by which silent authorizers are passed is warned of, a Deny or a narrower one is not")
    func wayAround() throws {
        func warnings(_ statement: String) throws -> [String] {
            let text = """
                { "version": 1, "api": { "type": "REST", "policy": \(Self.policy(statement)) },
                  "keys": { "k": { "type": "secret", "secret": "0123456789abcdef0123456789abcdef" } },
                  "authorizers": { "a": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                    "jwt": { "keys": ["k"], "algorithms": ["HS256"], "issuer": null, "audience": null },
                    "policy": [ { "effect": "Allow", "resources": ["GET/x/1"] } ] } },
                  "routes": {
                    "GET /x/{id}": { "authorizer": "a", "integration": { "type": "MOCK", "response": { "statusCode": 200 } } },
                    "GET /open": { "authorizationType": "NONE", "integration": { "type": "MOCK", "response": { "statusCode": 200 } } }
                  } }
                """
            return try Self.problems(text).filter { $0.code == "GH3327" }.map(\.message)
        }
        #expect(
            try warnings(Self.statement("Allow", "\"*\""))
                == ["statement AllowOne lets callers in about whom \"a\" is silent"])
        let here = #", "Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }"#
        #expect(try warnings(Self.statement("Allow", "\"execute-api:/dev/GET/x/*\"", here)).count == 1)
        #expect(try warnings(Self.statement("Deny", "\"*\"")).isEmpty)
        #expect(try warnings(Self.statement("Allow", "\"execute-api:/dev/GET/open\"")).isEmpty)
    }

    @Test("Five thousand statements full of wildcards on one line are one pass, and few of them are shown")
    func large() throws {
        var statements = (0..<5000).map { index in
            #"{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*/*/*a*b*\#(index)*"}"#
        }
        statements.append(
            #"{"Sid":"Last","Effect":"Deny","Principal":"*","Action":"*","Resource":"execute-api:/*/GET/*h*"}"#)
        let fleet = try fleet("{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}")
        let exchange = try fleet.exchange("GET", "/health")
        #expect(exchange.resourceDecision?.matched?.statement == 5000)
        let explanation = Explanation(of: exchange)
        #expect(explanation[.policy].statements.count == 21)
        #expect(explanation[.policy].statements.last?.label == "api.policy Last")
        #expect(explanation[.policy].notes.map(\.text) == ["4980 more statements of api.policy are not shown"])
    }

    private static func problems(_ text: String) throws -> [Diagnostic] {
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let (document, diagnostics) = DocumentLoader(
            environment: FolderEnvironment(folder: URL(fileURLWithPath: "/nonexistent"))
        ).load(source)
        guard let document else { return diagnostics }
        switch GatewayBuilder.build(document) {
        case .refused(let problems): return problems
        case .snapshot(_, let warnings): return warnings
        }
    }
}
