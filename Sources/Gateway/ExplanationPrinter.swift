import Documents

/// Renders an ``Explanation`` for a terminal. Text that came with the request cannot forge lines or colours.
package struct ExplanationPrinter: Sendable {
    /// Use SGR colours; the words and signs alone always carry the meaning.
    package var usesColor: Bool
    /// Write `ok no - !!` for terminals that do not show UTF-8.
    package var usesASCII: Bool

    /// Column, from 0, at which places in the configuration stand.
    private static let spanColumn = 88
    private static let indent = String(repeating: " ", count: 15)

    package init(usesColor: Bool = false, usesASCII: Bool = false) {
        self.usesColor = usesColor
        self.usesASCII = usesASCII
    }

    /// The whole form, each line ended.
    package func render(_ explanation: Explanation) -> String {
        var lines = [headline(explanation), ""]
        var index = 0
        let steps = explanation.steps
        while index < steps.count {
            let step = steps[index]
            guard step.text.isEmpty else {
                append(step, to: &lines)
                index += 1
                continue
            }
            // Steps that nobody came to are told in one line.
            var end = index
            while end + 1 < steps.count, steps[end + 1].text.isEmpty, steps[end + 1].status == step.status { end += 1 }
            let numbers = end == index ? "\(index + 1)" : "\(index + 1)-\(end + 1)"
            let words = step.status == .notReached ? "not reached" : "not asked for"
            lines.append("  \(pad(numbers, 13))\(dimmed(words))")
            index = end + 1
        }
        lines.append("")
        lines += trailer(explanation)
        let text = lines.joined(separator: "\n") + "\n"
        return usesASCII ? Self.ascii(text) : text
    }

    // MARK: Parts

    private func headline(_ explanation: Explanation) -> String {
        var parts = [paint(explanation.outcome)]
        if explanation.answer.status > 0 { parts.append("\(explanation.answer.status)") }
        parts.append(visible("\(explanation.method) \(explanation.path)"))
        var out = parts.joined(separator: "  ")
        out += "   " + (explanation.principal.map { "principal \(visible($0))" } ?? "no principal")
        if let speaker = explanation.speaker { out += " (\(visible(speaker)))" }
        out += "   stage \(explanation.stageName)"
        if explanation.nanoseconds > 0 { out += "   \(Self.milliseconds(explanation.nanoseconds)) ms" }
        return out
    }

    private func append(_ step: Explanation.Step, to lines: inout [String]) {
        let name = pad(step.stage.name, 11)
        let mark = step.statements.isEmpty ? "\(sign(step.status)) " : ""
        let width = step.statements.isEmpty ? signWidth + 1 : 0
        let start = "  \(step.stage.rawValue) \(name)"
        lines.append(start + mark + placed(visible(step.text), from: 15 + width, step.span?.description))
        for note in step.notes {
            lines.append(Self.indent + "  " + placed(visible(note.text), from: 17, note.span?.description))
        }
        let labels = step.statements.map { visible($0.label).count }.max() ?? 0
        for statement in step.statements {
            let head = "\(pad(statement.effect, 5)) \(pad(visible(statement.label), labels))  "
            let text = head + visible(statement.text)
            lines.append(
                Self.indent + sign(statement.status) + " "
                    + placed(text, from: 16 + signWidth, ":\(statement.span.line)"))
        }
    }

    private func trailer(_ explanation: Explanation) -> [String] {
        let answer = explanation.answer
        var sees: [String] = []
        if answer.status > 0 { sees.append("\(answer.status)") }
        if !answer.body.isEmpty { sees.append(visible(String(decoding: answer.body.prefix(400), as: UTF8.self))) }
        if answer.status == 0, answer.body.isEmpty { sees.append("the backend's answer") }
        var lines = ["  client sees  " + sees.joined(separator: "  ")]
        if let note = answer.note { lines.append(Self.indent + dimmed(visible(note))) }
        if let remedy = explanation.remedy { lines.append("  to allow it  " + visible(remedy)) }
        if let attempt = explanation.attempt { lines.append("  try          " + visible(attempt)) }
        return lines
    }

    // MARK: Layout

    /// The text with a place at the right edge.
    private func placed(_ text: String, from column: Int, _ span: String?) -> String {
        guard let span else { return text }
        let gap = max(3, Self.spanColumn - column - text.count)
        return text + String(repeating: " ", count: gap) + dimmed(visible(span))
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func visible(_ text: String) -> String { DiagnosticPrinter.visible(text) }

    private var signWidth: Int { usesASCII ? 2 : 1 }

    private func sign(_ status: Explanation.Status) -> String {
        switch status {
        case .satisfied: color(usesASCII ? "ok" : "✓", "32")
        case .failed: color(usesASCII ? "no" : "✗", "31")
        case .decisiveDeny: color(usesASCII ? "!!" : "!", "1;31")
        case .notApplicable, .notReached: usesASCII ? "- " : "-"
        }
    }

    private func paint(_ outcome: Explanation.Outcome) -> String {
        color(outcome.rawValue, outcome == .allow ? "1;32" : outcome == .deny ? "1;31" : "1;33")
    }

    private func dimmed(_ text: String) -> String { color(text, "2") }

    private func color(_ text: String, _ code: String) -> String {
        usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = nanoseconds / 10_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Everything outside ASCII as `?`, but for our own ellipsis.
    private static func ascii(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII { out.unicodeScalars.append(scalar) } else { out += scalar == "…" ? "..." : "?" }
        }
        return out
    }
}
