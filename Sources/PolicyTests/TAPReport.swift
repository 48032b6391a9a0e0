import Documents
import Routes

/// Test Anything Protocol: each check is a test point, and so are coverage goals and surviving mutants.
package enum TAPReport {
    package static func render(_ report: TestReport) -> String {
        var points: [(passed: Bool, name: String, details: [(String, String)])] = []
        for group in report.groups {
            for run in group.runs {
                for result in run.results {
                    var details: [(String, String)] = []
                    if let mismatch = result.mismatches.first {
                        let place = run.suite.source.position(at: mismatch.range.lowerBound)
                        details = [
                            ("at", "\(place.file):\(place.line):\(place.column)"), ("expected", mismatch.expected),
                            ("got", mismatch.got),
                            ("trace", mismatch.details(in: run).dropFirst().joined(separator: "\n")),
                        ]
                    }
                    points.append((result.hasPassed, "\(run.file): \(result.check.name)", details))
                }
            }
            for name in CoverageGoals.names where group.isWhole {
                guard let goal = group.goals[name],
                    let figure = group.coverage.figures.first(where: { $0.name == name })
                else { continue }
                let missing = figure.missing.map { "\($0.name) \($0.span)" }.joined(separator: "\n")
                points.append(
                    (figure.percent >= goal, "coverage of \(name) at least \(goal) %", [("missing", missing)]))
            }
            for mutant in group.mutation?.survivors ?? [] where report.demandsNoSurvivors {
                points.append(
                    (false, "mutant noticed: \(mutant.name)", [("at", "\(mutant.span)"), ("advice", mutant.advice)]))
            }
        }
        var out = "TAP version 13\n1..\(points.count)\n"
        for (index, point) in points.enumerated() {
            out += "\(point.passed ? "ok" : "not ok") \(index + 1) - \(escape(point.name))\n"
            if point.passed { continue }
            out += "  ---\n"
            for (key, value) in point.details {
                var writer = JSONWriter()
                writer.string(DiagnosticLines.visible(value))
                // A JSON string is a YAML flow scalar.
                out += "  \(key): \(writer.text)\n"
            }
            out += "  ...\n"
        }
        return out
    }

    /// A `#` would begin a directive.
    private static func escape(_ text: String) -> String {
        var out = ""
        for scalar in DiagnosticPrinter.visible(text).unicodeScalars {
            if scalar == "#" || scalar == "\\" { out += "\\" }
            out.unicodeScalars.append(scalar)
        }
        return out
    }
}

/// Several lines made safe for a terminal, one by one.
enum DiagnosticLines {
    static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { DiagnosticPrinter.visible(String($0)) }.joined(separator: "\n")
    }
}
