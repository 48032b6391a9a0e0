import Documents
import Routes
import Testing

@Suite("Lints")
struct LintTests {
    @Test("A lint reports what it is for, at the whole token and nowhere else", arguments: LintCase.all.indices)
    func reports(_ number: Int) throws {
        let lint = LintCase.all[number]
        let marked = try #require(lint.marked(lint.edits), "\(lint.code) #\(number): a passage is not in the base")
        let text = String(marked.filter { $0 != "«" && $0 != "»" })
        let diagnostics = load(text, lint.environment).diagnostics
        let found = diagnostics.filter { $0.code == lint.code }
        let shown = "\(lint.code) #\(number)\n\(DiagnosticPrinter().render(diagnostics))"
        #expect(found.map(\.range) == Self.marks(marked), "\(shown)")
        #expect(found.allSatisfy { $0.severity == lint.severity }, "\(shown)")
        // An action and its reason, in one line each and without a full stop.
        for diagnostic in found {
            for part in [diagnostic.message, diagnostic.help ?? "", diagnostic.note ?? ""] {
                #expect(!part.isEmpty && !part.contains("\n") && !part.hasSuffix("."), "\(shown)")
            }
        }
        if let first = found.first?.position {
            let before = marked[..<(marked.firstIndex(of: "«") ?? marked.endIndex)]
            let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(first.line == lines.count && first.column == (lines.last?.count ?? 0) + 1, "\(shown)")
        }
    }

    @Test("A lint is silent about what differs a little", arguments: LintCase.all.indices)
    func silent(_ number: Int) throws {
        let lint = LintCase.all[number]
        #expect(lint.misses.count >= 2, "\(lint.code) #\(number)")
        for (index, edits) in lint.misses.enumerated() {
            let text = try #require(lint.marked(edits), "\(lint.code) #\(number) miss \(index): not in the base")
            // The unchanged base must be silent in the surroundings that it was written for.
            let diagnostics = load(text, edits.isEmpty ? .standard : lint.environment).diagnostics
            // Unfinished keys are refused; everything else must load, or the miss would prove nothing.
            let errors = diagnostics.filter { $0.severity == .error && $0.code != "GH2110" }
            let shown = "\(lint.code) #\(number) miss \(index)\n\(DiagnosticPrinter().render(diagnostics))"
            #expect(!diagnostics.contains { $0.code == lint.code && $0.severity == lint.severity }, "\(shown)")
            #expect(errors.isEmpty || lint.allowsErrors, "\(shown)")
        }
    }

    @Test(
        "Any amount of advice leaves a document usable, and hides no error",
        arguments: [(299, false), (301, false), (900, true)])
    func flood(_ count: Int, _ isWrong: Bool) throws {
        let routes = (0..<count).map {
            "\"GET /r\($0)\": { \"integration\": { \"type\": \"HTTP_PROXY\", \"uri\": \"http://127.0.0.1:1{path}\" } }"
        }
        let post = "\"POST /ships\": {"
        var text = try #require(
            GoodConfiguration.rest.replacing(post, with: "\(routes.joined(separator: ", ")), \(post)"))
        if isWrong { text = try #require(text.replacing("[\"GET/ships\", ", with: "[\"PUT/fleet\", ")) }
        let (document, diagnostics) = load(text)
        #expect((document == nil) == isWrong)
        #expect(diagnostics.contains { $0.code == "GH3201" } == isWrong)
        #expect(diagnostics.contains { $0.code == "GH3217" })
        // One of them is about the number of routes.
        let hidden = diagnostics.first { $0.code == "GH2099" }
        #expect((hidden != nil) == (count > 299) && hidden?.severity != .error)
    }

    @Test("Every lint has a case")
    func complete() {
        #expect(Set(LintCase.all.map(\.code)) == Set(Lints.rules.map(\.code)))
        #expect(Lints.rules.count == Set(Lints.rules.map(\.code)).count)
    }

    @Test("The bases have nothing to report")
    func bases() {
        for base in [LintCase.Base.rest, .http, .function, .httpFunction] {
            let (document, diagnostics) = load(base.text)
            #expect(document != nil && diagnostics.isEmpty, "\(DiagnosticPrinter().render(diagnostics))")
        }
    }

    @Test("A rule is explained: why, an example, what to do", arguments: Lints.rules.map(\.code))
    func explained(_ code: String) throws {
        let rule = try #require(Lints.rules.first { $0.code == code })
        let entry = try #require(DiagnosticCode[code])
        #expect(entry.title == rule.title)
        #expect(entry.explanation.contains(rule.explanation) && entry.remedy == rule.remedy)
        #expect(rule.explanation.hasSuffix(".") && rule.remedy.hasSuffix("."))
        #expect(!rule.title.hasSuffix(".") && !rule.example.isEmpty)
        if let aws = rule.aws { #expect(entry.explanation.contains(aws.sentence)) }
    }

    @Test("What breaks a rule of AWS names the rule, and whether it was verified")
    func awsRules() throws {
        for lint in LintCase.all {
            guard let rule = Lints.rules.first(where: { $0.code == lint.code }), let aws = rule.aws else { continue }
            let marked = try #require(lint.marked(lint.edits))
            let text = String(marked.filter { $0 != "«" && $0 != "»" })
            let found = load(text, lint.environment).diagnostics.first { $0.code == lint.code }
            #expect(found?.note?.hasSuffix("AWS: \(aws.sentence)") == true, "\(lint.code)")
            #expect(aws.sentence.hasSuffix(aws.isVerified ? "(verified)" : "(not verified)"))
        }
    }

    @Test("A lint never shows a secret")
    func secrets() throws {
        for lint in LintCase.all where lint.code.hasPrefix("GH43") {
            let marked = try #require(lint.marked(lint.edits))
            let text = String(marked.filter { $0 != "«" && $0 != "»" })
            for diagnostic in load(text, lint.environment).diagnostics {
                let words = [diagnostic.message, diagnostic.label ?? "", diagnostic.help ?? "", diagnostic.note ?? ""]
                for word in ["3f0c9a77", "abc", "Super", "SECRET", "q7Yx0dVt2LkP9sWm"] {
                    #expect(!words.contains { $0.contains(word) }, "\(lint.code)")
                }
            }
        }
    }

    /// Byte ranges between the marks, as they are without them.
    private static func marks(_ text: String) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var offset = 0
        var start: Int?
        for character in text {
            switch character {
            case "«": start = offset
            case "»":
                if let begin = start { ranges.append(begin..<offset) }
                start = nil
            default: offset += character.utf8.count
            }
        }
        return ranges
    }
}

extension LintCase {
    /// Near misses that are another mistake.
    var allowsErrors: Bool { code == "GH4316" }
}
