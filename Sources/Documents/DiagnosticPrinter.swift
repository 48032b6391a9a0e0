/// Renders diagnostics for people: a header line, the source line with a caret under the whole token, help and note.
package struct DiagnosticPrinter: Sendable {
    /// Use SGR colours; the words alone always carry the meaning.
    package var usesColor: Bool

    package init(usesColor: Bool = false) {
        self.usesColor = usesColor
    }

    /// Several diagnostics in source order, separated by blank lines.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(render).joined(separator: "\n")
    }

    package func render(_ diagnostic: Diagnostic) -> String {
        var out = "\(paint(diagnostic.severity))[\(diagnostic.code)]: \(Self.visible(diagnostic.message))\n"
        guard let position = diagnostic.position, let source = diagnostic.source, let range = diagnostic.range else {
            return out + trailer(diagnostic, gutter: "")
        }
        let number = String(position.line)
        let gutter = String(repeating: " ", count: number.count)
        let line = Self.visible(source.line(position.line))
        let end = source.position(at: range.upperBound)
        let width = end.line == position.line ? end.column - position.column : line.count - position.column + 1
        let caret = String(repeating: "^", count: max(1, width))
        out += "\(gutter)--> \(position.file):\(position.line):\(position.column)\n"
        out += "\(gutter) |\n"
        out += "\(number) | \(line)\n"
        out += "\(gutter) | \(String(repeating: " ", count: max(0, position.column - 1)))\(caret)"
        out += diagnostic.label.map { " \(Self.visible($0))" } ?? ""
        return out + "\n" + trailer(diagnostic, gutter: gutter)
    }

    private func trailer(_ diagnostic: Diagnostic, gutter: String) -> String {
        var out = ""
        if let help = diagnostic.help { out += "\(gutter) help: \(Self.visible(help))\n" }
        if let note = diagnostic.note { out += "\(gutter) note: \(Self.visible(note))\n" }
        if let pointer = diagnostic.pointer { out += "\(gutter) at:   \(Self.visible(pointer))\n" }
        return out
    }

    private func paint(_ severity: Diagnostic.Severity) -> String {
        guard usesColor else { return severity.rawValue }
        let color =
            switch severity {
            case .error: "31"
            case .warning: "33"
            case .note: "36"
            }
        return "\u{1B}[1;\(color)m\(severity.rawValue)\u{1B}[0m"
    }

    /// Control characters shown as one visible character each, so that columns stay and no terminal obeys them.
    package static func visible(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: out.append(" ")
            case 0x00..<0x20: out.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
            case 0x7F: out.append("\u{2421}")
            case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
