import ArgumentParser
import Documents
import HTTP
import Routes
import Tokens

/// `gatehouse explain CODE`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a code such as GH2104 or bad_signature means.",
        discussion: """
            Examples:
              gatehouse explain GH2104
              gatehouse explain bad_signature
              gatehouse explain --list
            """)

    @Argument(help: "A code: GH2104, GH4018, bad_signature, path_above_root.") var code: String?
    @Flag(help: "List every code with its title.") var list = false

    func validate() throws {
        if (code == nil) != list { throw ValidationError("name a code, or say --list") }
    }

    func run() throws {
        try reporting {
            guard let code else { return StandardStreams.write(Self.table) }
            guard let text = Self.text(code) else {
                let near = Suggestion.nearest(to: code, among: DiagnosticCode.all.map(\.code))
                throw CommandFailure(
                    "\(DiagnosticPrinter.visible(code)) is not a code of Gatehouse"
                        + (near.map { "; did you mean \($0)?" } ?? ""), ExitCodes.usage)
            }
            StandardStreams.write(text)
        }
    }

    private static func text(_ code: String) -> String? {
        let upper = code.uppercased()
        if let found = DiagnosticCode[upper] {
            return render("\(found.code): \(found.title)", found.explanation, found.example, found.remedy)
        }
        if let found = TokenError.Code(name: code) ?? TokenError.Code(name: upper) {
            let sees = TokenError(found).httpStatus == 401 ? " The client is answered 401 and told no more." : ""
            return render("\(found.diagnostic) \(found.name): \(found.summary)", RuntimeAdvice.all[found.name], sees)
        }
        if let found = RefusalCode(rawValue: code.lowercased()) {
            let sees = " The request is answered \(found.status) before it is routed."
            return render(found.rawValue, RuntimeAdvice.all[found.rawValue], sees)
        }
        return nil
    }

    private static func render(_ head: String, _ advice: RuntimeAdvice?, _ sees: String) -> String {
        render(head, (advice?.cause ?? "") + sees, advice?.example ?? "", advice?.remedy ?? "")
    }

    private static func render(_ head: String, _ cause: String, _ example: String, _ remedy: String) -> String {
        """
        \(head)

        \(wrapped(cause))

        Example:
          \(example)

        Remedy:
        \(wrapped(remedy, indent: "  "))

        """
    }

    private static var table: String {
        var out = ""
        for code in DiagnosticCode.all.sorted(by: { $0.code < $1.code }) { out += "\(code.code)  \(code.title)\n" }
        for code in TokenError.Code.allCases { out += "\(code.diagnostic)  \(code.name): \(code.summary)\n" }
        for code in RefusalCode.allCases { out += "\(code.rawValue)\n" }
        return out
    }

    /// Broken at spaces into lines of at most 90 columns.
    private static func wrapped(_ text: String, indent: String = "") -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + word.count + 1 > 90 - indent.count {
                lines.append(indent + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return (lines + [indent + line]).joined(separator: "\n")
    }
}
