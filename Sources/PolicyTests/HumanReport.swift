import Documents
import Gateway
import Routes
import Tokens

/// The report for a terminal: each matrix as a table, then what failed with its place and reason, then coverage.
package struct HumanReport: Sendable {
    package var usesColor: Bool
    package var usesASCII: Bool
    /// Tables and lines of checks that passed are left out.
    package var isQuiet: Bool
    /// What failed stands above the tables, where somebody who watches looks first.
    package var failuresFirst = false

    package init(usesColor: Bool = false, usesASCII: Bool = false, isQuiet: Bool = false) {
        self.usesColor = usesColor
        self.usesASCII = usesASCII
        self.isQuiet = isQuiet
    }

    package func render(_ report: TestReport) -> String {
        var tables = ""
        var failed = ""
        for group in report.groups {
            for run in group.runs {
                tables += header(run, group)
                failed += failures(run)
            }
        }
        var out = failuresFirst ? failed + tables : tables + failed
        out += report.summary + "\n"
        for group in report.groups { out += trailer(group, isAlone: report.groups.count == 1) }
        return out
    }

    // MARK: What was checked

    private func header(_ run: SuiteRun, _ group: TestReport.Group) -> String {
        if isQuiet { return "" }
        let clock = Moment.text(run.suite.clock.seconds)
        var out = "\(visible(run.file))     clock \(clock)   stage \(run.stageName)\n"
        var byPlace: [[Int]: CheckResult] = [:]
        for result in run.results {
            if let place = result.check.place { byPlace[[place.matrix, place.row, place.column]] = result }
        }
        for (number, matrix) in run.suite.matrices.enumerated() { out += table(matrix, number, run.suite, byPlace) }
        for result in run.results where result.check.kind != .cell {
            let kind = result.check.kind == .sequence ? " (sequence, \(result.check.steps.count) requests)" : ""
            out += "  \(mark(result.hasPassed)) \(visible(result.check.name))\(kind)\n"
        }
        return out + "\n"
    }

    private func table(
        _ matrix: TestMatrix, _ number: Int, _ suite: TestSuite, _ results: [[Int]: CheckResult]
    ) -> String {
        let method = matrix.rows.map { $0.request.method.count }.max() ?? 0
        let path = matrix.rows.map { visible($0.request.path).count }.max() ?? 0
        let names = matrix.columns.map { visible(suite.principals[$0].name) }
        let mark = usesASCII ? 3 : 2
        let widths = names.enumerated().map { column, name in
            max(name.count, 7, matrix.rows.map { $0.cells[column].expected.text.count + mark }.max() ?? 0) + 1
        }
        let first = max(method + 1 + path, visible(matrix.name).count) + 2
        var out =
            "  " + pad(visible(matrix.name), first + 2) + zip(names, widths).map { pad($0, $1) }.joined() + "\n"
        for (row, each) in matrix.rows.enumerated() {
            let label = pad(each.request.method, method + 1) + visible(ReportMask.hide(each.request.path))
            var line = "    " + pad(label, first)
            for (column, cell) in each.cells.enumerated() {
                let result = results[[number, row, column]]
                let text = result.map { "\(cell.expected.text) \(plainMark($0.hasPassed))" } ?? cell.expected.text
                let padded = pad(text, widths[column])
                line += result.map { color(padded, $0.hasPassed ? "32" : "1;31") } ?? color(padded, "2")
            }
            while line.last == " " { line.removeLast() }
            out += line + "\n"
        }
        return out
    }

    // MARK: What failed

    private func failures(_ run: SuiteRun) -> String {
        let printer = DiagnosticPrinter(usesColor: usesColor)
        var out = ""
        for result in run.failures {
            for mismatch in result.mismatches {
                out += printer.render(mismatch.diagnostic(of: result, in: run))
                for line in mismatch.details(in: run) { out += "      \(visible(line))\n" }
                out += "\n"
            }
        }
        return out
    }

    // MARK: Coverage and mutants

    private func trailer(_ group: TestReport.Group, isAlone: Bool) -> String {
        var out = isAlone ? "" : "\(visible(group.configuration)) stage \(group.stageName)\n"
        if group.isWhole {
            let parts = group.coverage.figures.map { figure -> String in
                let name = figure.name == "cells" ? "route x principal" : figure.name
                let missing = figure.missing.isEmpty ? "" : " (missing \(list(figure.missing.map(\.name))))"
                return "\(name) \(figure.reached)/\(figure.total)\(missing)"
            }
            out += "coverage: \(parts.joined(separator: "   "))\n"
        }
        for (figure, goal) in group.shortfalls {
            out +=
                color("FAIL", "1;31") + "  coverage of \(figure.name) is \(figure.percent) %, the goal is \(goal) %\n"
            for item in figure.missing {
                out += "      \(visible(item.name))   \(item.span)   -> \(visible(item.advice))\n"
            }
        }
        for name in group.obsoleteSnapshots {
            out += "obsolete snapshot: \(visible(name))   no case uses it; --update deletes it\n"
        }
        if !group.replacedKeys.isEmpty, !isQuiet {
            out += "keys: generated pairs stand in for \(list(group.replacedKeys))\n"
        }
        if let mutation = group.mutation { out += mutants(mutation) }
        return out
    }

    private func mutants(_ run: MutationRun) -> String {
        let survivors = run.survivors
        var out =
            "\(run.results.count) mutant\(run.results.count == 1 ? "" : "s"): \(run.killed) killed, \(survivors.count) survived"
        out += ", \(run.equivalents.count) equivalent\n"
        for mutant in survivors {
            out += color("  survived", "1;31") + "    \(visible(mutant.name))   \(mutant.span)\n"
            out += "              -> \(visible(mutant.advice))\n"
        }
        for (mutant, reason) in run.equivalents {
            out += "  equivalent  \(visible(mutant.name))   \(mutant.span)\n              \(visible(reason))\n"
        }
        return out
    }

    // MARK: Text

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { visible($0) }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }

    private func visible(_ text: String) -> String { DiagnosticPrinter.visible(text) }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func plainMark(_ hasPassed: Bool) -> String {
        usesASCII ? (hasPassed ? "ok" : "NO") : (hasPassed ? "✓" : "✗")
    }

    private func mark(_ hasPassed: Bool) -> String { color(plainMark(hasPassed), hasPassed ? "32" : "1;31") }

    private func color(_ text: String, _ code: String) -> String {
        usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Moments as reports write them.
enum Moment {
    /// `2026-11-21T12:00:00Z`
    static func text(_ seconds: Int64) -> String { Explanation.moment(Double(seconds)) }
}
