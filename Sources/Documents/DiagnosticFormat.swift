/// How diagnostics are written.
package enum DiagnosticFormat: String, Sendable, Hashable, CaseIterable {
    /// The source line with a caret, for a terminal.
    case human
    /// One paragraph for each problem without any drawing, for screen readers and mail.
    case plain
    /// One array of objects.
    case json
    /// Workflow commands that GitHub turns into annotations.
    case github
    /// SARIF 2.1.0 (OASIS), for code scanning services.
    case sarif

    /// Whether the whole output is one document for a program, in which no other line may stand.
    package var isDocument: Bool { self == .json || self == .sarif }

    /// Whether people read it.
    package var isForPeople: Bool { self == .human || self == .plain }
}

/// Writes diagnostics in any format. Every format hides secrets and makes control characters visible.
package struct DiagnosticWriter: Sendable {
    /// The program as SARIF names it.
    package struct Tool: Sendable {
        package var name: String
        package var version: String
        /// Title and long text of a code.
        package var explanation: @Sendable (String) -> (title: String, text: String)?

        package init(
            name: String, version: String, explanation: @escaping @Sendable (String) -> (title: String, text: String)?
        ) {
            self.name = name
            self.version = version
            self.explanation = explanation
        }
    }

    package var format: DiagnosticFormat
    package var usesColor: Bool
    /// What people read holds ASCII alone, one sign for each character so that the caret stays in its place.
    package var usesASCII: Bool
    package var tool: Tool

    package init(format: DiagnosticFormat, usesColor: Bool, usesASCII: Bool = false, tool: Tool) {
        self.format = format
        self.usesColor = usesColor
        self.usesASCII = usesASCII
        self.tool = tool
    }

    /// The text ends with a line feed unless it is empty; a document is never empty.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        switch format {
        case .human: readable(DiagnosticPrinter(usesColor: usesColor).render(diagnostics))
        case .plain: readable(PlainDiagnostics.render(diagnostics))
        case .json: DiagnosticJSON.render(diagnostics)
        case .github: GitHubAnnotations.render(diagnostics)
        case .sarif: SARIFLog.render(diagnostics, tool: tool)
        }
    }
}

extension DiagnosticWriter {
    private func readable(_ text: String) -> String {
        guard usesASCII else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{2022}": out.append("*")
            case "\u{2026}": out.append("~")
            default: out.append(scalar.isASCII ? scalar : "?")
            }
        }
        return String(out)
    }
}

extension Diagnostic {
    /// Where the range ends, one past the last character.
    package var endPosition: SourcePosition? {
        guard let source, let range else { return nil }
        return source.position(at: range.upperBound)
    }

    /// The file as its user named it.
    package var file: String? { source?.name }
}

/// Which fixes may be shown: a replacement that repeats a hidden secret may not.
struct FixMask {
    private var masks: [ObjectIdentifier: SecretMask] = [:]

    mutating func showable(_ diagnostic: Diagnostic) -> Diagnostic.Fix? {
        guard let fix = diagnostic.fix, let source = diagnostic.source else { return nil }
        let mask = masks[ObjectIdentifier(source)] ?? SecretMask(source.bytes)
        masks[ObjectIdentifier(source)] = mask
        return mask.hides(anyOf: fix.range) ? nil : fix
    }
}
