/// Diagnostics as GitHub's workflow commands: `::error file=…,line=…,col=…::…`.
///
/// Source: GitHub's documentation of workflow commands; `%`, CR and LF are escaped in the text, and `:` and `,` in the
/// properties too.
enum GitHubAnnotations {
    static func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(command).joined() }

    private static func command(_ diagnostic: Diagnostic) -> String {
        var properties: [(String, String)] = []
        if let start = diagnostic.position, let end = diagnostic.endPosition {
            properties = [("file", start.file), ("line", "\(start.line)"), ("col", "\(start.column)")]
            properties.append(("endLine", "\(end.line)"))
            // GitHub takes columns only as long as the mark stays on one line.
            if end.line == start.line, end.column > start.column {
                properties.append(("endColumn", "\(end.column - 1)"))
            }
        } else if let file = diagnostic.file {
            properties = [("file", file)]
        }
        properties.append(("title", diagnostic.code))
        let words = properties.map { "\($0)=\(escaped(DiagnosticPrinter.visible($1), isProperty: true))" }
        var text = diagnostic.message
        if let label = diagnostic.label { text += " (\(label))" }
        let lines = [
            DiagnosticPrinter.visible(text), diagnostic.help.map { "help: \(DiagnosticPrinter.visible($0))" },
            diagnostic.note.map { "note: \(DiagnosticPrinter.visible($0))" },
            diagnostic.pointer.flatMap { $0.isEmpty ? nil : "at: \(DiagnosticPrinter.visible($0))" },
        ]
        let level = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
        let body = escaped(lines.compactMap { $0 }.joined(separator: "\n"), isProperty: false)
        return "::\(level) \(words.joined(separator: ","))::\(body)\n"
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": out.append(contentsOf: "%25".unicodeScalars)
            case "\r": out.append(contentsOf: "%0D".unicodeScalars)
            case "\n": out.append(contentsOf: "%0A".unicodeScalars)
            case ":" where isProperty: out.append(contentsOf: "%3A".unicodeScalars)
            case "," where isProperty: out.append(contentsOf: "%2C".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
