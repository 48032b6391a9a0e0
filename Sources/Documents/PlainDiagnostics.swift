/// Diagnostics as paragraphs: `error GH2104, line 102, column 57: unknown key …`, then help, note and place.
enum PlainDiagnostics {
    static func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(paragraph).joined(separator: "\n")
    }

    private static func paragraph(_ diagnostic: Diagnostic) -> String {
        var out = "\(diagnostic.severity.rawValue) \(diagnostic.code)"
        if let position = diagnostic.position { out += ", line \(position.line), column \(position.column)" }
        out += ": \(DiagnosticPrinter.visible(diagnostic.message))"
        if let label = diagnostic.label { out += "; \(DiagnosticPrinter.visible(label))" }
        out += "\n"
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { out += "\(name): \(DiagnosticPrinter.visible(text))\n" }
        }
        add("help", diagnostic.help)
        add("note", diagnostic.note)
        add("at", diagnostic.pointer)
        add("file", diagnostic.file)
        return out
    }
}
