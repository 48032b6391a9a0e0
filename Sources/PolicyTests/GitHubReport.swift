import Documents
import Routes

/// Workflow commands that GitHub shows beside the lines of a change.
package enum GitHubReport {
    package static func render(_ report: TestReport) -> String {
        var out = ""
        for group in report.groups {
            for run in group.runs {
                for result in run.failures {
                    for mismatch in result.mismatches {
                        let place = run.suite.source.position(at: mismatch.range.lowerBound)
                        let lines = ["expected \(mismatch.expected)"] + mismatch.details(in: run)
                        out += command(
                            "error", place.file, place.line, place.column, result.check.name,
                            lines.joined(separator: "\n"))
                    }
                }
            }
            let failing = Set(group.shortfalls.map(\.figure.name))
            for figure in group.coverage.figures where group.isWhole {
                let isError = failing.contains(figure.name)
                // Without a goal only routes are worth a word: nobody has said anything about them.
                let items = isError ? figure.missing : figure.name == "routes" ? group.untestedRoutes : []
                for item in items {
                    out += command(
                        isError ? "error" : "warning", item.span.file, item.span.line, item.span.column,
                        "\(figure.name): \(item.name)", "no check reaches it: \(item.advice)")
                }
                if isError, figure.missing.isEmpty {
                    out += command(
                        "error", group.configuration, 1, 1, "coverage of \(figure.name)",
                        "\(figure.percent) %, the goal is \(group.goals[figure.name] ?? 0) %")
                }
            }
            for mutant in group.mutation?.survivors ?? [] {
                out += command(
                    report.demandsNoSurvivors ? "error" : "warning", mutant.span.file, mutant.span.line,
                    mutant.span.column, "no test notices: \(mutant.name)", mutant.advice)
            }
        }
        return out + "\(report.summary)\n"
    }

    private static func command(
        _ kind: String, _ file: String, _ line: Int, _ column: Int, _ title: String, _ message: String
    ) -> String {
        "::\(kind) file=\(property(file)),line=\(line),col=\(column),title=\(property(title))::"
            + "\(data(DiagnosticLines.visible(message)))\n"
    }

    private static func data(_ text: String) -> String { escape(text, ["%", "\r", "\n"]) }

    private static func property(_ text: String) -> String {
        escape(DiagnosticPrinter.visible(text), ["%", "\r", "\n", ":", ","])
    }

    private static func escape(_ text: String, _ special: Set<Unicode.Scalar>) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if special.contains(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                out += "%" + (digits.count < 2 ? "0" : "") + digits
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
