import Documents
import Foundation
import Testing

@testable import Recordings

/// HAR files whose brackets or quotes do not match: the entry and the byte are named, and all others are read.
@Suite("HAR files with damaged entries")
struct DamagedHARTests {
    private static func good(_ number: Int) -> String { ImportTests.entry("https://gate.example/ships/\(number)") }

    /// The text with one change, and where the change is.
    private static func damaged(_ part: String, _ replacement: String) throws -> (text: String, offset: Int) {
        let text = good(2)
        let range = try #require(text.range(of: part))
        return (
            text.replacingCharacters(in: range, with: replacement),
            text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        )
    }

    private static func urls(_ imported: ImportTests.Imported) -> [String] {
        imported.requests.map { RecordSamples.text($0.url.suffix(1)) }
    }

    @Test(
        "An entry that is no JSON is named with its byte, and those around it are read",
        arguments: [
            ("\"headersSize\":-1,\"bodySize\":0}", "\"headersSize\":-1,\"bodySize\":0"),
            ("\"cookies\":[],\"headers", "\"cookies\":[,\"headers"),
            ("\"cookies\":[],\"headers", "\"cookies\":],\"headers"), ("{\"type\":\"other\"}", "{\"type\":\"other\""),
            ("{\"type\":\"other\"}", "{\"type\":\"other\"}}"), ("{\"type\":\"other\"}", "{\"type\":\"other}"),
            ("\"method\":\"GET\"", "\"method:\"GET\""), ("\"time\":12.5", "\"time\" 12.5"),
            ("\"time\":12.5", "\"time\":{12.5"),
            ("\"time\":12.5", "\"time\":[[[12.5"), ("\"time\":12.5", "\"time\":12.5]"),
            ("\"response\":{", "\"response\":"),
            ("\"request\":{", "\"request\":{{"), ("\"time\":12.5,", "\"time\":\u{1},"),
            ("\"cache\":{},", "\"cache\":{}"),
            ("\"receive\":0}}", "\"receive\":0"), ("\"receive\":0}}", "\"receive\":0}"),
            ("\"receive\":0}}", "\"receive\":0}}}"),
        ])
    func damaged(_ part: String, _ replacement: String) throws {
        let (text, place) = try Self.damaged(part, replacement)
        let file = ImportTests.har([Self.good(1), text, Self.good(3), Self.good(4)])
        let imported = try ImportTests.read(file)
        let urls = Self.urls(imported)
        #expect(urls.first == "1" && urls.suffix(2) == ["3", "4"], "\(urls)")
        // One closing bracket too many leaves the entry itself as it was.
        if replacement.hasSuffix("0}}}") { return }
        if replacement.hasSuffix("\"}}") {
            // It ends early, and is no entry for that.
            #expect(imported.problems.map(\.code) == ["GH6007", "GH6004"])
            return
        }
        let problem = try #require(imported.problems.first)
        #expect(imported.problems.count == 1 && problem.code == "GH6004" && problem.entry == 2)
        let start = try #require(RecordSamples.text(file).range(of: text)?.lowerBound)
        let before = RecordSamples.text(file).utf8.distance(
            from: file.isEmpty ? start : RecordSamples.text(file).startIndex, to: start)
        let at = Int(problem.offset) - before
        // The byte that cannot stand there is the damage, or the next one that shows it.
        #expect(at >= place && at <= text.utf8.count + 1, "\(at) of \(place)")
    }

    @Test("Every bracket, quote, comma and colon of an entry may be missing: what follows is read")
    func everywhere() throws {
        let text = Array(Self.good(2).utf8)
        for (index, byte) in text.enumerated() where "{}[]\",:".utf8.contains(byte) {
            var broken = text
            broken.remove(at: index)
            let file = ImportTests.har([Self.good(1), RecordSamples.text(broken), Self.good(3), Self.good(4)])
            let imported = try ImportTests.read(file)
            let urls = Self.urls(imported)
            #expect(urls.first == "1" && urls.last == "4", "byte \(index): \(urls)")
            #expect(urls.contains("3") || RecordSamples.text([byte]) == "\"", "byte \(index): \(urls)")
            #expect(!imported.problems.isEmpty || urls.count == 4, "byte \(index)")
        }
    }

    @Test("A whole file behind a broken entry is read, and so are files put together")
    func concatenated() throws {
        let broken = String(Self.good(2).dropLast(2))
        let first = ImportTests.har([Self.good(1), broken])
        let imported = try ImportTests.read(first + [0x0A] + ImportTests.har([Self.good(3), Self.good(4)]))
        #expect(Self.urls(imported) == ["1", "3", "4"] && imported.problems.map(\.entry) == [2])
        let whole = ImportTests.har([Self.good(1)]) + [0xEF, 0xBB, 0xBF] + ImportTests.har([Self.good(2)])
        #expect(Self.urls(try ImportTests.read(whole)) == ["1", "2"])
    }

    @Test("Nesting without end is passed over in bounded memory, and the entry behind it is read")
    func nesting() throws {
        for bracket in ["[", "{\"a\":", "{\"request\":"] {
            let deep = "{\"x\":" + String(repeating: bracket, count: 200_000)
            let imported = try ImportTests.read(ImportTests.har([Self.good(1), deep, Self.good(3)]), largest: 1 << 16)
            #expect(Self.urls(imported) == ["1", "3"] || bracket != "[", "\(Self.urls(imported))")
            #expect(Self.urls(imported).first == "1" && !imported.problems.isEmpty)
        }
    }

    @Test("A file with more damaged entries than anybody reads names the first and counts the others")
    func many() throws {
        let file = ImportTests.har((0..<3000).map { _ in "{\"request\":{},\"a\":}" } + [Self.good(1)])
        var har = HARImport(name: "test", file: try OfflineGate.file(file))
        var read = 0
        try har.run { _ in read += 1 }
        #expect(read == 1 && har.problems.count == 1000 && har.unlisted == 2000)
    }
}
