import Foundation
import Gateway
import TestSupport
import Testing
import Tokens

@testable import Recordings

/// Random configurations and requests. What the gate itself says of the original request is the measure of what a replay
/// says of the redacted one.
@Suite("Recorded, redacted, replayed")
struct ReplayPropertyTests {
    /// SplitMix64: the same requests in every run.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &self)] }
        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    }

    static let conditions = [
        "", #", "when": { "rank": { "equals": "captain" } }"#,
        #", "when": { "rank": { "in": ["captain", "admiral"] } }"#,
        #", "when": { "rank": { "notIn": ["cadet"] } }"#, #", "when": { "level": { "atLeast": 10 } }"#,
        #", "when": { "email": { "matches": "*@fleet.example" } }"#,
        #", "when": { "email": { "equals": "kathryn@fleet.example" } }"#,
        #", "when": { "email": { "notEquals": "x@fleet.example" } }"#,
        #", "when": { "name": { "exists": false } }"#, #", "when": { "nickname": { "matches": "k*" } }"#,
        #", "when": { "groups": { "contains": "bridge" } }"#, #", "when": { "user.phone_number": { "exists": true } }"#,
    ]

    static func configuration(_ dice: inout Dice) -> String {
        let statements = (0..<Int.random(in: 1...4, using: &dice)).map { number in
            let effect = dice.chance(75) ? "Allow" : "Deny"
            let resource = dice.pick(["*", "GET/ships", "GET/ships/*", "POST/ships", "DELETE/ships/*", "GET/*"])
            return "{ \"sid\": \"S\(number)\", \"effect\": \"\(effect)\", \"resources\": [\"\(resource)\"]"
                + "\(dice.pick(conditions)) }"
        }
        let jwt = dice.pick(["", "", #", "requiredClaims": ["rank"]"#, #", "maxAgeSeconds": 60"#])
        let authorizer = dice.chance(20) ? #" "principalId": "$claims.email","# : ""
        let whole = OfflineGate.configuration(
            policy: statements.joined(separator: ", "), jwt: jwt,
            more: dice.chance(50) ? "" : #" "server": { "pathNormalization": { "ambiguous": "allow" } },"#,
            authorizer: authorizer)
        guard dice.chance(20) else { return whole }
        // A resource policy of the API, judged beside the authorizer's.
        let guards = (0..<2).map { _ in
            let resource = dice.pick(["*", "GET/ships", "GET/*", "POST/ships"])
            return "{ \"Effect\": \"\(dice.chance(70) ? "Allow" : "Deny")\", \"Principal\": \"*\", "
                + "\"Action\": \"execute-api:Invoke\", \"Resource\": \"execute-api:/*/\(resource)\" }"
        }
        let policy =
            "\"policy\": { \"Version\": \"2012-10-17\", \"Statement\": [\(guards.joined(separator: ", "))] }"
        return whole.replacingOccurrences(of: "\"type\": \"REST\",", with: "\"type\": \"REST\", \(policy),")
    }

    static func claims(_ dice: inout Dice, _ now: Int64) -> String {
        var parts = [#""iss":"\#(dice.chance(95) ? "https://login.example" : "https://other.example")""#]
        parts.append(dice.chance(90) ? #""aud":"fleet""# : #""aud":["a","b"]"#)
        if dice.chance(95) { parts.append(#""sub":"\#(dice.pick(["u-1", "u-2", "kathryn@fleet.example"]))""#) }
        if dice.chance(80) { parts.append(#""rank":"\#(dice.pick(["captain", "cadet", "ensign"]))""#) }
        if dice.chance(60) { parts.append(#""level":\#(dice.pick(["5", "15", "\"15\"", "1e1"]))"#) }
        if dice.chance(80) {
            parts.append(
                #""email":"\#(dice.pick(["kathryn@fleet.example", "x@fleet.example", "y@away.example", "odd"]))""#)
        }
        if dice.chance(50) { parts.append(#""name":"\#(dice.pick(["Kathryn Janeway", "", "Zoë"]))""#) }
        if dice.chance(50) { parts.append(#""nickname":"\#(dice.pick(["kj", "spark"]))""#) }
        if dice.chance(50) { parts.append(#""groups":\#(dice.pick([#"["bridge"]"#, #""bridge engine""#]))"#) }
        if dice.chance(30) { parts.append(#""user":{"phone_number":"+49 170 1234567","id":7}"#) }
        parts.append(#""iat":\#(now - Int64.random(in: 0...120, using: &dice))"#)
        if dice.chance(95) { parts.append(#""exp":\#(now + Int64.random(in: -20...200, using: &dice))"#) }
        return "{\(parts.joined(separator: ","))}"
    }

    static func request(_ dice: inout Dice, _ mints: [QuietMint], _ now: Int64) throws -> String {
        let method = dice.pick(["GET", "GET", "GET", "POST", "DELETE", "PUT"])
        let path = dice.pick([
            "/ships", "/ships/1", "/ships/42?code=abcdefghijklmnop", "/health", "/none", "/ships/", "/SHIPS",
            "/ships/a%20b", "/ships/kathryn@fleet.example", "//ships", "/ships/..%2fhealth",
        ])
        guard dice.chance(92) else { return OfflineGate.request("\(method) \(path)") }
        var token = try dice.pick(mints).token(claims(&dice, now))
        if dice.chance(4) { token = String(token.dropLast(4)) + "AAAA" }
        if dice.chance(2) { token = "a.b.c" }
        let more =
            dice.chance(2) ? "Authorization: Bearer x\r\n" : dice.chance(20) ? "Cookie: sid=0123456789abcdef\r\n" : ""
        return OfflineGate.request("\(method) \(path)", token: token, more)
    }

    @Test(
        "10,000 requests: no drift under the same configuration; under another one the replay is right or says undecidable",
        arguments: 0..<10
    )
    func property(_ part: Int) throws {
        var dice = Dice(state: 20_261_122 + UInt64(part) << 32)
        let mints = [QuietMint.standard, QuietMint.standard, QuietMint.standard, QuietMint.other]
        var requests = 0
        var changed = 0
        var undecidable = 0
        for _ in 0..<10 {
            let before = try OfflineGate(Self.configuration(&dice))
            let after = try OfflineGate(Self.configuration(&dice))
            let now = WallTime(seconds: 1_795_262_400 + Int64.random(in: 0..<1000, using: &dice), nanoseconds: 5)
            var same = OfflineReplay(snapshot: before.snapshot, salt: dice.chance(50) ? RecordSamples.salt : nil)
            var other = OfflineReplay(snapshot: after.snapshot, salt: dice.chance(50) ? RecordSamples.salt : nil)
            var recording = before.opening
            var truths: [(text: String, exchange: Exchange, truth: Exchange)] = []
            for _ in 0..<100 {
                let text = try Self.request(&dice, mints, now.seconds)
                let exchange = try #require(before.decide(text, at: now))
                recording += before.line(exchange)
                truths.append((text, exchange, try #require(after.decide(text, at: now))))
            }
            let reader = try OfflineGate.reader(recording)
            while let item = try reader.next() {
                if case .opening(let salt) = item {
                    same.open(salt: salt)
                    other.open(salt: salt)
                }
                guard case .entry(let entry) = item else { continue }
                let (text, exchange, truth) = truths[entry.number - 2]
                requests += 1
                if case .drift = same.replay(entry) { Issue.record("drift without a cause: \(text)") }
                let isDrift =
                    truth.recordedDecision != exchange.recordedDecision
                    || (!truth.isAdmitted && truth.status != exchange.status)
                switch other.replay(entry) {
                case .undecidable: undecidable += 1
                case .same: #expect(!isDrift, "\(text)")
                case .drift:
                    changed += 1
                    #expect(isDrift, "\(text)")
                }
            }
        }
        #expect(requests == 1000)
        // The figures only show that the test reaches what it is about.
        #expect(changed > 20 && undecidable > 5 && undecidable < 700, "\(changed) \(undecidable)")
    }
}
