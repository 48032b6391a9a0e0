import Documents
import Testing

struct DiagnosticPrinterTests {
    private static func keys(_ count: Int) -> (SourceText, [Diagnostic]) {
        var text = "{"
        var ranges: [Range<Int>] = []
        for number in 0..<count {
            let key = "\"key\(number)\""
            ranges.append(text.utf8.count..<text.utf8.count + key.utf8.count)
            text += "\(key):1,"
        }
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let found = ranges.map {
            Diagnostic(code: "GH2001", severity: .warning, message: "m", source: source, range: $0)
        }
        return (source, found)
    }

    @Test("Of a long line the part around the mark is shown, and the caret stands under the mark")
    func window() throws {
        let (_, all) = Self.keys(3000)
        for (index, diagnostic) in all.enumerated() where index % 100 == 0 || index > 2990 || index < 20 {
            let lines = DiagnosticPrinter().render(diagnostic).split(separator: "\n").map(Array.init)
            #expect(lines.allSatisfy { $0.count <= 110 })
            let first = try #require(lines[4].firstIndex(of: "^"))
            let last = try #require(lines[4].lastIndex(of: "^"))
            try #require(last < lines[3].count)
            #expect(String(lines[3][first...last]) == "\"key\(index)\"")
            #expect(lines[3].contains("…"))
        }
    }

    @Test("A mark that is longer than the shown part ends with it")
    func longMark() {
        let text = "\"" + String(repeating: "x", count: 1000) + "\""
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let shown = DiagnosticPrinter().render(
            Diagnostic(code: "GH2001", message: "m", source: source, range: 0..<text.utf8.count))
        #expect(shown.contains(" | " + String(repeating: "^", count: 100) + "\n"))
    }

    @Test("Only some of very many diagnostics are printed, errors first")
    func cap() {
        var (source, all) = Self.keys(50_000)
        all.append(Diagnostic(code: "GH2002", message: "the error", source: source, range: 0..<1))
        let text = DiagnosticPrinter().render(all)
        #expect(text.utf8.count < 20_000)
        #expect(text.contains("the error"))
        #expect(text.hasSuffix("\n… and 49951 more\n"))
    }
}
