import Foundation
import HTTP
import Routes
import TestSupport
import Testing
import Tokens

@testable import Recordings
@testable import Upstream

/// A line of a recording with one request, and what it becomes.
struct SentSample {
    var method = "GET"
    var url = "http://recorded.example:9999/ships?x=1"
    var headers: [(String, String)] = [("Host", "recorded.example:9999"), ("Accept", "*/*")]
    var body = ""
    var status = 200
    var responseHeaders: [(String, String)] = []
    var responseBody: String?
    var ours = ""
    var time = 1.0
    var clock = "2026-11-21T12:00:00.500Z"
    var decision = "allow"

    static func json(_ text: String) -> String {
        String(decoding: (try? JSONSerialization.data(withJSONObject: [text])) ?? Data(), as: UTF8.self)
            .dropFirst().dropLast().description
    }

    private static func list(_ lines: [(String, String)]) -> String {
        lines.map { "{\"name\":\(json($0.0)),\"value\":\(json($0.1))}" }.joined(separator: ",")
    }

    var line: String {
        let post = body.isEmpty ? "" : ",\"postData\":{\"mimeType\":\"application/json\",\"text\":\(Self.json(body))}"
        let content = responseBody.map { ",\"text\":\(Self.json($0))" } ?? ""
        return "{\"startedDateTime\":\"\(clock)\",\"time\":\(time),\"request\":{\"method\":\(Self.json(method)),"
            + "\"url\":\(Self.json(url)),\"httpVersion\":\"HTTP/1.1\",\"headers\":[\(Self.list(headers))]\(post)},"
            + "\"response\":{\"status\":\(status),\"headers\":[\(Self.list(responseHeaders))],"
            + "\"content\":{\"size\":\(responseBody?.utf8.count ?? 0)\(content)}},"
            + "\"_gatehouse\":{\"v\":1,\"id\":\"r1\",\"routeKey\":\"GET /ships\",\"clock\":\"\(clock)\","
            + "\"decision\":\"\(decision)\"\(ours)}}\n"
    }

    func entry() throws -> RecordedEntry {
        let opening = "{\"_gatehouse\":{\"format\":\"gatehouse-recording\",\"v\":1}}\n"
        let reader = try OfflineGate.reader(Array((opening + line).utf8))
        while let item = try reader.next() {
            if case .entry(let entry) = item { return entry }
            if case .problem(let problem) = item { throw Unreadable(text: problem.message) }
        }
        throw Unreadable(text: "nothing")
    }

    struct Unreadable: Error {
        var text: String
    }

    /// With the claims in a token whose signature was dropped.
    static func guarded(
        claims: String = #"{"sub":"u-1","iat":100,"exp":200}"#, header: String = #"{"alg":"HS256","typ":"JWT"}"#,
        verified: Bool = true, source: String = "header authorization"
    ) -> SentSample {
        var sample = SentSample()
        let token =
            [header, claims].map { String(decoding: Base64URL.encode(Array($0.utf8)), as: UTF8.self) }
            .joined(separator: ".") + ".redacted"
        if source.hasPrefix("query") {
            sample.url = "http://recorded.example/ships?a=1&token=\(token)&b=2"
        } else {
            sample.headers.append(("Authorization", "Bearer \(token)"))
        }
        sample.ours =
            ",\"authorizer\":\"session\",\"principalId\":\"u-1\",\"token\":{\"source\":\"\(source)\",\"verified\":\(verified),"
            + "\"bytes\":99,\"header\":\(header),\"claims\":\(claims),\"keys\":null,\"fingerprint\":\"00\"}"
        return sample
    }
}

@Suite("What a replay sends")
struct RequestComposerTests {
    static func composer(
        _ to: String = "http://127.0.0.1:8080", allowsUnsafe: Bool = false
    ) throws -> RequestComposer {
        RequestComposer(target: try ReplayTarget(to), allowsUnsafe: allowsUnsafe, headInMillis: 1000, document: nil)
    }

    static func fields(
        _ sample: SentSample, _ credential: TokenMaker.Credential = .recorded, to: String = "http://127.0.0.1:8080",
        allowsUnsafe: Bool = false
    ) throws -> (target: String, fields: [String]) {
        let composed = try composer(to, allowsUnsafe: allowsUnsafe).compose(sample.entry(), credential)
        return (
            String(decoding: composed.request.target, as: UTF8.self),
            String(decoding: composed.request.fields, as: UTF8.self).split(separator: "\r\n").map(String.init)
        )
    }

    @Test(
        "A URL that holds a password, or is none, is refused without being repeated",
        arguments: [
            "http://kathryn:hunter2hunter2@host/", "https://hunter2hunter2@host", "ftp://host/hunter2hunter2",
            "host:80",
            "http://", "http:///x", "http://host/?token=hunter2hunter2", "http://host/#hunter2hunter2",
            "http://host:0/",
            "http://host:99999", "http://ho st/", "http://host/a b", "file:///etc/passwd", "",
        ])
    func badTargets(text: String) {
        let problem = #expect(throws: RecordingProblem.self) { try ReplayTarget(text) }
        #expect(problem?.code == "GH6202")
        #expect(problem?.text.contains("hunter2") == false)
    }

    @Test("Host, port and a path in front come from the URL alone")
    func target() throws {
        let sent = try Self.fields(SentSample(), to: "http://127.0.0.1:8080/dev/")
        #expect(sent.target == "/dev/ships?x=1")
        #expect(sent.fields == ["Host: 127.0.0.1:8080", "Accept: */*"])
        #expect(try ReplayTarget("http://127.0.0.1:1/").isLoopback && ReplayTarget("http://[::1]:1").isLoopback)
        #expect(try !ReplayTarget("http://127.0.0.1.evil.example").isLoopback)
        #expect(try ReplayTarget("HTTPS://x".lowercased()).origin.port == 443)
    }

    @Test(
        "No line of a recording chooses another host, another framing or another method",
        arguments: [
            ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example"), ("Transfer-Encoding", "chunked"),
            ("Content-Length", "99"), ("Connection", "keep-alive, X-Secret"), ("Keep-Alive", "timeout=5"),
            ("Proxy-Authorization", "Basic eDp5"), ("TE", "trailers"), ("Upgrade", "h2c"), ("Expect", "100-continue"),
            ("HTTP2-Settings", "AAMAAABkAAQ"), ("Host", "evil.example"), ("X-HTTP-Method-Override", "DELETE"),
            ("X_Http-Method", "DELETE"), ("X-Original-URL", "/admin"), ("Proxy", "http://evil.example"),
        ])
    func leftOut(name: String, value: String) throws {
        var sample = SentSample()
        sample.headers.append((name, value))
        #expect(try Self.fields(sample).fields == ["Host: 127.0.0.1:8080", "Accept: */*"])
    }

    @Test(
        "What is no request is not sent",
        arguments: [
            ("X-A", "b\r\nX-Evil: 1"), ("X-A", "b\nGET /evil HTTP/1.1"), ("X-A", "b\u{0}"), ("X-A\r\nX-Evil", "b"),
            ("X A", "b"), ("", "b"), ("X-A:", "b"),
        ])
    func injectedHeaders(name: String, value: String) throws {
        var sample = SentSample()
        sample.headers.append((name, value))
        #expect(throws: RequestComposer.Obstacle.self) { try Self.fields(sample) }
    }

    @Test(
        "Nor a target or a method that would end its line, or name another host",
        arguments: [
            ("GET", "http://h/a b"), ("GET", "http://h/a\r\nX-Evil: 1"), ("GET", "http://h/\u{e4}"), ("GET", "a"),
            ("GET /evil HTTP/1.1\r\nX:", "http://h/a"), ("CONNECT", "http://h/a"), ("TRACE", "http://h/a"),
            ("", "http://h/a"),
            ("G\u{0}T", "http://h/a"),
        ])
    func injectedLines(method: String, url: String) throws {
        var sample = SentSample()
        (sample.method, sample.url) = (method, url)
        #expect(throws: RequestComposer.Obstacle.self) { try Self.fields(sample, allowsUnsafe: true) }
    }

    @Test("Another origin in the URL of the recording stays there")
    func absolute() throws {
        var sample = SentSample()
        sample.url = "https://user:secret@evil.example:1/ships#top"
        #expect(try Self.fields(sample).target == "/ships")
    }

    @Test("Methods that change something are sent only when that is allowed, bodies with their true length")
    func unsafe() throws {
        var sample = SentSample()
        (sample.method, sample.body) = ("POST", "{\"a\":1}")
        sample.headers.append(("Content-Length", "1"))
        #expect(throws: RequestComposer.Obstacle(reason: "its method is not safe")) { try Self.fields(sample) }
        let composed = try Self.composer(allowsUnsafe: true).compose(sample.entry(), .recorded)
        #expect(composed.request.body == .length(7) && composed.body == Array("{\"a\":1}".utf8))
        sample.ours = ",\"requestBodyLeftOut\":\"binary\""
        #expect(throws: RequestComposer.Obstacle(reason: "its body is not in the recording")) {
            try Self.fields(sample, allowsUnsafe: true)
        }
        sample.ours = ",\"pathRedacted\":true"
        #expect(throws: RequestComposer.Obstacle.self) { try Self.fields(sample, allowsUnsafe: true) }
    }

    @Test("A new token takes the place of the old one, with its scheme, in headers and queries")
    func placing() throws {
        let token = TokenMaker.Credential.token(Array("new.to.ken".utf8))
        var sample = SentSample.guarded()
        #expect(try Self.fields(sample, token).fields.last == "Authorization: Bearer new.to.ken")
        #expect(try Self.fields(sample, .without).fields == ["Host: 127.0.0.1:8080", "Accept: */*"])
        sample = .guarded(source: "header x-token")
        sample.headers.append(("X-Token", "eyJhbGciOiJIUzI1NiJ9.e30.redacted"))
        #expect(
            try Self.fields(sample, token).fields == ["Host: 127.0.0.1:8080", "Accept: */*", "X-Token: new.to.ken"])
        let query = try Self.fields(.guarded(source: "query token"), token)
        #expect(query.target == "/ships?a=1&b=2&token=new.to.ken")
        #expect(try Self.fields(.guarded(source: "query token"), .without).target == "/ships?a=1&b=2")
        #expect(try Self.fields(SentSample(), token).fields.last == "authorization: Bearer new.to.ken")
    }

    @Test("A token that would end its line is never sent")
    func badToken() throws {
        let token = TokenMaker.Credential.token(Array("a\r\nX-Evil: 1".utf8))
        #expect(!(try Self.fields(.guarded(), token).fields.contains { $0.contains("Evil") }))
    }

    @Test("Cookies and keys that were hashed stay behind, and that is said")
    func hashed() throws {
        var sample = SentSample()
        sample.headers += [("Cookie", "a=h:0123456789abcdef"), ("X-Api-Key", "h:0123456789abcdef"), ("X-B", "plain")]
        let composed = try Self.composer().compose(sample.entry(), .without)
        #expect(composed.isAltered)
        #expect(String(decoding: composed.request.fields, as: UTF8.self).contains("h:") == false)
        #expect(String(decoding: composed.request.fields, as: UTF8.self).contains("X-B: plain"))
    }

    @Test(
        "A path that leaves the one of --to is not sent",
        arguments: [
            "/../../ships", "/..", "/a/../../b", "/%2e%2e/ships", "/%252e%252e/ships", "/..%2fships", "/..\\ships",
            "/..;a=b/ships", "/./../ships",
        ])
    func climbing(_ path: String) throws {
        func compose(_ to: String, _ path: String) throws -> [UInt8] {
            var sample = SentSample()
            sample.url = "http://a\(path)"
            let composer = RequestComposer(
                target: try ReplayTarget(to), allowsUnsafe: false, headInMillis: 1000, document: nil)
            return try composer.compose(sample.entry(), .without).request.target
        }
        #expect(throws: RequestComposer.Obstacle(reason: "its path leaves that of --to")) {
            try compose("http://127.0.0.1:1/dev", path)
        }
        #expect(RecordSamples.text(try compose("http://127.0.0.1:1", path)) == path)
        #expect(RecordSamples.text(try compose("http://127.0.0.1:1/dev", "/a/../b?x=/../..")) == "/dev/a/../b?x=/../..")
    }
}
