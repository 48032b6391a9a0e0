/// Diagnostics as one JSON array of `{code, severity, message, label, file, range, pointer, help, note, fix}`.
///
/// Lines and columns count from 1, columns in Unicode scalars; `offset` counts bytes from 0. What is not known is null.
enum DiagnosticJSON {
    static func render(_ diagnostics: [Diagnostic]) -> String {
        var fixes = FixMask()
        var writer = JSONWriter(indentation: 2)
        writer.array { writer in
            for diagnostic in diagnostics {
                let fix = fixes.showable(diagnostic)
                writer.object { write(diagnostic, fix, &$0) }
            }
        }
        return writer.text + "\n"
    }

    private static func write(_ diagnostic: Diagnostic, _ fix: Diagnostic.Fix?, _ writer: inout JSONWriter) {
        writer.member("code", diagnostic.code)
        writer.member("severity", diagnostic.severity.rawValue)
        writer.member("message", diagnostic.message)
        writer.member("label", diagnostic.label)
        writer.member("file", diagnostic.file)
        writer.key("range")
        write(diagnostic.range, diagnostic.source, &writer)
        writer.member("pointer", diagnostic.pointer)
        writer.member("help", diagnostic.help)
        writer.member("note", diagnostic.note)
        writer.key("fix")
        guard let fix else { return writer.null() }
        writer.object { writer in
            writer.key("range")
            write(fix.range, diagnostic.source, &writer)
            writer.member("text", fix.replacement)
            writer.member("safe", fix.isSafe)
        }
    }

    private static func write(_ range: Range<Int>?, _ source: SourceText?, _ writer: inout JSONWriter) {
        guard let range, let source else { return writer.null() }
        writer.object { writer in
            for (name, offset) in [("start", range.lowerBound), ("end", range.upperBound)] {
                let position = source.position(at: offset)
                writer.inner(name) { writer in
                    writer.member("line", position.line)
                    writer.member("column", position.column)
                    writer.member("offset", offset)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func inner(_ name: String, _ body: (inout JSONWriter) -> Void) { member(name, object: body) }
}
