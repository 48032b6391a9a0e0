import Documents

extension SendingReport {
    // MARK: JSON

    /// Every cause with its examples, for programs.
    package func json() -> [UInt8] {
        let progress = outcome.progress
        var writer = JSONWriter(indentation: 2)
        writer.object { writer in
            writer.member("recording", recording)
            writer.member("mode", "url")
            writer.member("target", target.text)
            writer.member("tokens", tokens)
            writer.member(
                "pace",
                object: { writer in
                    writer.member("asked", settings.pace.text)
                    writer.member("achieved", progress.achieved)
                    write("ratio", progress.ratio, to: &writer)
                    write("plannedSeconds", progress.planned, to: &writer)
                    write("seconds", progress.elapsed, to: &writer)
                    for (name, share) in [("lateP50", 0.5), ("lateP95", 0.95), ("lateP99", 0.99)] {
                        write("\(name)Ms", Double(progress.lateness.percentile(share)) / 1e6, to: &writer)
                    }
                    write("lateMaxMs", Double(progress.lateness.maximum) / 1e6, to: &writer)
                })
            writer.member("failed", hasFailed)
            writer.member("stopped", outcome.isStopped)
            writer.member("unreachable", outcome.unreachable)
            writer.member("requests", plan.requests)
            writer.member("planned", plan.items.count)
            writer.member("sent", result.sent)
            writer.member("answered", result.answered)
            writer.member("same", result.same)
            writer.member("different", result.different)
            writer.member("unanswered", result.unanswered)
            writer.member("abandoned", result.abandoned)
            writer.member("altered", result.altered)
            writer.member("bodiesNotCompared", result.uncomparedBodies)
            writer.member("unreadable", plan.problemCount)
            writer.member("notRecorded", plan.dropped)
            write("unsafe", plan.unsafe, to: &writer)
            write("notSent", plan.skipped.merging(result.notSent, uniquingKeysWith: +), to: &writer)
            write("statuses", result.transitions, to: &writer)
            write("noise", result.noise, to: &writer)
            writer.member(
                "differences",
                array: { writer in
                    for group in result.causes { write(group, to: &writer) }
                })
            writer.member("furtherDifferences", result.furtherDifferences)
            writer.member(
                "latencies",
                array: { writer in
                    for (route, latencies) in result.latencies.sorted(by: { $0.key < $1.key }) {
                        writer.object { writer in
                            writer.member("route", route)
                            write("recordedMs", latencies.before, to: &writer)
                            write("nowMs", latencies.now, to: &writer)
                        }
                    }
                })
        }
        return writer.bytes + [0x0A]
    }

    private func write(_ name: String, _ value: Double?, to writer: inout JSONWriter) {
        writer.key(name)
        // A thousandth is finer than anything here is measured.
        if let value { writer.raw(Array("\((value * 1000).rounded() / 1000)".utf8)) } else { writer.null() }
    }

    private func write(_ name: String, _ counts: [String: Int], to writer: inout JSONWriter) {
        writer.member(
            name,
            object: { writer in
                for (key, count) in counts.sorted(by: { $0.key < $1.key }) { writer.member(key, count) }
            })
    }

    private func write(_ name: String, _ histogram: LogHistogram, to writer: inout JSONWriter) {
        writer.member(
            name,
            object: { writer in
                writer.member("count", histogram.count)
                for (key, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
                    write(key, Double(histogram.percentile(share)) / 1e6, to: &writer)
                }
            })
    }

    private func write(_ group: SendingResult.Group, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", group.kind.text)
            writer.member("counts", failOn.contains(group.kind))
            writer.member("route", group.routeKey)
            writer.member("place", group.place)
            writer.member("was", group.was)
            writer.member("now", group.now)
            writer.member("count", group.count)
            writer.member("principals", group.principals.count)
            writer.member(
                "examples",
                array: { writer in
                    for example in group.examples {
                        writer.object { writer in
                            writer.member("line", example.number)
                            writer.member("id", example.id)
                            writer.member("method", example.method)
                            writer.member("target", example.url)
                            writer.member("principal", example.principal)
                            writer.member("command", command(for: example))
                        }
                    }
                })
        }
    }

    // MARK: JUnit

    /// One test case for each route, failed when one of its differences counts. Routes of which nothing was sent are
    /// not there.
    package func junit() -> [UInt8] {
        let slow = Dictionary(grouping: slowRoutes, by: \.route)
        let byRoute = Dictionary(grouping: result.causes, by: \.routeKey)
        let routes = Set(result.latencies.keys).union(byRoute.keys).sorted()
        let failed = Set(byRoute.filter { $0.value.contains { failOn.contains($0.kind) } }.keys).union(slow.keys)
        let isCutShort = outcome.isStopped || outcome.unreachable != nil
        let seconds = (outcome.progress.elapsed * 1000).rounded() / 1000
        let counts = "tests=\"\(routes.count + (isCutShort ? 1 : 0))\" failures=\"\(failed.count)\""
        let errors = "errors=\"\(isCutShort ? 1 : 0)\""
        var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites \(counts) \(errors) time=\"\(seconds)\">\n"
        out += "  <testsuite name=\"gatehouse replay \(Markup.escape(recording)) to \(Markup.escape(target.text))\" "
        out += "\(counts) \(errors) skipped=\"0\" time=\"\(seconds)\">\n"
        if isCutShort {
            out += "    <testcase classname=\"gatehouse.replay\" name=\"the whole recording\">\n      <error "
            out +=
                "type=\"incomplete\" message=\"\(Markup.escape(outcome.unreachable ?? "stopped before the end"))\"/>\n"
            out += "    </testcase>\n"
        }
        for route in routes {
            out += "    <testcase classname=\"gatehouse.replay\" name=\"\(Markup.escape(route))\""
            guard failed.contains(route) else {
                out += "/>\n"
                continue
            }
            let causes = (byRoute[route] ?? []).filter { failOn.contains($0.kind) }
            let count = causes.reduce(0) { $0 + $1.count }
            out += ">\n      <failure type=\"difference\" message=\"\(ReplayReport.count(count, "answer")) changed\">"
            for group in causes {
                let place = group.place.isEmpty ? "" : " \(group.place)"
                out += Markup.escape(
                    "\(group.kind.text)\(place) \(group.count)\n  was \(group.was)\n  now \(group.now)\n")
                if let first = group.examples.first { out += Markup.escape("  show \(command(for: first))\n") }
            }
            if slow[route] != nil { out += "slower than --tolerate allows\n" }
            out += "</failure>\n    </testcase>\n"
        }
        return Array((out + "  </testsuite>\n</testsuites>\n").utf8)
    }

    // MARK: HTML

    /// One page that needs nothing else: no script, no font, no picture.
    package func html() -> [UInt8] {
        let isGood = !hasFailed && outcome.unreachable == nil && !outcome.isStopped
        let title = "Replay of \(Markup.escape(recording)) to \(Markup.escape(target.text))"
        var out = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>\(ReplayReport.style)</style></head><body>
            <h1>\(title)</h1>
            <p class="\(isGood ? "good" : "bad")">\(Markup.escape(verdict))\
            \(outcome.isStopped ? " (stopped before the end)" : "")</p>
            <p>\(result.sent) of \(ReplayReport.count(plan.items.count, "request")) sent · \
            \(ReplayReport.count(result.principals.count, "principal")) · tokens: \(Markup.escape(tokens)) · \
            \(outcome.progress.paceText)\(latenessText)</p>
            <h2>Statuses, before and now</h2>
            <table><tr><th>before</th><th>now</th><th>requests</th></tr>

            """
        for (name, count) in result.transitions.sorted(by: { $0.key < $1.key }) {
            let words = name.split(separator: " ")
            out += "<tr><td>\(words.first ?? "")</td><td>\(words.last ?? "")</td><td class=\"n\">\(count)</td></tr>\n"
        }
        out += "<tr><td colspan=\"2\">no answer</td><td class=\"n\">\(result.unanswered)</td></tr></table>\n"
        for kind in AnswerComparison.Kind.allCases { out += section(kind) }
        if result.furtherDifferences > 0 { out += "<p>\(result.furtherDifferences) more of further causes.</p>\n" }
        out += latencyTable()
        if !notes.isEmpty {
            out += "<h2>Left out, and what does not count</h2><ul>\n"
            for note in notes { out += "<li>\(Markup.escape(note))</li>\n" }
            out += "</ul>\n"
        }
        return Array((out + "</body></html>\n").utf8)
    }

    private func section(_ kind: AnswerComparison.Kind) -> String {
        let groups = result.causes.filter { $0.kind == kind }
        if groups.isEmpty { return "" }
        let counts = failOn.contains(kind)
        let count = groups.reduce(0) { $0 + $1.count }
        var out = "<h2 class=\"\(kind == .newlyAllowed ? "bad" : "")\">\(Markup.escape(Self.title(kind))) (\(count))"
        out += "\(counts ? "" : " <small>does not count</small>")</h2>\n"
        for group in groups {
            out +=
                "<section><h3>\(group.count) × \(Markup.escape(group.routeKey)) \(Markup.escape(group.place))</h3><dl>"
            out +=
                "<dt>was</dt><dd>\(Markup.escape(group.was))</dd><dt>now</dt><dd>\(Markup.escape(group.now))</dd></dl>\n"
            out += "<details><summary>\(ReplayReport.count(group.principals.count, "principal")), first in line "
            out += "\(group.examples.first?.number ?? 0)</summary><table>"
            for example in group.examples {
                out += "<tr><td class=\"n\">\(example.number)</td><td>\(Markup.escape(example.method)) "
                out += "\(Markup.escape(example.url))</td><td>\(Markup.escape(example.principal ?? "-"))</td>"
                out += "<td><code>\(Markup.escape(command(for: example)))</code></td></tr>\n"
            }
            out += "</table></details></section>\n"
        }
        return out
    }

    private static func title(_ kind: AnswerComparison.Kind) -> String {
        switch kind {
        case .newlyAllowed: "Newly allowed"
        case .newlyDenied: "Newly denied"
        case .status: "Another status"
        case .header: "Another header"
        case .body: "Another body"
        case .unanswered: "No answer"
        }
    }

    private func latencyTable() -> String {
        if result.latencies.isEmpty { return "" }
        var out = "<h2>Time to the end of the answer, p50 p95 p99</h2>\n<table><tr><th>route</th><th>recorded</th>"
        out += "<th>now</th></tr>\n"
        for (route, latencies) in result.latencies.sorted(by: { $0.key < $1.key }) {
            out += "<tr><td>\(Markup.escape(route))</td><td>\(Self.percentiles(latencies.before))</td>"
            out += "<td>\(Self.percentiles(latencies.now))</td></tr>\n"
        }
        return out + "</table>\n"
    }
}
