import TestSupport
import Testing

@testable import Recordings

@Suite("Recorded answers against those of a target")
struct AnswerComparisonTests {
    static func comparison(_ ignored: [String] = []) throws -> AnswerComparison {
        var noise = AnswerNoise()
        for word in ignored { try noise.ignore(word) }
        return AnswerComparison(noise: noise, redaction: AnswerRedaction(record: nil, salt: RecordSamples.salt))
    }

    static func answer(_ status: Int, _ headers: [(String, String)] = [], _ body: String? = "") -> ReplayedAnswer {
        ReplayedAnswer(
            status: status, headers: headers.map { (Array($0.0.utf8), Array($0.1.utf8)) },
            body: body.map { Array($0.utf8) })
    }

    private static func kinds(
        _ decision: String, _ was: ReplayedAnswer, _ now: ReplayedAnswer
    ) throws -> [AnswerComparison.Kind] {
        try comparison().compare(was, now, decision: decision, reason: nil, route: "GET /a").differences.map(\.kind)
    }

    @Test(
        "Decisions are told by the status",
        arguments: [
            ("deny", 403, 200, AnswerComparison.Kind.newlyAllowed), ("deny", 401, 404, .newlyAllowed),
            ("none", 403, 200, .newlyAllowed), ("allow", 200, 403, .newlyDenied), ("allow", 200, 401, .newlyDenied),
            ("allow", 404, 401, .newlyDenied), ("allow", 200, 500, .status), ("deny", 403, 500, .status),
            ("deny", 403, 429, .status), ("deny", 401, 403, .status), ("allow", 200, 404, .status),
        ])
    func decisions(decision: String, was: Int, now: Int, kind: AnswerComparison.Kind) throws {
        #expect(try Self.kinds(decision, Self.answer(was), Self.answer(now)) == [kind])
    }

    @Test("The same status is the same decision: a backend may say 403 too", arguments: [200, 403, 404, 500])
    func same(status: Int) throws {
        #expect(try Self.kinds("allow", Self.answer(status), Self.answer(status)).isEmpty)
        #expect(try Self.kinds("deny", Self.answer(status), Self.answer(status)).isEmpty)
    }

    @Test("A gateway that says what it decided is believed")
    func told() throws {
        let now = Self.answer(403, [("x-gatehouse-decision", "allow; statement=Read")])
        #expect(try Self.kinds("deny", Self.answer(403), now) == [.newlyAllowed])
        let outcome = try Self.comparison().compare(
            Self.answer(200), Self.answer(403, [("x-gatehouse-decision", "deny; reason=explicit_deny")]),
            decision: "allow", reason: nil, route: "")
        #expect(outcome.differences.first?.now == "DENY 403 explicit_deny")
        #expect(
            try Self.kinds("deny", Self.answer(403), Self.answer(403, [("x-gatehouse-decision", "perhaps")])).isEmpty)
    }

    @Test("Headers differ by name; moments and request ids do not count, cookies count by their names")
    func headers() throws {
        let was = Self.answer(
            200,
            [
                ("content-type", "text/plain"), ("date", "a"), ("x-request-id", "1"),
                ("set-cookie", "sid=h:0123456789abcdef; Path=/"),
                ("location", "/a"), ("vary", "a"),
            ])
        let now = Self.answer(
            200,
            [
                ("content-type", "text/html"), ("date", "b"), ("x-request-id", "2"),
                ("set-cookie", "sid=h:aaaaaaaaaaaaaaaa; Path=/b"),
                ("location", "/a"), ("x-new", "1"),
            ])
        let outcome = try Self.comparison().compare(was, now, decision: "allow", reason: nil, route: "")
        #expect(outcome.differences.map(\.place) == ["header content-type", "header vary", "header x-new"])
        #expect(outcome.differences[0].was == "text/plain" && outcome.differences[0].now == "text/html")
        #expect(outcome.differences[1].now == "absent")
        let ignoring = try Self.comparison(["header:Content-Type", "header:vary", "header:X-New"])
        #expect(ignoring.compare(was, now, decision: "allow", reason: nil, route: "").differences.isEmpty)
        var cookie = now
        cookie.headers = [(Array("set-cookie".utf8), Array("other=1".utf8))]
        #expect(
            try Self.comparison().compare(was, cookie, decision: "allow", reason: nil, route: "").differences.map(
                \.place
            )
            .contains("header set-cookie"))
    }

    private static func bodies(
        _ was: String, _ now: String, ignored: [String] = []
    ) throws -> (places: [String], noise: [String]) {
        let outcome = try comparison(ignored).compare(
            answer(200, [], was), answer(200, [], now), decision: "allow", reason: nil, route: "GET /a")
        return (outcome.differences.map { "\($0.place): \($0.was) -> \($0.now)" }, outcome.noise)
    }

    @Test("JSON differs by pointer, places in lists together")
    func json() throws {
        let found = try Self.bodies(
            #"{"a":1,"b":[{"id":1},{"id":2}],"c":"x","d":true,"e":null,"f/g~":1,"gone":1}"#,
            #"{"c":"y","a":1.0,"b":[{"id":3},{"id":4},{"id":5}],"d":false,"e":0,"f/g~":2,"new":[]}"#)
        #expect(
            found.places == [
                "body /b: 2 elements -> 3 elements", "body /b/*/id: 1 -> 3", "body /b/*/id: 2 -> 4",
                #"body /c: "x" -> "y""#, "body /d: true -> false", "body /e: null -> 0", "body /f~1g~0: 1 -> 2",
                "body /gone: 1 -> absent", "body /new: absent -> []",
            ])
    }

    @Test("What is ignored, and what stands inside it, does not count; stars stand for one segment")
    func ignored() throws {
        let was = #"{"b":[{"id":1,"t":{"x":1}},{"id":2,"t":{"x":2}}],"f/g":1}"#
        let now = #"{"b":[{"id":1,"t":{"x":3}},{"id":2,"t":{"x":4}}],"f/g":2}"#
        #expect(try Self.bodies(was, now, ignored: ["body:/b/*/t", "body:/f~1g"]).places.isEmpty)
        #expect(try Self.bodies(was, now, ignored: ["body:/b/1/t", "body:/f~1g"]).places == ["body /b/*/t/x: 1 -> 3"])
        #expect(try Self.bodies(was, now, ignored: ["body:/b/*/tt", "body:/f"]).places.count == 3)
        for word in ["", "header:", "body", "body:", "body:x", "status", "/a"] {
            #expect(throws: AnswerNoise.Mistake.self) { try Self.comparison([word]) }
        }
    }

    @Test("Moments, UUIDs, redacted values and members that speak of persons are noise, and are counted")
    func noise() throws {
        let found = try Self.bodies(
            #"{"id":"a1d24377-194d-4fa8-93d7-c55fb3f45592","at":"2026-11-21T12:00:00Z","who":"p-0123456789@x.example","email":"p-0123456789@x.example","password":"h:0123456789abcdef","token":"eyJhbGciOiJIUzI1NiJ9.e30.redacted","d":"Sun, 06 Nov 1994 08:49:37 GMT"}"#,
            #"{"id":"b1d24377-194d-4fa8-93d7-c55fb3f45592","at":"2026-11-21T12:00:01Z","who":"p-abcdefabcd@x.example","email":"p-abcdefabcd@y.example","password":"h:abcdefabcdefabcd","token":"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.redacted","d":"Mon, 07 Nov 1994 08:49:37 GMT"}"#
        )
        #expect(found.places.isEmpty)
        #expect(found.noise == ["body /id (UUID)", "body /at (time)", "body /who (redacted)", "body /d (time)"])
        // A UUID that becomes something else is a difference.
        #expect(
            try Self.bodies(#"{"id":"a1d24377-194d-4fa8-93d7-c55fb3f45592"}"#, #"{"id":"none"}"#).places.count == 1)
        #expect(try Self.bodies(#"{"at":"2026-11-21T12:00:00Z"}"#, #"{"at":"never"}"#).places.count == 1)
    }

    @Test("What was learnt is noise on its route only")
    func learnt() throws {
        var comparison = try Self.comparison()
        for place in comparison.places(
            Self.answer(200, [("x-load", "1")], #"{"n":1,"m":1}"#),
            Self.answer(200, [("x-load", "2")], #"{"n":2,"m":1}"#))
        {
            comparison.noise.learn(place, route: "GET /a")
        }
        let was = Self.answer(200, [("x-load", "3")], #"{"n":3,"m":1}"#)
        let now = Self.answer(200, [("x-load", "4")], #"{"n":4,"m":2}"#)
        let here = comparison.compare(was, now, decision: "allow", reason: nil, route: "GET /a")
        #expect(here.differences.map(\.place) == ["body /m"])
        #expect(here.noise == ["header x-load (learnt)", "body /n (learnt)"])
        #expect(comparison.compare(was, now, decision: "allow", reason: nil, route: "GET /b").differences.count == 3)
    }

    @Test("Texts differ as wholes, by size and hash; what is not there is not compared")
    func texts() throws {
        let found = try Self.bodies("hello", "hello!").places
        #expect(found.count == 1 && found[0].hasPrefix("body: 5 bytes ") && found[0].contains("6 bytes "))
        #expect(try Self.bodies("Hi p-0123456789!", "Hi p-abcdefabcd!").noise == ["body (redacted)"])
        let outcome = try Self.comparison().compare(
            Self.answer(200, [], nil), Self.answer(200, [], "x"), decision: "allow", reason: nil, route: "")
        #expect(outcome.differences.isEmpty && outcome.lacksBody)
    }

    @Test(
        "Deep, long and broken bodies end",
        arguments: [
            (String(repeating: "[", count: 5000), "[1]"), ("{\"a\":", "{\"a\":1}"),
            ("{}", String(repeating: "[", count: 60) + String(repeating: "]", count: 60)),
            ("[" + String(repeating: "0,", count: 50_000) + "0]", "[" + String(repeating: "1,", count: 50_000) + "1]"),
        ])
    func hostile(was: String, now: String) throws {
        let found = try Self.bodies(was, now).places
        #expect(!found.isEmpty && found.count <= 50 && found.allSatisfy { $0.utf8.count < 1000 })
    }

    @Test("Answers are redacted before anything else sees them: what was sent, what was set, what was signed")
    func redaction() throws {
        let redaction = AnswerRedaction(record: nil, salt: nil)
        let token = try QuietMint.standard.token(#"{"sub":"u-1","email":"kathryn@fleet.example"}"#)
        let answer = redaction.clean(
            status: 200,
            fields: [
                (Array("Set-Cookie".utf8), Array("sid=0123456789secret; HttpOnly".utf8)),
                (Array("X-Echo".utf8), Array("opaque-key-of-fifteen".utf8)),
            ], body: Array(#"{"token":"\#(token)","who":"kathryn@fleet.example","key":"opaque-key-of-fifteen"}"#.utf8),
            sent: Array("Authorization: Bearer \(token)\r\nX-Api-Key: opaque-key-of-fifteen\r\n".utf8))
        let all =
            answer.headers.map { String(decoding: $0.value, as: UTF8.self) }.joined()
            + String(decoding: answer.body ?? [], as: UTF8.self)
        for secret in ["0123456789secret", "opaque-key", "kathryn", String(token.suffix(20))] {
            #expect(!all.contains(secret), "\(secret)")
        }
        #expect(answer.headers[0].name == Array("set-cookie".utf8))
    }
}
