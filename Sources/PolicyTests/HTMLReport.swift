import Documents
import Gateway
import Routes
import Tokens

/// The matrix as one page that a reviewer can read, print and sign: no scripts, nothing loaded, light and dark.
///
/// Everything that comes from a configuration or a test file is escaped, and the page forbids itself any script.
package enum HTMLReport {
    package static func render(_ report: TestReport) -> String {
        var page = Page()
        let verdict = report.hasPassed ? "passed" : "failed"
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>Who may call what: \(verdict)</title>\n")
        page.raw("<style>\(style)</style>\n</head>\n<body>\n<main>\n")
        page.raw("<h1>Who may call what <span class=\"verdict \(verdict)\">\(verdict)</span></h1>\n")
        page.paragraph(report.summary)
        for group in report.groups { write(group, &page) }
        page.raw(
            "<section class=\"sign\"><h2>Review</h2>\n<p>Reviewed by <span class=\"line\"></span> on "
                + "<span class=\"line short\"></span></p></section>\n</main>\n</body>\n</html>\n")
        return page.text
    }

    private static func write(_ group: TestReport.Group, _ page: inout Page) {
        page.raw("<section>\n")
        page.heading(2, "\(group.configuration), stage \(group.stageName)")
        if !group.replacedKeys.isEmpty {
            page.paragraph("Generated key pairs stand in for: \(group.replacedKeys.joined(separator: ", ")).")
        }
        for run in group.runs { write(run, &page) }
        if group.isWhole { coverage(group, &page) }
        if let mutation = group.mutation { mutants(mutation, &page) }
        page.raw("</section>\n")
    }

    // MARK: Files

    private static func write(_ run: SuiteRun, _ page: inout Page) {
        page.heading(3, run.file)
        page.paragraph("Clock \(Moment.text(run.suite.clock.seconds)).")
        callers(run.suite, &page)
        var byPlace: [[Int]: CheckResult] = [:]
        for result in run.results {
            if let place = result.check.place { byPlace[[place.matrix, place.row, place.column]] = result }
        }
        for (number, matrix) in run.suite.matrices.enumerated() {
            page.raw(
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(page.escaped(matrix.name))\">\n<table>\n<caption>"
            )
            page.text(matrix.name)
            page.raw("</caption>\n<thead><tr><th scope=\"col\">request</th>")
            for column in matrix.columns { page.element("th scope=\"col\"", run.suite.principals[column].name) }
            page.raw("</tr></thead>\n<tbody>\n")
            for (row, each) in matrix.rows.enumerated() {
                page.raw("<tr>")
                page.element("th scope=\"row\"", ReportMask.hide(each.request.text))
                for (column, cell) in each.cells.enumerated() {
                    let result = byPlace[[number, row, column]]
                    let kind = kind(cell.expected)
                    let mark = result.map { $0.hasPassed ? " ✓" : " ✗ failed" } ?? ""
                    let failed = result.map { !$0.hasPassed } ?? false
                    let word = cell.expected == .unstated ? "open" : cell.expected.text
                    page.element("td class=\"\(failed ? "bad" : kind)\"", word + mark)
                }
                page.raw("</tr>\n")
            }
            page.raw("</tbody>\n</table>\n</div>\n")
        }
        let others = run.results.filter { $0.check.kind != .cell }
        if !others.isEmpty {
            page.raw("<ul>\n")
            for result in others {
                page.raw("<li class=\"\(result.hasPassed ? "good" : "bad")\">\(result.hasPassed ? "✓" : "✗ failed") ")
                page.text(result.check.name)
                page.raw("<ul>\n")
                for step in result.check.steps {
                    page.element("li", step.sentence)
                    page.raw("\n")
                }
                page.raw("</ul></li>\n")
            }
            page.raw("</ul>\n")
        }
        for result in run.failures {
            page.raw("<details open>\n<summary>")
            page.text(result.check.name)
            page.raw("</summary>\n")
            for mismatch in result.mismatches {
                let place = run.suite.source.position(at: mismatch.range.lowerBound)
                page.paragraph("\(place.file):\(place.line):\(place.column): expected \(mismatch.expected)")
                page.raw("<pre>")
                page.text(mismatch.details(in: run).joined(separator: "\n"))
                page.raw("</pre>\n")
            }
            page.raw("</details>\n")
        }
    }

    /// Who stands behind the names of the columns.
    private static func callers(_ suite: TestSuite, _ page: inout Page) {
        if suite.principals.isEmpty { return }
        page.raw("<details open>\n<summary>Callers</summary>\n<div class=\"wide\">\n<table>\n<thead><tr>")
        page.raw(
            "<th scope=\"col\">name</th><th scope=\"col\">token</th><th scope=\"col\">claims</th></tr></thead>\n<tbody>\n"
        )
        for principal in suite.principals {
            page.raw("<tr>")
            page.element("th scope=\"row\"", principal.name)
            page.element("td", principal.token.preset?.rawValue ?? "good")
            let claims = principal.claims.map { claim in
                "\(claim.name) \(ReportMask.isSecret(claim.name) ? "…" : ValueMatcher.text(of: claim.value))"
            }
            page.element("td", principal.token.preset == .missing ? "" : claims.joined(separator: ", "))
            page.raw("</tr>\n")
        }
        page.raw("</tbody>\n</table>\n</div>\n</details>\n")
    }

    private static func kind(_ expected: CellExpectation) -> String {
        switch expected {
        case .allow: "allow"
        case .deny, .explicitDeny: "deny"
        case .noRoute: "deny"
        case .status(let status): status < 400 ? "allow" : status < 500 ? "deny" : "open"
        case .unstated: "open"
        }
    }

    // MARK: Coverage and mutants

    private static func coverage(_ group: TestReport.Group, _ page: inout Page) {
        page.heading(3, "What the tests reach")
        page.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"coverage\">\n<table>\n<thead><tr>")
        page.raw(
            "<th scope=\"col\">of</th><th scope=\"col\">reached</th><th scope=\"col\">goal</th>"
                + "<th scope=\"col\">missing</th></tr></thead>\n<tbody>\n")
        for figure in group.coverage.figures {
            let goal = group.goals[figure.name]
            let isShort = goal.map { figure.percent < $0 } ?? false
            page.raw("<tr>")
            page.element("th scope=\"row\"", figure.name == "cells" ? "route by principal" : figure.name)
            page.element(
                "td class=\"\(isShort ? "bad" : "")\"", "\(figure.reached) of \(figure.total) (\(figure.percent) %)")
            page.element("td", goal.map { "\($0) %" } ?? "none")
            page.element("td", figure.missing.map { "\($0.name) (\($0.span))" }.joined(separator: ", "))
            page.raw("</tr>\n")
        }
        page.raw("</tbody>\n</table>\n</div>\n")
        let coverage = group.coverage
        page.raw("<details>\n<summary>Policy statements</summary>\n<ul>\n")
        for (index, statement) in coverage.statements.enumerated() {
            let isReached = coverage.reachedStatements.contains(index)
            page.raw("<li class=\"\(isReached ? "good" : "bad")\">")
            page.text("\(isReached ? "✓ decided a check" : "✗ decided none"): \(statement.name) (\(statement.span))")
            page.raw("</li>\n")
        }
        page.raw("</ul>\n</details>\n")
    }

    private static func mutants(_ run: MutationRun, _ page: inout Page) {
        page.heading(3, "Changes that the tests would notice")
        page.paragraph(
            "\(run.results.count) changes tried: \(run.killed) noticed, \(run.survivors.count) not noticed, "
                + "\(run.equivalents.count) make no difference.")
        page.raw("<ul>\n")
        for mutant in run.survivors {
            page.raw("<li class=\"bad\">")
            page.text("✗ not noticed: \(mutant.name) (\(mutant.span)): \(mutant.advice)")
            page.raw("</li>\n")
        }
        for (mutant, reason) in run.equivalents {
            page.raw("<li>")
            page.text("makes no difference: \(mutant.name) (\(mutant.span)): \(reason)")
            page.raw("</li>\n")
        }
        page.raw("</ul>\n")
    }

    /// Text and markup, kept apart: only ``raw(_:)`` writes markup.
    private struct Page {
        var text = ""

        mutating func raw(_ markup: String) { text += markup }

        func escaped(_ text: String) -> String { MarkupText.escape(DiagnosticPrinter.visible(text)) }

        mutating func text(_ content: String) { text += MarkupText.escape(DiagnosticLines.visible(content)) }

        mutating func element(_ tag: String, _ content: String) {
            raw("<\(tag)>")
            text(content)
            raw("</\(tag.prefix { $0 != " " })>")
        }

        mutating func heading(_ level: Int, _ content: String) {
            element("h\(level)", content)
            raw("\n")
        }

        mutating func paragraph(_ content: String) {
            element("p", content)
            raw("\n")
        }
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--page:#fff;--line:#c4c9d0;--head:#f0f2f5;--allow:#d9f2dd;--deny:#fbe4d5;\
        --open:#eceef1;--bad:#b3122a;--on-bad:#fff;--soft:#4a525c}\
        @media (prefers-color-scheme:dark){:root{--ink:#e7eaee;--page:#14171b;--line:#444c56;--head:#20252b;--allow:#173d22;\
        --deny:#4a2a14;--open:#2a2f36;--bad:#ff8a97;--on-bad:#14171b;--soft:#b3bbc4}}\
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\
        main{max-width:72rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2rem}\
        h3{font-size:1.05rem;margin-top:1.5rem}.verdict{font-size:1rem;padding:.15rem .6rem;border-radius:.3rem}\
        .verdict.passed{background:var(--allow)}.verdict.failed{background:var(--bad);color:var(--on-bad)}\
        .wide{overflow-x:auto}table{border-collapse:collapse;margin:.75rem 0}caption{text-align:left;font-weight:600}\
        th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}\
        thead th{background:var(--head)}tbody th{font:14px/1.5 ui-monospace,monospace;white-space:nowrap}\
        tbody td.allow,tbody td.deny,tbody td.open{white-space:nowrap}td.allow{background:var(--allow)}td.deny{background:var(--deny)}td.open{background:var(--open);color:var(--soft)}\
        td.bad{background:var(--bad);color:var(--on-bad);font-weight:700}li.bad{color:var(--bad);font-weight:600}\
        pre{overflow-x:auto;background:var(--head);padding:.75rem;border-radius:.3rem;font:13px/1.45 ui-monospace,monospace}\
        summary{font-weight:600;cursor:pointer}.line{display:inline-block;border-bottom:1px solid var(--ink);width:18rem}\
        .line.short{width:10rem}@media print{main{max-width:none;padding:0}.wide{overflow:visible}details{break-inside:avoid}}
        """
}
