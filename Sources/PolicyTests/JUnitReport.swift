import Documents
import Routes

/// JUnit's XML as CI systems read it: a file is a suite, a cell or case is a test case with `file` and `line`; coverage
/// goals and mutants make a suite of their own for each configuration.
package enum JUnitReport {
    package static func render(_ report: TestReport) -> String {
        var suites = ""
        var tests = 0
        var failures = 0
        func add(_ name: String, _ cases: [String], _ failed: Int, _ nanoseconds: UInt64) {
            tests += cases.count
            failures += failed
            suites += "  <testsuite name=\"\(attribute(name))\" tests=\"\(cases.count)\" failures=\"\(failed)\""
            suites += " errors=\"0\" skipped=\"0\" time=\"\(seconds(nanoseconds))\">\n"
            suites += cases.joined() + "  </testsuite>\n"
        }
        for group in report.groups {
            for run in group.runs {
                add(run.file, run.results.map { testCase($0, run) }, run.failures.count, run.nanoseconds)
            }
            let gates = gates(group, report)
            if !gates.isEmpty {
                add(
                    "\(group.configuration) (\(group.stageName))", gates.map(\.text), gates.count { !$0.hasPassed }, 0)
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<testsuites name=\"gatehouse\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\""
            + " time=\"\(seconds(report.nanoseconds))\">\n\(suites)</testsuites>\n"
    }

    private static func testCase(_ result: CheckResult, _ run: SuiteRun) -> String {
        let place = run.suite.source.position(at: result.check.range.lowerBound)
        let name = PolicySnapshotFile.stem(run.file)
        var out = open(
            result.check.name, name, file: place.file, line: place.line, time: seconds(result.nanoseconds))
        guard let first = result.mismatches.first else { return out + "/>\n" }
        out += ">\n      <failure type=\"\(TestDiagnosticCode.failed.rawValue)\" message=\""
        out += attribute("expected \(first.expected), got \(first.got)") + "\">"
        for mismatch in result.mismatches {
            let place = run.suite.source.position(at: mismatch.range.lowerBound)
            let lines = ["\(place.file):\(place.line):\(place.column): expected \(mismatch.expected)"]
            out += text((lines + mismatch.details(in: run)).joined(separator: "\n")) + "\n"
        }
        return out + "</failure>\n    </testcase>\n"
    }

    /// A test case for each goal, each guarded route without a test, and each survivor.
    private static func gates(
        _ group: TestReport.Group, _ report: TestReport
    ) -> [(text: String, hasPassed: Bool)] {
        var out: [(text: String, hasPassed: Bool)] = []
        func add(_ name: String, _ span: SourceSpan?, _ code: TestDiagnosticCode, _ problem: String?) {
            var line = open(
                name, group.configuration, file: span?.file ?? group.configuration, line: span?.line ?? 1, time: "0")
            if let problem {
                line += ">\n      <failure type=\"\(code.rawValue)\" message=\"\(attribute(problem))\"/>\n"
                line += "    </testcase>\n"
            } else {
                line += "/>\n"
            }
            out.append((line, problem == nil))
        }
        for name in CoverageGoals.names where group.isWhole {
            guard let goal = group.goals[name], let figure = group.coverage.figures.first(where: { $0.name == name })
            else { continue }
            let isReached = figure.percent >= goal
            add(
                "coverage of \(name)", nil, .coverage,
                isReached ? nil : "\(figure.percent) %, the goal is \(goal) %")
            if isReached { continue }
            for item in figure.missing {
                add("\(name): \(item.name)", item.span, .untestedRoute, "no check reaches it: \(item.advice)")
            }
        }
        for result in group.mutation?.results ?? [] {
            if case .survived = result.verdict, report.demandsNoSurvivors {
                add(result.mutant.name, result.mutant.span, .survivor, "no test notices: \(result.mutant.advice)")
            } else {
                add(result.mutant.name, result.mutant.span, .survivor, nil)
            }
        }
        return out
    }

    private static func open(_ name: String, _ group: String, file: String, line: Int, time: String) -> String {
        "    <testcase name=\"\(attribute(name))\" classname=\"\(attribute(group))\" file=\"\(attribute(file))\""
            + " line=\"\(line)\" time=\"\(time)\""
    }

    /// `0.001234`
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let micros = "\(nanoseconds / 1000 % 1_000_000)"
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 6 - micros.count) + micros
    }

    private static func attribute(_ text: String) -> String { MarkupText.escape(DiagnosticPrinter.visible(text)) }
    private static func text(_ text: String) -> String { MarkupText.escape(DiagnosticLines.visible(text)) }
}

/// Text inside XML and HTML.
enum MarkupText {
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            // Neither may stand in XML 1.0.
            case "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
