import Documents
import Policies
import Testing

@testable import Authorizers
@testable import Tokens

@Suite("Declarative authorizers")
struct DeclarativeAuthorizerTests {
    @Test("A request without an acceptable token is unauthorized, with the reason")
    func unauthorized() throws {
        let bench = try AuthorizerBench()
        let token = try bench.token()
        #expect(try bench.decide("").text == "token_missing")
        #expect(try bench.decide("Authorization: \r\n").text == "token_missing")
        #expect(try bench.decide("Authorization: Bearer \r\n").text == "malformed_segments")
        #expect(try bench.decide("Authorization: Bearer x\r\n").text == "malformed_segments")
        #expect(try bench.decide("Authorization: Basic \(token)\r\n").text != "allowed")
        #expect(try bench.decide("Authorization: Bearer  \(token)\r\n").text != "allowed")
        #expect(try bench.decide("Authorization: Bearer \(token)x\r\n").text != "allowed")
        #expect(try bench.decide("Authorization: Bearer\t\(token)\r\n").text != "allowed")
        #expect(try bench.decide("X-Authorization: \(token)\r\n").text == "token_missing")
    }

    @Test("Two Authorization lines are never one, whichever of them is good")
    func twoLines() throws {
        let bench = try AuthorizerBench()
        let token = try bench.token()
        #expect(try bench.decide("Authorization: \(token)\r\nAuthorization: \(token)\r\n").text == "token_multiple")
        #expect(try bench.decide("Authorization: x\r\nauthorization: \(token)\r\n").text == "token_multiple")
    }

    @Test(
        "The token is taken bare, or after Bearer in any case and one space",
        arguments: ["", "Bearer ", "bearer ", "BEARER ", "bEaReR "])
    func bearer(prefix: String) throws {
        let bench = try AuthorizerBench()
        #expect(try bench.decide("Authorization: \(prefix)\(bench.token())\r\n").text == "allowed")
    }

    @Test("All identity sources must be there; the first one carries the token")
    func sources() throws {
        let bench = try AuthorizerBench(sources: [
            "$request.header.X-Token", "$request.querystring.key", "$stageVariables.tier", "$context.identity.sourceIp",
        ])
        let token = try bench.token()
        #expect(try bench.decide("X-Token: \(token)\r\n").text == "token_missing")
        #expect(try bench.decide("X-Token: \(token)\r\n", target: "/a?key=").text == "token_missing")
        #expect(try bench.decide("X-Token: \(token)\r\n", target: "/a?Key=1").text == "token_missing")
        #expect(try bench.decide("", target: "/a?key=\(token)").text == "token_missing")
        #expect(
            try bench.decide("X-Token: \(token)\r\nX-Token: \(token)\r\n", target: "/a?key=1").text == "token_multiple")
        #expect(try bench.decide("X-Token: \(token)\r\n", target: "/a?key=1").text == "allowed")
        #expect(try bench.decide("x-token: Bearer \(token)\r\n", target: "/a?k%65y=1").text == "allowed")
        let absent = try AuthorizerBench(sources: ["$request.header.Authorization", "$stageVariables.none"])
        #expect(try absent.decide("Authorization: \(token)\r\n").text == "token_missing")
    }

    @Test("A verified token is verified once, until it expires; without a cache each time anew")
    func cache() throws {
        let bench = try AuthorizerBench()
        let line = "Authorization: \(try bench.token(expires: 60))\r\n"
        #expect(try bench.decide(line).cache == .miss)
        #expect(try bench.decide(line).cache == .hit)
        #expect(bench.workspace.cachedTokens == 1)
        let later = WallTime(seconds: AuthorizerBench.now.seconds + 61)
        let expired = try bench.decide(line, at: later)
        #expect(expired.text == "expired")
        #expect(expired.cache == .miss)
        let off = try AuthorizerBench(cache: nil)
        #expect(try off.decide(line).cache == .off)
        #expect(try off.decide(line).cache == .off)
        #expect(try off.decide("").cache == .off)
    }

    @Test("A refused token is not cached, and a cached identity is judged for each request anew")
    func cachedJudgement() throws {
        let bench = try AuthorizerBench(
            members: """
                "policy": [{ "sid": "Read", "effect": "Allow", "resources": ["GET/things"] },
                           { "sid": "Never", "effect": "Deny", "resources": ["GET/things/secret"] }]
                """)
        let line = "Authorization: \(try bench.token())\r\n"
        #expect(try bench.decide(line).text == "allowed")
        #expect(try bench.decide(line, method: "POST").text == "implicitDeny")
        #expect(try bench.decide(line, target: "/other").text == "implicitDeny")
        #expect(try bench.decide(line, target: "/things/secret").text == "explicitDeny")
        #expect(try bench.decide(line).cache == .hit)
        _ = try bench.decide("Authorization: \(try bench.token(expires: -60))\r\n")
        #expect(bench.workspace.cachedTokens == 1)
    }

    @Test("The lesson's rank, which is text, admits 15 and refuses 9 and what is no number")
    func rank() throws {
        let bench = try AuthorizerBench(
            members: """
                "policy": [{ "sid": "Captains", "effect": "Allow", "resources": ["*"],
                             "when": { "rank": { "atLeast": 10 } } }]
                """)
        func decide(_ claim: String) throws -> String {
            try bench.decide("Authorization: \(try bench.token(claim))\r\n").text
        }
        #expect(try decide("\"rank\": \"9\"") == "implicitDeny")
        #expect(try decide("\"rank\": \"captain\"") == "implicitDeny")
        #expect(try decide("\"rank\": null") == "implicitDeny")
        #expect(try decide("") == "implicitDeny")
        #expect(try decide("\"rank\": [\"15\"]") == "implicitDeny")
        #expect(try decide("\"rank\": \"15\"") == "allowed")
        #expect(try decide("\"rank\": 15") == "allowed")
        #expect(try decide("\"rank\": \"10\"") == "allowed")
    }

    @Test("A token without the claim that names its principal is refused: nobody is anonymous")
    func principal() throws {
        let bench = try AuthorizerBench(
            members: """
                "principalId": "$claims.email", "policy": [{ "effect": "Allow", "resources": ["*"] }]
                """)
        func decide(_ claim: String) throws -> AuthorizerOutcome {
            try bench.decide("Authorization: \(try bench.token(claim))\r\n")
        }
        #expect(try decide("").text == "claim_missing")
        #expect(try decide("\"email\": \"\"").text == "claim_missing")
        #expect(try decide("\"email\": null").text == "claim_missing")
        #expect(try decide("\"email\": [\"a@b\"]").text == "claim_missing")
        #expect(try decide("\"email\": \"a@b\"").verdict.identity?.principalID == Array("a@b".utf8))
        let plain = try AuthorizerBench()
        let noSubject = try plain.token(payload: "{\"exp\": \(AuthorizerBench.now.seconds + 60)}")
        #expect(try plain.decide("Authorization: \(noSubject)\r\n").text == "claim_missing")
    }

    @Test("The context holds literals and scalar claims in the configuration's order, and leaves out the rest")
    func context() throws {
        let bench = try AuthorizerBench(
            members: """
                "context": { "name": "$claims.nickname", "level": "$claims.level", "on": "$claims.on", "none": "$claims.none",
                             "list": "$claims.list", "deep": "$claims.o.p", "fixed": "text", "count": 1.50, "yes": true },
                "policy": [{ "effect": "Allow", "resources": ["*"] }]
                """)
        let token = try bench.token(
            "\"nickname\": \"spark\\u00e9\", \"level\": 1e2, \"on\": false, \"list\": [1], \"o\": {\"p\": \"q\"}")
        let identity = try #require(try bench.decide("Authorization: \(token)\r\n").verdict.identity)
        let members = identity.context.members
        #expect(members.map(\.name) == ["name", "level", "on", "deep", "fixed", "count", "yes"])
        #expect(
            members.map { String(decoding: $0.value.text, as: UTF8.self) }
                == ["spark\u{E9}", "1e2", "false", "q", "text", "1.50", "true"])
        #expect(identity.context["level"] == .number(Array("1e2".utf8)))
        #expect(identity.context["none"] == nil)
    }
}
