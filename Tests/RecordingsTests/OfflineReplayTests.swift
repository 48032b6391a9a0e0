import Documents
import Foundation
import Gateway
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Offline replay")
struct OfflineReplayTests {
    static let now = WallTime(seconds: 1_795_262_400, nanoseconds: 123_456_789)

    static func claims(_ more: String = "", lifetime: Int64 = 3600) -> String {
        #"{"iss":"https://login.example","aud":"fleet","sub":"u-1","email":"kathryn@fleet.example","#
            + #""iat":\#(now.seconds - 10),"exp":\#(now.seconds + lifetime)\#(more)}"#
    }

    static func recording(_ gate: OfflineGate, _ requests: [String]) throws -> [UInt8] {
        var out = gate.opening
        for request in requests { out += gate.line(try #require(gate.decide(request, at: now))) }
        return out
    }

    static func token(_ more: String = "", lifetime: Int64 = 3600) throws -> String {
        try QuietMint.standard.token(claims(more, lifetime: lifetime))
    }

    static func get(_ path: String = "/ships", _ token: String? = nil) -> String {
        OfflineGate.request("GET \(path)", token: token)
    }

    @Test("The same configuration gives the same decisions, long after the tokens have expired")
    func unchanged() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let good = try Self.token()
        let recording = try Self.recording(
            gate,
            [
                Self.get("/ships", good), Self.get("/health"), Self.get(), Self.get("/none"),
                OfflineGate.request("DELETE /ships/1", token: good), Self.get("/ships", try Self.token(lifetime: -60)),
                Self.get("/ships", String(good.dropLast(6)) + "AAAAAA"), Self.get("/ships", "a.b.c"),
                Self.get("/ships/%2e%2e/health", good),
            ])
        let result = try gate.replay(recording)
        #expect(result.requests == 9 && result.same == 9 && !result.hasDrift && result.undecidable == 0)
    }

    @Test("Another policy gives exactly its drift, newly allowed first, grouped by cause")
    func drift() throws {
        let before = try OfflineGate(OfflineGate.configuration())
        let captain = try Self.token(#","rank":"captain""#)
        let cadet = try Self.token(#","rank":"cadet""#)
        let recording = try Self.recording(
            before,
            (1...5).map { Self.get("/ships/\($0)", captain) } + [
                OfflineGate.request("POST /ships", token: captain), OfflineGate.request("POST /ships", token: cadet),
                Self.get("/ships", cadet),
            ])
        let after = try OfflineGate(
            OfflineGate.configuration(
                policy: """
                    { "sid": "List", "effect": "Allow", "resources": ["GET/ships"] },
                    { "sid": "Command", "effect": "Allow", "resources": ["POST/ships"], "when": { "rank": { "equals": "captain" } } }
                    """))
        let result = try after.replay(recording)
        #expect(result.drifted == 6 && result.same == 2 && result.undecidable == 0)
        let causes = result.causes
        #expect(causes.map(\.direction) == [.newlyAllowed, .newlyDenied])
        #expect(causes.map(\.count) == [1, 5])
        #expect(causes[0].was == "DENY 403 implicit_deny" && causes[0].now == "ALLOW Command")
        #expect(causes[0].span?.description.hasPrefix("gateway.json:") == true)
        #expect(causes[1].was == "ALLOW Read" && causes[1].now == "DENY 403 implicit_deny")
        #expect(causes[1].examples.map(\.number) == [2, 3, 4, 5, 6])
    }

    @Test("Other rules are seen: audience, lifetime, scopes, algorithms, keys, a route without its guard")
    func rules() throws {
        let before = try OfflineGate(OfflineGate.configuration())
        let recording = try Self.recording(before, [Self.get("/ships", try Self.token())])
        for (configuration, reason) in [
            (OfflineGate.configuration(jwt: #", "maxAgeSeconds": 5"#), "token_too_old"),
            (OfflineGate.configuration(jwt: #", "requiredClaims": ["rank"]"#), "claim_missing"),
            (OfflineGate.configuration(jwt: #", "tokenTypes": ["at+jwt"]"#), "typ_mismatch"),
            (OfflineGate.configuration(jwt: #", "maxTokenBytes": 64"#), "token_too_large"),
            (
                OfflineGate.configuration().replacingOccurrences(of: "[\"fleet\"]", with: "[\"other\"]"),
                "aud_mismatch"
            ),
            (
                OfflineGate.configuration().replacingOccurrences(of: "\"HS256\"", with: "\"HS384\"")
                    .replacingOccurrences(of: "\"secret\": ", with: "\"allowWeak\": true, \"secret\": "),
                "alg_not_allowed"
            ),
        ] {
            let result = try OfflineGate(configuration).replay(recording)
            #expect(result.causes.first?.now == "DENY 401 \(reason)", "\(reason)")
        }
        let opened = try OfflineGate(
            OfflineGate.configuration().replacingOccurrences(
                of: "\"GET /ships\": { \"integration\"",
                with: "\"GET /ships\": { \"authorizationType\": \"NONE\", \"integration\""))
        let denied = try Self.recording(before, [Self.get()])
        #expect(try opened.replay(denied).causes.first?.direction == .newlyAllowed)
    }

    @Test("A policy that reads a personal claim is undecidable where the claim decides, and nowhere else")
    func personal() throws {
        func policy(_ when: String) -> String {
            #"{ "sid": "Mine", "effect": "Allow", "resources": ["GET/ships"], "when": { "email": \#(when) } }"#
        }
        let token = try Self.token()
        func outcome(_ when: String, salt: [UInt8]?) throws -> ReplayResult {
            let gate = try OfflineGate(OfflineGate.configuration(policy: policy(when)))
            let recording = try Self.recording(gate, [Self.get("/ships", token), Self.get("/ships/1", token)])
            let result = try gate.replay(recording, salt: salt)
            #expect(!result.hasDrift, "\(when)")
            return result
        }
        // What the domain or the mere presence settles is decided; so is equality when the salt is at hand.
        for when in [#"{ "matches": "*@fleet.example" }"#, #"{ "exists": true }"#, #"{ "equals": "a@other.example" }"#]
        {
            #expect(try outcome(when, salt: nil).same == 2, "\(when)")
        }
        #expect(try outcome(#"{ "equals": "kathryn@fleet.example" }"#, salt: RecordSamples.salt).same == 2)
        for when in [
            #"{ "equals": "kathryn@fleet.example" }"#, #"{ "matches": "kathryn@*" }"#,
            #"{ "notIn": ["b@fleet.example"] }"#,
        ] {
            let result = try outcome(when, salt: nil)
            #expect(result.undecidable == 1 && result.same == 1, "\(when)")
        }
    }

    @Test("A token whose signature was never good is not judged by its claims, unless that is asked for")
    func unverified() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let other = try QuietMint.other.token(Self.claims())
        let recording = try Self.recording(gate, [Self.get("/ships", other)])
        #expect(try gate.replay(recording).same == 1)
        // Without the salt nobody can say whether the keys are the same.
        #expect(try gate.replay(recording, salt: nil).undecidable == 1)
        var trusting = OfflineReplay(snapshot: gate.snapshot, salt: RecordSamples.salt)
        trusting.trustsClaims = true
        #expect(try trusting.run(OfflineGate.reader(recording)).causes.first?.direction == .newlyAllowed)
    }

    @Test("The clock can be another one")
    func clock() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let recording = try Self.recording(gate, [Self.get("/ships", try Self.token())])
        var replay = OfflineReplay(snapshot: gate.snapshot, salt: nil)
        replay.clock = .fixed(WallTime(seconds: Self.now.seconds + 86_400))
        #expect(try replay.run(OfflineGate.reader(recording)).causes.first?.now == "DENY 401 expired")
    }

    @Test("A token that was revoked since is drift")
    func revoked() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let recording = try Self.recording(gate, [Self.get("/ships", try Self.token(#","jti":"t-1""#))])
        var replay = OfflineReplay(snapshot: gate.snapshot, salt: nil)
        replay.revocations = RevocationList.parse(Array("{\"jti\":\"t-1\"}\n".utf8)).list
        #expect(try replay.run(OfflineGate.reader(recording)).causes.first?.now == "DENY 401 revoked")
    }

    @Test("A claim that was dropped, a path that was redacted and a function leave a request undecidable")
    func gone() throws {
        let gate = try OfflineGate(
            OfflineGate.configuration(
                policy: #"{ "effect": "Allow", "resources": ["GET/*"], "when": { "team": { "equals": "a" } } }"#,
                more: #" "record": { "redact": { "claims": { "drop": ["team"] } } },"#))
        let token = try Self.token(#","team":"a""#)
        let recording = try Self.recording(
            gate, [Self.get("/ships", token), Self.get("/ships/kathryn@fleet.example", token)])
        #expect(!recording.holds("\"team\":") && !recording.holds("kathryn@"))
        let result = try gate.replay(recording)
        #expect(result.undecidable == 2 && result.undecidableReasons.count == 2)
    }

    @Test("Filters choose by any field, and all must hold")
    func filters() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let token = try Self.token()
        let recording = try Self.recording(
            gate, [Self.get("/ships/1", token), Self.get("/ships/2", token), Self.get()])
        for (text, count) in [
            ("route=\"GET /ships*\"", 3), ("decision=deny", 1), ("path=/ships/2", 1), ("line=2", 1),
            ("method=GET status=2xx", 2), ("reason=token_missing", 1), ("who=u-1", 2), ("authorizer=session", 3),
            ("id=nobody", 0), ("path=*hip*2", 1), ("statement=read", 2),
        ] {
            var replay = OfflineReplay(snapshot: gate.snapshot, salt: nil)
            let filter = try RequestFilter(text, fields: RecordedEntry.fields, aliases: RecordedEntry.aliases)
            let result = try replay.run(OfflineGate.reader(recording), filter: filter)
            #expect(result.requests == count, "\(text)")
        }
        var limited = OfflineReplay(snapshot: gate.snapshot, salt: nil)
        #expect(try limited.run(OfflineGate.reader(recording), limit: 2).requests == 2)
    }
}
