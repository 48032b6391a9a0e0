import Documents
import Routes

/// One line for each check and each finding, without tables, colours or drawings: for screen readers, logs and grep.
package enum PlainReport {
    package static func render(_ report: TestReport) -> String {
        var out = ""
        for group in report.groups {
            for run in group.runs {
                for result in run.results {
                    out +=
                        "\(result.hasPassed ? "passed" : "failed"): \(visible(run.file)): \(visible(result.check.name))\n"
                    for mismatch in result.mismatches {
                        let place = run.suite.source.position(at: mismatch.range.lowerBound)
                        out += "  at \(visible(place.file)), line \(place.line), column \(place.column)\n"
                        out += "  expected \(visible(mismatch.expected))\n"
                        for line in mismatch.details(in: run) { out += "  \(visible(line))\n" }
                    }
                }
            }
            for figure in group.coverage.figures where group.isWhole {
                out += "coverage of \(figure.name): \(figure.reached) of \(figure.total)\n"
            }
            for (figure, goal) in group.shortfalls {
                out += "failed: coverage of \(figure.name) is \(figure.percent) percent, the goal is \(goal)\n"
                for item in figure.missing { out += "  missing: \(visible(item.name)), \(item.span)\n" }
            }
            for name in group.obsoleteSnapshots { out += "obsolete snapshot: \(visible(name))\n" }
            for result in group.mutation?.results ?? [] {
                let place = "\(visible(result.mutant.name)), \(result.mutant.span)"
                switch result.verdict {
                case .killed: continue
                case .survived: out += "survived: \(place): \(visible(result.mutant.advice))\n"
                case .equivalent(let reason): out += "equivalent: \(place): \(visible(reason))\n"
                }
            }
        }
        return out + report.summary + "\n"
    }

    private static func visible(_ text: String) -> String { DiagnosticPrinter.visible(text) }
}
