import Documents
import Routes
import Tokens

/// Everything, for programs.
package enum JSONReport {
    package static func render(_ report: TestReport) -> [UInt8] {
        var writer = JSONWriter(indentation: 2, reserving: 1 << 14)
        writer.object { writer in
            writer.member("version", 1)
            writer.member("passed", report.hasPassed)
            writer.member("checks", report.total)
            writer.member("failures", report.failed)
            writer.member("open", report.unstated)
            writer.member("nanoseconds", report.nanoseconds)
            writer.key("configurations")
            writer.array { for group in report.groups { write(group, to: &$0) } }
        }
        return writer.bytes + [0x0A]
    }

    private static func write(_ group: TestReport.Group, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("configuration", group.configuration)
            writer.member("stage", group.stageName)
            strings("replacedKeys", group.replacedKeys, to: &writer)
            strings("obsoleteSnapshots", group.obsoleteSnapshots, to: &writer)
            writer.key("files")
            writer.array { for run in group.runs { write(run, to: &$0) } }
            writer.key("coverage")
            writer.array { writer in
                for figure in group.coverage.figures where group.isWhole {
                    writer.object { writer in
                        writer.member("name", figure.name)
                        writer.member("reached", figure.reached)
                        writer.member("total", figure.total)
                        writer.key("goal")
                        if let goal = group.goals[figure.name] { writer.number(goal) } else { writer.null() }
                        writer.key("missing")
                        writer.array { writer in
                            for item in figure.missing {
                                writer.object { writer in
                                    writer.member("name", item.name)
                                    place(item.span, to: &writer)
                                    writer.member("advice", item.advice)
                                }
                            }
                        }
                    }
                }
            }
            guard let mutation = group.mutation else { return }
            writer.key("mutants")
            writer.array { for result in mutation.results { write(result, to: &$0) } }
        }
    }

    private static func write(_ run: SuiteRun, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", run.file)
            writer.member("clock", Moment.text(run.suite.clock.seconds))
            writer.key("checks")
            writer.array { writer in
                for result in run.results {
                    writer.object { writer in
                        let place = run.suite.source.position(at: result.check.range.lowerBound)
                        writer.member("name", result.check.name)
                        writer.member("kind", result.check.kind.rawValue)
                        writer.member("line", place.line)
                        writer.member("column", place.column)
                        writer.member("passed", result.hasPassed)
                        writer.member("nanoseconds", result.nanoseconds)
                        writer.key("failures")
                        writer.array { for each in result.mismatches { write(each, run, to: &$0) } }
                    }
                }
            }
        }
    }

    private static func write(_ mismatch: Mismatch, _ run: SuiteRun, to writer: inout JSONWriter) {
        writer.object { writer in
            let place = run.suite.source.position(at: mismatch.range.lowerBound)
            writer.member("line", place.line)
            writer.member("column", place.column)
            writer.member("expected", mismatch.expected)
            writer.member("got", mismatch.got)
            writer.member("command", mismatch.command(file: run.file))
            if !mismatch.notes.isEmpty { strings("difference", mismatch.notes, to: &writer) }
            writer.key("trace")
            writer.array { writer in
                for line in mismatch.explanation.map({ TraceLine.lines(of: $0) }) ?? [] {
                    writer.object { writer in
                        writer.member("text", line.text)
                        if let span = line.span { self.place(span, to: &writer) }
                    }
                }
            }
        }
    }

    private static func write(_ result: MutationRun.Result, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", result.mutant.name)
            place(result.mutant.span, to: &writer)
            switch result.verdict {
            case .killed(let check):
                writer.member("verdict", "killed")
                writer.member("by", check)
            case .survived:
                writer.member("verdict", "survived")
                writer.member("advice", result.mutant.advice)
            case .equivalent(let reason):
                writer.member("verdict", "equivalent")
                writer.member("reason", reason)
            }
        }
    }

    private static func place(_ span: SourceSpan, to writer: inout JSONWriter) {
        writer.member("file", span.file)
        writer.member("line", span.line)
        writer.member("column", span.column)
    }

    private static func strings(_ name: String, _ values: [String], to writer: inout JSONWriter) {
        writer.key(name)
        writer.array { writer in for value in values { writer.string(value) } }
    }
}
