import Foundation
import Testing

@testable import Recordings

/// Requests of HAR files that HTTP does not allow are refused by their number, and what is no entry is told.
@Suite("Imports of what HTTP does not allow")
struct ImportedGrammarTests {
    private static func problem(_ entry: String) throws -> ReadingProblem? {
        let gate = try OfflineGate(OfflineGate.configuration())
        let read = try ImportTests.read(ImportTests.har([ImportTests.entry("https://gate.example/ships"), entry]))
        var importer = ImportTests.importer(gate)
        let request = try #require(read.requests.last)
        #expect(read.requests.count == 2)
        do throws(ReadingProblem.Found) {
            _ = try importer.line(of: request, keepsAll: true)
            return nil
        } catch {
            return error.problem
        }
    }

    @Test(
        "A method, an address, a host or a header that ends its line cannot bring another request",
        arguments: [
            ("\"method\":\"GET\"", #""method":"GET /me HTTP/1.1\r\nAuthorization: Bearer a.b.c\r\nHost: q\r\n\r\n""#),
            ("\"method\":\"GET\"", #""method":"GET ""#), ("\"method\":\"GET\"", #""method":"""#),
            ("gate.example/ships", "gate.example/sh ips"),
            ("gate.example/ships", #"gate.example/ships HTTP/1.1\r\nHost: q\r\n\r\n"#),
            ("\"value\":\"gate.example\"", #""value":"a\r\nX: b""#),
            ("\"name\":\"accept\"", #""name":"a\r\nX""#), ("\"value\":\"*/*\"", #""value":"a\r\n\r\nGET / HTTP/1.1""#),
        ])
    func injection(_ part: String, _ replacement: String) throws {
        let good = ImportTests.entry("https://gate.example/ships")
        #expect(try Self.problem(good) == nil)
        let problem = try Self.problem(good.replacingOccurrences(of: part, with: replacement))
        #expect(problem?.code == "GH6103" && problem?.entry == 2)
        #expect((problem?.offset ?? 0) > 0)
    }

    @Test("null, numbers, texts and lists among the entries are reported, each by its number and place")
    func others() throws {
        let good = ImportTests.entry("https://gate.example/ships")
        let bytes = ImportTests.har([good, "null", " 3 ", "\"x,]\"", "[]", "true", good])
        let read = try ImportTests.read(bytes)
        #expect(read.requests.count == 2 && read.requests.last?.entry == 7)
        #expect(read.problems.map(\.entry) == [2, 3, 4, 5, 6])
        #expect(read.problems.allSatisfy { $0.code == "GH6007" })
        let text = RecordSamples.text(bytes)
        let place = try #require(text.range(of: "null"))
        #expect(read.problems.first?.offset == Int64(text.utf8.distance(from: text.startIndex, to: place.lowerBound)))
        #expect(try ImportTests.read(ImportTests.har(["null"])).problems.map(\.entry) == [1])
    }

    @Test("A recorded line that holds more than one request is not replayed as the first of them")
    func replayed() throws {
        let gate = try OfflineGate(OfflineGate.configuration())
        var sample = SentSample()
        sample.headers.append(("X", "a\r\n\r\nGET / HTTP/1.1"))
        var replay = OfflineReplay(snapshot: gate.snapshot, salt: nil)
        guard case .undecidable = replay.replay(try sample.entry()) else {
            Issue.record("it was decided")
            return
        }
    }
}
