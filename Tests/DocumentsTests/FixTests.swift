import Documents
import Testing

struct FixTests {
    private static func diagnostics(_ text: String) -> [Diagnostic] {
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        return JSONParser.parse(source.bytes, options: .configuration).errors.map { Diagnostic($0, in: source) }
    }

    private static func fixed(_ text: String) -> String? {
        FixRound.apply(diagnostics(text), to: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "What could mean several things is left alone",
        arguments: [
            "{ \"a\": one two }", "{ \"a\": 08 }", "{ \"a\" 1 }", "{ \"a\": 1 : 2 }", "{ \"a\": 'it\\'s' }",
            "{ \"a\": 'open }", "{ \"a\": \"open\n}", "{ \"a\": 1, \"a\": 2 }", "[1}", "{ \"a\": 1 } x", "{ a b: 1 }",
        ])
    func ambiguous(_ text: String) {
        #expect(!Self.diagnostics(text).isEmpty)
        #expect(Self.fixed(text) == nil, "\(Self.fixed(text) ?? "")")
    }

    @Test(
        "What can only mean one thing is repaired",
        arguments: [
            ("{ \"a\": 1\n  \"b\": 2 }", "{ \"a\": 1,\n  \"b\": 2 }"),
            ("{ \"a\": { \"b\": 1 }\n  \"c\": 2 }", "{ \"a\": { \"b\": 1 },\n  \"c\": 2 }"),
            ("{ \"a\": [1] \"c\": 2 }", "{ \"a\": [1], \"c\": 2 }"), ("[1 2]", "[1, 2]"),
            ("{ \"a\": \"x\"; \"b\": 2 }", "{ \"a\": \"x\", \"b\": 2 }"), ("{ \"a\" = 1 }", "{ \"a\" : 1 }"),
            ("{ a: 1 }", "{ \"a\": 1 }"), ("{ 'a b': 1 }", "{ \"a b\": 1 }"),
            ("{ \"a\": 'x \"y\"' }", "{ \"a\": \"x \\\"y\\\"\" }"), ("{ \"a\": REST }", "{ \"a\": \"REST\" }"),
            ("{ \"a\": True }", "{ \"a\": true }"), ("{ \"a\": NULL }", "{ \"a\": null }"),
            ("{ \"a\": false1, \"b\": x }", "{ \"a\": \"false1\", \"b\": \"x\" }"),
        ])
    func repaired(_ text: String, _ expected: String) {
        #expect(Self.fixed(text) == expected)
    }

    @Test("The diff hides secrets and shows the lines around a change")
    func diff() {
        let old = (1...20).map { "line \($0)" }.joined(separator: "\n") + "\n\"secret\": \"abc\" x\n"
        let new = old.replacing("line 5", with: "line five").replacing("x\n", with: "y\n")
        let text = LineDiff.render(
            SourceText(name: "a", bytes: Array(old.utf8)), SourceText(name: "b", bytes: Array(new.utf8)))
        #expect(
            text.hasPrefix("--- a\n+++ b\n@@ -3,5 +3,5 @@\n line 3\n line 4\n-line 5\n+line five\n line 6\n line 7\n"))
        #expect(!text.contains("abc"))
        #expect(!text.contains("line 1\n"))
        let same = SourceText(name: "a", bytes: Array(old.utf8))
        #expect(LineDiff.render(same, same).isEmpty)
    }
}
