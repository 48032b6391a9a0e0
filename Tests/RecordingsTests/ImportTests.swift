import Documents
import Foundation
import Gateway
import HTTP
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Imports")
struct ImportTests {
    /// An entry as browsers write it, with `:authority` and the like.
    static func entry(_ url: String, token: String? = nil, method: String = "GET", more: String = "") -> String {
        let authorization = token.map { ",{\"name\":\"authorization\",\"value\":\"Bearer \($0)\"}" } ?? ""
        return """
            {"_initiator":{"type":"other"},"startedDateTime":"2026-11-21T13:00:00.123+01:00","time":12.5,
             "request":{"method":"\(method)","url":"\(url)","httpVersion":"http/2.0","headers":[
               {"name":":authority","value":"gate.example"},{"name":":method","value":"\(method)"},
               {"name":"accept","value":"*/*"},{"name":"connection","value":"keep-alive"}\(authorization)],
               "queryString":[],"cookies":[],"headersSize":-1,"bodySize":0\(more)},
             "response":{"status":200,"statusText":"","httpVersion":"http/2.0","headers":[
               {"name":"content-type","value":"text/plain"},{"name":"content-encoding","value":"gzip"}],"cookies":[],
               "content":{"size":2,"mimeType":"text/plain","text":"b2s=","encoding":"base64"},"redirectURL":"",
               "headersSize":-1,"bodySize":2},"cache":{},"timings":{"send":0,"wait":1,"receive":0}}
            """
    }

    static func har(_ entries: [String]) -> [UInt8] {
        Array(
            ("{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"WebInspector\",\"version\":\"537.36\"},\"pages\":[{"
                + "\"id\":\"entries\",\"log\":[1]}],\"entries\":[" + entries.joined(separator: ",") + "]}}").utf8)
    }

    struct Imported {
        var requests: [ImportedRequest] = []
        var problems: [ReadingProblem] = []
        var program: String?
    }

    static func read(_ bytes: [UInt8], largest: Int = LineReader.largestLine) throws -> Imported {
        var har = HARImport(name: "test", file: try OfflineGate.file(bytes), largest: largest)
        var imported = Imported()
        try har.run { imported.requests.append($0) }
        imported.problems = har.problems
        imported.program = har.program
        return imported
    }

    static func importer(_ gate: OfflineGate) -> RequestImporter {
        RequestImporter(
            snapshot: gate.snapshot,
            settings: Recorder.Settings(
                path: "", rules: RecordSamples.rules(), salt: RecordSamples.salt, programVersion: "test"))
    }

    static func recording(_ gate: OfflineGate, _ requests: [ImportedRequest]) throws -> [UInt8] {
        var importer = importer(gate)
        var out = importer.opening
        for request in requests { out += try importer.line(of: request) ?? [] }
        return out
    }

    @Test("What is no HAR file is refused with a remedy")
    func foreign() {
        for (bytes, code) in [
            (Array("".utf8), "GH6101"), (Array("[]".utf8), "GH6101"), (Array("{\"entries\":[]}".utf8), "GH6101"),
            (Array("{\"log\":{\"entries\":{}}}".utf8), "GH6101"), ([0x1F, 0x8B, 8], "GH6002"),
            (Array("]]]]}}}}\"".utf8), "GH6101"),
        ] {
            let problem = #expect(throws: RecordingProblem.self) { try Self.read(bytes) }
            #expect(problem?.code == code)
        }
    }

    @Test("Entries of a browser are read, and a damaged one is named while the others count")
    func entries() throws {
        let good = Self.entry("https://gate.example/ships?a=1#part")
        let deep = String(repeating: "[", count: 70_000) + String(repeating: "]", count: 70_000)
        for (bad, code) in [
            ("{\"startedDateTime\":1}", "GH6007"), ("{}", "GH6007"), ("{\"a\":tru}", "GH6004"),
            (good.replacingOccurrences(of: "2026-11-21T13", with: "yesterday"), "GH6007"),
            (good.replacingOccurrences(of: "\"method\":\"GET\"", with: "\"method\":null"), "GH6007"),
            (good.replacingOccurrences(of: "\"time\":12.5", with: "\"time\":\(deep)"), "GH6004"),
            (good.replacingOccurrences(of: "*/*", with: "\u{1}"), "GH6004"), ("{\"a\":1,\"a\":2}", "GH6004"),
        ] {
            let bytes = Self.har([good, bad, good])
            let read = try Self.read(bytes)
            #expect(read.requests.count == 2 && read.problems.map(\.code) == [code], "\(bad.prefix(60))")
            #expect(read.problems.first?.entry == 2)
            let offset = read.problems.first.map { Int($0.offset) } ?? 0
            #expect(offset > Self.har([good]).count - 10 && offset < bytes.count)
        }
        let read = try Self.read([0xEF, 0xBB, 0xBF] + Self.har([good]))
        #expect(read.program == "WebInspector 537.36")
        #expect(read.requests.first?.clock == WallTime(seconds: 1_795_262_400, nanoseconds: 123_000_000))
        #expect(read.requests.first?.answer?.body == Array("ok".utf8))
        let odd = Self.entry("https://gate.example/ships").replacingOccurrences(of: "12.5", with: "1e999")
        #expect(try Self.read(Self.har([odd])).requests.count == 1)
    }

    @Test("A HAR that was cut anywhere gives what came before, and says so")
    func cut() throws {
        let good = Self.entry("https://gate.example/ships")
        let whole = Self.har([good, good, good])
        for length in stride(from: whole.count / 3, to: whole.count - 4, by: 41) {
            let read = try Self.read(Array(whole.prefix(length)))
            #expect(read.requests.count < 4 && read.problems.map(\.code) == ["GH6005"])
        }
        let large = try Self.read(
            Self.har([good, "{\"a\":\"\(String(repeating: "x", count: 100_000))\"}", good]), largest: 50_000)
        #expect(large.requests.count == 2 && large.problems.map(\.code) == ["GH6006"])
    }

    @Test("An imported token is verified by its own clock, decided, and redacted; the recording replays without drift")
    func verified() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let token = try QuietMint.standard.token(OfflineReplayTests.claims())
        let requests = try Self.read(
            Self.har([
                Self.entry("https://gate.example/ships", token: token), Self.entry("https://gate.example/ships"),
                Self.entry("https://gate.example/health"), Self.entry("https://cdn.example/app.js"),
                Self.entry("https://gate.example/other"),
            ])
        ).requests
        var importer = Self.importer(gate)
        var recording = importer.opening
        for request in requests { recording += try importer.line(of: request) ?? [] }
        #expect(importer.counts.kept == 3 && importer.counts.files == 1 && importer.counts.unmatched == 1)
        #expect(importer.counts.guarded == 2 && importer.counts.withoutCredentials == 1)
        #expect(!recording.holds(RecordSamples.signature(Array(token.utf8))))
        let result = try gate.replay(recording)
        #expect(result.requests == 3 && result.same == 3)
        let reader = try OfflineGate.reader(recording)
        var entries: [RecordedEntry] = []
        while let item = try reader.next() { if case .entry(let entry) = item { entries.append(entry) } }
        #expect(entries[0].decision == "allow" && entries[0].token?.isVerified == true && entries[0].status == 200)
        #expect(entries[1].decision == "deny" && entries[1].status == 401)
    }

    @Test("A request that HTTP does not allow is reported, and is no request")
    func impossible() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        for bad in [
            Self.entry("https://gate.example/a b"), Self.entry("about:blank"), Self.entry("/x", method: "G T"),
            Self.entry("https://gate.example/x").replacingOccurrences(of: "*/*", with: "a\\r\\nEvil: 1"),
        ] {
            let request = try #require(try Self.read(Self.har([bad])).requests.first)
            var importer = Self.importer(gate)
            let found = #expect(throws: ReadingProblem.Found.self) { try importer.line(of: request) }
            #expect(found?.problem.code == "GH6103")
        }
    }

    @Test("curl commands of DevTools, with quotes, escapes and continued lines")
    func curl() throws {
        let text = #"""
            # from DevTools
            curl 'https://gate.example/ships?a=1' \
              -H 'authorization: Bearer x.y.z' \
              -H $'x-note: caf\u00e9 it\'s' --compressed ;
            curl -XPOST "https://gate.example/ships" -d a=1 --data-urlencode 'b=c d' -b 'sid=1' -u me:pw
            curl -G https://gate.example/ships -d q=1 -I | jq .
            """#
        let found = CurlImport.requests(Array(text.utf8), at: OfflineReplayTests.now)
        #expect(found.problems.isEmpty)
        #expect(found.requests.map { RecordSamples.text($0.method) } == ["GET", "POST", "HEAD"])
        #expect(
            found.requests.map { RecordSamples.text($0.url) } == [
                "https://gate.example/ships?a=1", "https://gate.example/ships", "https://gate.example/ships?q=1",
            ])
        #expect(found.requests[0].header("x-note") == Array("café it's".utf8))
        #expect(found.requests[1].body == Array("a=1&b=c%20d".utf8))
        #expect(found.requests[1].header("authorization") == Array("Basic bWU6cHc=".utf8))
        #expect(found.requests[1].header("content-type") == Array("application/x-www-form-urlencoded".utf8))
    }

    @Test("A curl command that needs files, variables or unknown options is reported, and the next one is read")
    func badCurl() {
        for bad in [
            "curl 'https://a/", "curl https://a/$X", "curl -d @file https://a/", "curl -F a=b https://a/",
            "wget https://a/",
            "curl --frobnicate https://a/", "curl", "curl https://a/ https://b/", "curl -H", "curl `id` https://a/",
        ] {
            let found = CurlImport.requests(
                Array("\(bad)\ncurl https://gate.example/".utf8), at: OfflineReplayTests.now)
            #expect(found.problems.map(\.code).contains("GH6105"), "\(bad)")
            #expect(found.requests.count <= 1)
        }
    }

    @Test("Access logs: CLF and JSON; guarded routes are undecidable, public ones are not")
    func accessLog() throws {
        let log = """
            10.0.0.1 - u-200 [21/Nov/2026:12:02:12 +0000] "GET /ships HTTP/1.1" 200 17 c6af9ac6
            {"requestId":"1","ip":"10.0.0.1","requestTimeEpoch":1795262400123,"httpMethod":"GET","path":"/health","status":"200"}
            {"routeKey":"GET /ships/{id}","requestTime":"21/Nov/2026:13:02:12 +0100","status":403}
            nonsense
            {"httpMethod":"GET"}
            """
        var reader = AccessLogImport(name: "test", file: try OfflineGate.file(Array(log.utf8)))
        var requests: [ImportedRequest] = []
        try reader.run { requests.append($0) }
        #expect(reader.problems.map(\.code) == ["GH6106", "GH6106"] && reader.problems.map(\.entry) == [4, 5])
        #expect(requests.map { RecordSamples.text($0.url) } == ["/ships", "/health", "/ships/id"])
        #expect(requests.map(\.clock.seconds) == [1_795_262_532, 1_795_262_400, 1_795_262_532])
        let gate = try OfflineGate(OfflineGate.configuration())
        let result = try gate.replay(Self.recording(gate, requests))
        #expect(result.undecidable == 2 && result.same == 1)
    }

    @Test(
        "Events of functions and authorizers",
        arguments: [
            "http-proxy-1.0", "http-proxy-2.0", "http-request-1.0", "http-request-2.0", "rest-proxy", "rest-request",
            "rest-token", "rest-proxy-binary", "http-proxy-2.0-lambda",
        ])
    func events(name: String) throws {
        let found = EventImport.requests(try Fixture.load("events/\(name).json"), at: OfflineReplayTests.now)
        #expect(found.problems.isEmpty)
        let request = try #require(found.requests.first)
        #expect(request.url.first == UInt8(ascii: "/") && !request.method.isEmpty)
        #expect(request.header("authorization") != nil || !request.headers.isEmpty)
        let both = try Fixture.load("events/\(name).json").map { $0 == 0x0A ? 0x20 : $0 }
        let lines = EventImport.requests(
            both + [0x0A] + Array("{}\nnot json\n".utf8) + both, at: OfflineReplayTests.now)
        #expect(lines.requests.count == 2 && lines.problems.map(\.code) == ["GH6107", "GH6107"])
    }

    @Test("A recording becomes a HAR file that is read back, and curl commands that hold no secret")
    func exports() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        let token = try QuietMint.standard.token(OfflineReplayTests.claims())
        let request = OfflineGate.request(
            "POST /ships?q=it's", token: token, "Cookie: sid=0123456789abcdef\r\nContent-Type: text/plain\r\n")
        let line = gate.line(try #require(gate.decide(request, at: OfflineReplayTests.now, body: Array("a'b".utf8))))
        let reader = try OfflineGate.reader(gate.opening + line + line)
        var har = RecordingExport.harOpening(programVersion: "1")
        var curl: [UInt8] = []
        var isFirst = true
        while let item = try reader.next() {
            guard case .entry(let entry) = item else { continue }
            har += (isFirst ? [] : RecordingExport.harSeparator) + RecordingExport.har(entry)
            isFirst = false
            curl += RecordingExport.curl(entry)
        }
        har += RecordingExport.harClosing
        let back = try Self.read(har)
        #expect(back.requests.count == 2 && back.problems.isEmpty && back.program == "Gatehouse 1")
        #expect(try JSONParser.parse(har).root["log"]?["entries"]?.count == 2)
        let commands = CurlImport.requests(
            Array(RecordSamples.text(curl).replacingOccurrences(of: "$TOKEN", with: "t").utf8),
            at: OfflineReplayTests.now)
        #expect(commands.problems.isEmpty && commands.requests.count == 2)
        #expect(commands.requests.first?.body == Array("a'b".utf8))
        #expect(RecordSamples.text(commands.requests.first?.url ?? []) == "http://gate.example/ships?q=it's")
        for secret in [RecordSamples.signature(Array(token.utf8)), Array("0123456789abcdef".utf8)] {
            #expect(!har.holds(secret) && !curl.holds(secret))
        }
    }
}
