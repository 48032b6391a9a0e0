import Testing

@testable import FunctionHost

@Suite("Lines of what functions print")
struct LineSplitterTests {
    private static func lines(_ pieces: [String]) -> [String] {
        var splitter = LineSplitter()
        var found: [String] = []
        for piece in pieces {
            splitter.append(Array(piece.utf8)[...]) { found.append(String(decoding: $0, as: UTF8.self)) }
        }
        splitter.finish { found.append(String(decoding: $0, as: UTF8.self)) }
        return found
    }

    @Test(
        "Every kind of line end, wherever the pieces are cut",
        arguments: [
            (["a\nb\n"], ["a", "b"]), (["a\r\nb"], ["a", "b"]), (["a\r", "\nb"], ["a", "b"]),
            (["a\rb\rc\n"], ["a", "b", "c"]), (["a", "b", "\n"], ["ab"]), (["\n\n"], ["", ""]), ([""], []),
            (["a\r\n", "\nb"], ["a", "", "b"]),
        ])
    func ends(pieces: [String], expected: [String]) { #expect(Self.lines(pieces) == expected) }

    @Test("A line without end comes in pieces and is not kept")
    func endless() {
        let found = Self.lines([String(repeating: "xy ", count: LineSplitter.longestLine)])
        #expect(found.allSatisfy { $0.utf8.count <= LineSplitter.longestLine })
        #expect(found.joined() == String(repeating: "xy ", count: LineSplitter.longestLine))
    }

    @Test(
        "A piece never ends inside a word, wherever a token stands",
        arguments: [16_300, 16_370, 16_380, 16_383, 16_384])
    func wholeWords(before: Int) {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"
        let found = Self.lines([String(repeating: "p", count: before - 1) + " ", token, " behind\n"])
        #expect(found.contains { $0.contains(token) })
        #expect(found.joined().hasSuffix(token + " behind"))
    }

    @Test("A word longer than a line is left out, and what follows is not")
    func longWord() {
        let found = Self.lines(["a ", String(repeating: "x", count: 40_000), " b\n"])
        #expect(found == ["a ", String(decoding: LineSplitter.omitted, as: UTF8.self), " b"])
    }
}
