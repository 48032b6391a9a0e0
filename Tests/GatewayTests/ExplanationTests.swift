import Authorizers
import Documents
import Gateway
import HTTP
import Routes
import Testing
import Tokens
import Upstream

@Suite("An explanation says which step failed, why, and where the configuration says so")
struct ExplanationTests {
    typealias Stage = Explanation.Stage

    /// The statuses of all eight steps as one word: s, f, !, - and a dot for steps that were not reached.
    static func shape(_ explanation: Explanation) -> String {
        explanation.steps.map { step in
            switch step.status {
            case .satisfied: "s"
            case .failed: "f"
            case .decisiveDeny: "!"
            case .notApplicable: "-"
            case .notReached: "."
            }
        }.joined()
    }

    // MARK: Refusals

    @Test("A missing token fails at the identity step", arguments: [ApiType.rest, .http])
    func missingToken(type: ApiType) throws {
        let explanation = try FleetFixture(type).explain("GET", "/ships")
        #expect(Self.shape(explanation) == "sf......")
        #expect(explanation.outcome == .deny)
        #expect(explanation.answer.status == 401)
        #expect(explanation[.identity].text == "token_missing: header Authorization is missing or empty")
        #expect(explanation[.identity].span?.line == 22)
        #expect(explanation.remedy == "send a token in header Authorization")
    }

    @Test("A scheme without a token is no token")
    func bareScheme() throws {
        let explanation = try FleetFixture().explain("GET", "/ships", headers: ["Authorization: Bearer"])
        #expect(Self.shape(explanation) == "ssf.....")
        #expect(explanation.answer.status == 401)
    }

    @Test("Two Authorization lines are refused, and the explanation does not choose one")
    func twoTokens() throws {
        let fleet = try FleetFixture()
        let explanation = try fleet.explain(
            "GET", "/ships", token: FleetFixture.token(), headers: ["authorization: Bearer x"])
        #expect(Self.shape(explanation) == "sf......")
        #expect(explanation[.identity].text.hasPrefix("token_multiple"))
    }

    @Test("A text that is no token fails at the token step")
    func notAToken() throws {
        let explanation = try FleetFixture().explain("GET", "/ships", token: Array("abc.def".utf8))
        #expect(Self.shape(explanation) == "ssf.....")
        #expect(explanation[.token].text.hasPrefix("malformed_segments"))
    }

    @Test("An algorithm that is not listed fails at the token step and points at the list")
    func otherAlgorithm() throws {
        let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        let payload = Base64URL.encode(Array("{}".utf8))
        let token = header + [0x2E] + payload + [0x2E]
        let explanation = try FleetFixture().explain("GET", "/ships", token: token)
        #expect(Self.shape(explanation) == "ssf.....")
        #expect(explanation[.token].text.hasPrefix("alg_not_allowed"))
        #expect(explanation[.token].span?.line == 24)
    }

    @Test("A changed token fails at the signature step, names the key, and tells nothing of the payload")
    func tampered() throws {
        let token = try FleetFixture.token()
        let parts = token.split(separator: 0x2E)
        let payload = Base64URL.encode(Array(#"{"sub":"EVIL"}"#.utf8))
        let explanation = try FleetFixture().explain(
            "GET", "/ships", token: Array(parts[0]) + [0x2E] + payload + [0x2E] + Array(parts[2]))
        #expect(Self.shape(explanation) == "sssf....")
        #expect(explanation[.signature].text == "bad_signature: HS256 with key session-key does not match")
        #expect(explanation[.signature].span?.line == 13)
        #expect(!ExplanationPrinter().render(explanation).contains("EVIL"))
    }

    @Test("A token signed with another key of the file is told apart from a changed one")
    func otherKey() throws {
        let other = Array("another-test-vector-not-a-secret-fedcba9876543210".utf8)
        let explanation = try FleetFixture().explain("GET", "/ships", token: FleetFixture.token(secret: other))
        let notes = explanation[.signature].notes.map(\.text)
        #expect(
            notes == [
                "probable cause: the token was signed with key old-key, which session does not use; "
                    + "nobody does: it is old, or of another stage"
            ])
        #expect(explanation[.signature].notes.first?.span?.line == 17)
        #expect(explanation.outcome == .deny)
    }

    @Test("A signer that decodes the secret from base64 first is found out, and its token is still refused")
    func decodedSecret() throws {
        let fleet = try FleetFixture(
            .rest,
            [("test-vector-not-a-secret-0123456789abcdef", "dGVzdC12ZWN0b3Itbm90LWEtc2VjcmV0LTAxMjM0NTY3ODlhYg==")])
        let explanation = try fleet.explain(
            "GET", "/ships", token: FleetFixture.token(secret: Array("test-vector-not-a-secret-0123456789ab".utf8)))
        #expect(Self.shape(explanation) == "sssf....")
        #expect(explanation[.signature].notes.first?.text.contains("\"encoding\": \"base64\"") == true)
    }

    @Test("An unknown kid fails at the signature step")
    func unknownKey() throws {
        let explanation = try FleetFixture().explain("GET", "/ships", token: FleetFixture.token(kid: "1999"))
        #expect(Self.shape(explanation) == "sssf....")
        #expect(explanation[.signature].text.hasPrefix("key_not_found"))
    }

    @Test(
        "A claim that does not suit fails at the claims step and points at the rule",
        arguments: [
            ("iss", "\"https://evil.example\"", "iss_mismatch", 25), ("aud", "\"galley\"", "aud_mismatch", 26),
        ])
    func mismatch(claim: String, value: String, code: String, line: Int) throws {
        let explanation = try FleetFixture().explain("GET", "/ships", token: FleetFixture.token([claim: value]))
        #expect(Self.shape(explanation) == "ssssf...")
        #expect(explanation[.claims].text.hasPrefix(code))
        #expect(explanation[.claims].span?.line == line)
        #expect(explanation.reason == code)
    }

    @Test("A token without exp fails at the claims step although nobody listed exp")
    func withoutExpiration() throws {
        let explanation = try FleetFixture().explain("GET", "/ships", token: FleetFixture.token(["exp": nil]))
        #expect(Self.shape(explanation) == "ssssf...")
        #expect(explanation[.claims].text.hasPrefix("claim_missing"))
        #expect(explanation.remedy == "use a token that has the claim exp")
    }

    @Test("An expired token says how long ago it ended and what the clock was")
    func expired() throws {
        let token = try FleetFixture.token(expires: FleetFixture.noon.seconds - 23 * 3600)
        let explanation = try FleetFixture().explain("GET", "/ships", token: token)
        #expect(Self.shape(explanation) == "ssssf...")
        let words = "exp 2026-11-20T13:00:00Z is 23 h in the past (clock 2026-11-21T12:00:00Z, allowance 5 s)"
        #expect(explanation[.claims].text == words)
        #expect(explanation.remedy?.hasSuffix("--clock 2026-11-20T12:59:59Z") == true)
    }

    @Test("A token that lives on by the clock skew says so")
    func withinSkew() throws {
        let token = try FleetFixture.token(expires: FleetFixture.noon.seconds - 3)
        let explanation = try FleetFixture().explain("GET", "/ships", token: token)
        #expect(explanation[.claims].status == .satisfied)
        #expect(explanation[.claims].text.hasPrefix("exp 2026-11-21T11:59:57Z (3 s ago, within the clock skew)"))
    }

    // MARK: Routes

    @Test("An unknown path names the nearest route and AWS's answer of each API type")
    func unknownRoute() throws {
        let rest = try FleetFixture(.rest).explain("GET", "/ship/42")
        #expect(Self.shape(rest) == "f.......")
        #expect(rest.outcome == .none)
        #expect(rest.answer.status == 403)
        #expect(rest[.route].notes.map(\.text) == [#"nearest: GET /ships/{shipId}   segment 1: "ship" is not "ships""#])
        #expect(rest[.route].notes.first?.span?.line == 49)
        let http = try FleetFixture(.http).explain("GET", "/ship/42")
        #expect(http.answer.status == 404)
        #expect(String(decoding: http.answer.body, as: UTF8.self) == #"{"message":"Not Found"}"#)
    }

    @Test("A path without a normal form is refused before any route is looked at")
    func refusedPath() throws {
        let explanation = try FleetFixture().explain("GET", "/ships/../../x")
        #expect(Self.shape(explanation) == "f.......")
        #expect(explanation[.route].text == "path_above_root: \"..\" climbs above the root")
        #expect(explanation.answer.status == 400)
    }

    @Test("A head that the parser refuses is explained without an exchange")
    func refusedHead() throws {
        let explanation = Explanation(
            refusal: RequestRefusal(.hostRepeated), method: "GET", path: "/", snapshot: try FleetFixture().snapshot)
        #expect(Self.shape(explanation) == "f.......")
        #expect(explanation.reason == "host_repeated")
        #expect(explanation.answer.status == 400)
    }

    @Test("On an HTTP API the route without the slash guards the path with it, and the explanation says so")
    func alsoGuarded() throws {
        let open =
            #""GET /{proxy+}": { "authorizationType": "NONE", "integration": { "type": "MOCK" } }, "GET /logbook": {"#
        let fleet = try FleetFixture(.http, [("\"GET /logbook\": {", open)])
        let explanation = try fleet.explain("GET", "/ships/")
        #expect(explanation.outcome == .deny)
        #expect(Self.shape(explanation) == "sf......")
        #expect(explanation[.route].notes.map(\.text) == ["without its slash this is GET /ships, which guards it too"])
    }

    // MARK: Policy

    @Test(
        "A statement that is issued for a lack of role denies whatever else allows", arguments: [ApiType.rest, .http])
    func explicitDeny(type: ApiType) throws {
        let explanation = try FleetFixture(type).explain(
            "DELETE", "/ships/42", token: FleetFixture.token(["role": "\"cadet\""]))
        #expect(Self.shape(explanation) == "sssss-ff")
        let statements = explanation[.policy].statements
        #expect(statements.map(\.label) == ["ReadFleet", "CommandFleet", "NoScuttling"])
        #expect(statements.map(\.status) == [.failed, .satisfied, .decisiveDeny])
        #expect(statements.map(\.isDecisive) == [false, false, true])
        #expect(statements.map(\.span.line) == [31, 32, 34])
        #expect(statements[1].text.hasPrefix("matches, but a Deny wins"))
        #expect(statements[2].text == #"matches: issued because role "cadet" is not in ["captain", "admiral"]"#)
        #expect(explanation[.decision].text == "DENY (explicit) by NoScuttling")
        #expect(explanation[.decision].span?.line == 34)
        #expect(explanation.reason == "explicit_deny")
    }

    @Test("A rank below the demand leaves the statement unissued: 9 is not 10 although it sorts behind it")
    func implicitDeny() throws {
        let explanation = try FleetFixture().explain("POST", "/ships", token: FleetFixture.token(["rank": "\"9\""]))
        #expect(Self.shape(explanation) == "sssss-ff")
        let statement = explanation[.policy].statements[1]
        #expect(statement.status == .notApplicable)
        #expect(statement.text == #"not issued: rank "9" is below 10"#)
        #expect(explanation[.decision].text.hasPrefix("DENY (implicit)"))
        #expect(explanation.remedy == "give the principal rank at least 10: then CommandFleet would be issued")
    }

    @Test("A rank that is no number is not compared, and the explanation says why")
    func incomparable() throws {
        let explanation = try FleetFixture().explain("POST", "/ships", token: FleetFixture.token(["rank": "\"high\""]))
        let text = explanation[.policy].statements[1].text
        #expect(text.hasPrefix(#"not issued: rank "high" cannot be compared with 10"#))
    }

    @Test("Where no statement covers the path the remedy is a statement to write")
    func uncovered() throws {
        let explanation = try FleetFixture().explain("GET", "/logbook", token: FleetFixture.token())
        #expect(explanation.reason == "implicit_deny")
        #expect(explanation.remedy == #"add "GET/logbook" to the resources of an Allow statement"#)
    }

    @Test("An allowed request names the statement that allows it and where it goes", arguments: [ApiType.rest, .http])
    func allowed(type: ApiType) throws {
        let explanation = try FleetFixture(type).explain("POST", "/ships", token: FleetFixture.token())
        #expect(Self.shape(explanation) == "sssss-ss")
        #expect(explanation.outcome == .allow)
        #expect(explanation.principal == "u-100")
        #expect(explanation[.policy].statements[1].text == #"matches: issued because rank "15" is at least 10"#)
        #expect(explanation[.policy].statements[1].isDecisive)
        #expect(explanation[.decision].text == "ALLOW by CommandFleet")
        #expect(explanation.answer.note == "forwarded to http://127.0.0.1:3000")
        #expect(explanation.remedy == nil)
    }

    @Test("A token in use is a cache hit")
    func cached() throws {
        let fleet = try FleetFixture()
        let workspace = AuthorizerWorkspace(cacheLimits: .standard, seed: (1, 2))
        let token = try FleetFixture.token()
        let first = Explanation(of: try fleet.exchange("GET", "/ships", token: token, workspace: workspace))
        let second = Explanation(of: try fleet.exchange("GET", "/ships", token: token, workspace: workspace))
        #expect(first[.cache].status == .notApplicable)
        #expect(second[.cache].status == .satisfied)
    }

    @Test("A public route asks for nothing, and every step between says so")
    func publicRoute() throws {
        let explanation = try FleetFixture().explain("GET", "/health")
        #expect(Self.shape(explanation) == "s------s")
        #expect(explanation.answer.status == 200)
        #expect(explanation[.identity].span?.line == 45)
    }

    @Test("What the backend does wrong does not turn a yes into a no")
    func upstreamFailure() throws {
        var exchange = try FleetFixture().exchange("GET", "/ships", token: FleetFixture.token())
        exchange.failure = .upstream(.init(.connect))
        let explanation = Explanation(of: exchange)
        #expect(explanation.outcome == .allow)
        #expect(explanation.answer.status == 504)
        #expect(explanation.answer.note == "the gate said yes; the backend failed: connect")
    }
}
