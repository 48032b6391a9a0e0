import Documents
import Foundation
import Routes
import Testing

/// docs/reference/lints.md is made from the rules; `GATEHOUSE_WRITE_DOCS=1 swift test --filter LintPage` writes it anew.
@Suite("The page of lints")
struct LintPageTests {
    private static let opening = """
        # Lints

        Made from the rules by `LintPageTests`; a test fails when it is out of date.

        `gatehouse validate`, and `serve` when it starts, look for what a configuration says although its author hardly means it. An **error** can never do what it says, and the gateway does not start with it. A **warning** is a hole, or a difference from AWS, and makes `validate --strict` fail. A **note** is for thinking about once. `gatehouse explain CODE` prints what stands here.

        A lint reports only what it is sure of. Not reported, because good configurations say it: tokens whose life is left to `exp` alone, public reading beside guarded writing, preflights that are answered here.
        """

    private static var page: String {
        var lines = [opening]
        for group in Lints.groups {
            lines += ["", "## \(group.title)"]
            for rule in group.rules {
                lines += [
                    "", "### \(rule.code): \(rule.title)", "",
                    "**\(rule.severity.rawValue)** \(escaped(rule.explanation))",
                ]
                if let aws = rule.aws { lines += ["", "AWS: \(escaped(aws.sentence))."] }
                lines += ["", "- Example: \(escaped(rule.example))", "- Remedy: \(escaped(rule.remedy))"]
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text with pieces of JSON in it, safe from Markdown.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            if "*_<>`".contains(character) { out.append("\\") }
            out.append(character)
        }
        return out
    }

    @Test("The page says what the rules say")
    func page() throws {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
        { folder.deleteLastPathComponent() }
        let file = folder.appendingPathComponent("docs/reference/lints.md")
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_DOCS"] != nil {
            try Data(Self.page.utf8).write(to: file)
        }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == Self.page)
    }
}
