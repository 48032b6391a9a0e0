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
        let found = Self.lines([String(repeating: "x", count: LineSplitter.longestLine * 2 + 5)])
        #expect(found.map(\.utf8.count) == [LineSplitter.longestLine, LineSplitter.longestLine, 5])
    }
}
