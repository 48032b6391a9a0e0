/// Renders diagnostics for people: a header line, the source line with a caret under the whole token, help and note.
package struct DiagnosticPrinter: Sendable {
    /// Use SGR colours; the words alone always carry the meaning.
    package var usesColor: Bool

    package init(usesColor: Bool = false) {
        self.usesColor = usesColor
    }

    // Nobody reads more at once, and the output must not depend on how much is wrong.
    private static let maximumDiagnostics = 50
    /// Longer lines are shown in part, in this many characters.
    private static let longestLine = 120
    private static let windowWidth = 100

    /// Several diagnostics in source order, separated by blank lines. Of very many only some are shown, errors first.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        var shown = diagnostics
        if diagnostics.count > Self.maximumDiagnostics {
            let errors = diagnostics.indices.filter { diagnostics[$0].severity == .error }
            let others = diagnostics.indices.filter { diagnostics[$0].severity != .error }
            shown = (errors + others).prefix(Self.maximumDiagnostics).sorted().map { diagnostics[$0] }
        }
        var masks: [ObjectIdentifier: SecretMask] = [:]
        var parts: [String] = []
        for diagnostic in shown {
            guard let source = diagnostic.source else {
                parts.append(render(diagnostic, nil))
                continue
            }
            let mask = masks[ObjectIdentifier(source)] ?? SecretMask(source.bytes)
            masks[ObjectIdentifier(source)] = mask
            parts.append(render(diagnostic, mask))
        }
        let left = diagnostics.count - shown.count
        if left > 0 { parts.append("… and \(left) more\n") }
        return parts.joined(separator: "\n")
    }

    package func render(_ diagnostic: Diagnostic) -> String { render([diagnostic]) }

    /// One line without source text: `gateway.json:58:9 error[GH1003] expected ","`.
    package static func line(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.position.map { "\($0.file):\($0.line):\($0.column) " } ?? ""
        return "\(visible(place))\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(visible(diagnostic.message))"
    }

    private func render(_ diagnostic: Diagnostic, _ mask: SecretMask?) -> String {
        var out = "\(paint(diagnostic.severity))[\(diagnostic.code)]: \(Self.visible(diagnostic.message))\n"
        guard let position = diagnostic.position, let source = diagnostic.source, let range = diagnostic.range, let mask
        else {
            return out + trailer(diagnostic, gutter: "")
        }
        let number = String(position.line)
        let gutter = String(repeating: " ", count: number.count)
        let line = Self.visible(source.line(position.line, hiding: mask))
        let end = source.position(at: range.upperBound)
        let rest = line.unicodeScalars.count - position.column + 1
        let width = end.line == position.line ? end.column - position.column : rest
        let window = Self.window(line, mark: position.column - 1, width: max(1, width))
        let caret = String(repeating: "^", count: window.width)
        out += "\(gutter)--> \(position.file):\(position.line):\(position.column)\n"
        out += "\(gutter) |\n"
        out += "\(number) | \(window.text)\n"
        out += "\(gutter) | \(String(repeating: " ", count: window.mark))\(caret)"
        out += diagnostic.label.map { " \(Self.visible($0))" } ?? ""
        return out + "\n" + trailer(diagnostic, gutter: gutter)
    }

    /// The part of a long line around the mark, and where the mark stands in it.
    private static func window(_ line: String, mark: Int, width: Int) -> (text: String, mark: Int, width: Int) {
        let scalars = Array(line.unicodeScalars)
        guard scalars.count > longestLine else { return (line, mark, width) }
        let begin = max(0, min(mark - windowWidth * 2 / 5, scalars.count - windowWidth))
        let end = min(begin + windowWidth, scalars.count)
        var text = String.UnicodeScalarView()
        if begin > 0 { text.append("…") }
        text.append(contentsOf: scalars[begin..<end])
        if end < scalars.count { text.append("…") }
        return (String(text), mark - begin + (begin > 0 ? 1 : 0), max(1, min(width, end - mark)))
    }

    private func trailer(_ diagnostic: Diagnostic, gutter: String) -> String {
        var out = ""
        let fix = diagnostic.fix?.isSafe == true ? "fix: gatehouse validate --fix" : nil
        if let help = diagnostic.help {
            out += "\(gutter) help: \(Self.visible(help))\(fix.map { "    \($0)" } ?? "")\n"
        } else if let fix {
            out += "\(gutter) \(fix)\n"
        }
        if let note = diagnostic.note { out += "\(gutter) note: \(Self.visible(note))\n" }
        if let pointer = diagnostic.pointer, !pointer.isEmpty { out += "\(gutter) at:   \(Self.visible(pointer))\n" }
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
