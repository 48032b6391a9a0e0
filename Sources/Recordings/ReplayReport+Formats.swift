import Documents

extension ReplayReport {
    // MARK: JSON

    /// Every cause with its examples, for programs.
    package func json() -> [UInt8] {
        var writer = JSONWriter(indentation: 2)
        writer.object { writer in
            writer.member("recording", recording)
            writer.member("configuration", configuration)
            writer.member("mode", "offline")
            writer.member("clock", clock)
            writer.member("tokens", trustsClaims ? "trusted" : "recorded")
            writer.key("seconds")
            writer.raw(Array(String(seconds).utf8))
            writer.member("requests", result.requests)
            writer.member("principals", result.principals.count)
            writer.member("routes", result.routes.count)
            writer.member("same", result.same)
            writer.member("drifted", result.drifted)
            writer.member("undecidable", result.undecidable)
            writer.member("notRecorded", result.dropped)
            writer.member("unreadable", result.problemCount)
            writer.member("transitions", counts: result.transitions)
            writer.member("undecidableReasons", counts: result.undecidableReasons)
            writer.member(
                "drift",
                array: { writer in
                    for drift in result.causes { write(drift, to: &writer) }
                })
            writer.member("furtherDrift", result.furtherDrift)
            writer.member(
                "problems",
                array: { writer in
                    for problem in result.problems {
                        writer.object { writer in
                            writer.member("code", problem.code)
                            writer.member("entry", problem.entry)
                            writer.member("offset", problem.offset)
                            writer.member("message", problem.message)
                        }
                    }
                })
        }
        return writer.bytes + [0x0A]
    }

    private func write(_ drift: ReplayResult.Drift, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("direction", drift.direction.text)
            writer.member("route", drift.routeKey)
            writer.member("was", drift.was)
            writer.member("now", drift.now)
            writer.member("source", drift.span?.description)
            writer.member("count", drift.count)
            writer.member("principals", drift.principals.count)
            writer.member(
                "examples",
                array: { writer in
                    for example in drift.examples {
                        writer.object { writer in
                            writer.member("line", example.number)
                            writer.member("id", example.id)
                            writer.member("method", example.method)
                            writer.member("url", example.url)
                            writer.member("principal", example.principal)
                            writer.member("command", command(for: example))
                        }
                    }
                })
        }
    }

    // MARK: JUnit

    /// One test case for each route, failed when its decisions changed.
    package func junit() -> [UInt8] {
        let byRoute = Dictionary(grouping: result.causes, by: \.routeKey)
        let routes = result.routes.union(byRoute.keys).sorted()
        var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        out += "<testsuites tests=\"\(routes.count)\" failures=\"\(byRoute.count)\" time=\"\(seconds)\">\n"
        out += "  <testsuite name=\"gatehouse replay \(Markup.escape(recording))\" tests=\"\(routes.count)\" "
        out += "failures=\"\(byRoute.count)\" errors=\"0\" skipped=\"0\" time=\"\(seconds)\">\n"
        for route in routes {
            out += "    <testcase classname=\"gatehouse.replay\" name=\"\(Markup.escape(route))\""
            guard let causes = byRoute[route] else {
                out += "/>\n"
                continue
            }
            let count = causes.reduce(0) { $0 + $1.count }
            out += ">\n      <failure type=\"drift\" message=\"\(Self.count(count, "decision")) changed\">"
            for drift in causes {
                out += Markup.escape("\(drift.direction.text) \(drift.count)\n  was \(drift.was)\n  now \(drift.now)\n")
                if let first = drift.examples.first { out += Markup.escape("  show \(command(for: first))\n") }
            }
            out += "</failure>\n    </testcase>\n"
        }
        return Array((out + "  </testsuite>\n</testsuites>\n").utf8)
    }

    // MARK: HTML

    /// One page that needs nothing else: no script, no font, no picture.
    package func html() -> [UInt8] {
        let verdict =
            result.hasDrift ? "FAILED: \(Self.count(result.drifted, "decision")) changed" : "no decision changed"
        var out = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Replay of \(Markup.escape(recording))</title>
            <style>\(Self.style)</style></head><body>
            <h1>Replay of \(Markup.escape(recording)) against \(Markup.escape(configuration)) (offline)</h1>
            <p class="\(result.hasDrift ? "bad" : "good")">\(verdict)</p>
            <p>\(Self.count(result.requests, "request")) · \(Self.count(result.principals.count, "principal")) · clock \
            \(Markup.escape(clock)) · tokens: \(Markup.escape(tokens)) · \(rate) a second</p>
            <h2>Decisions, before and now</h2>
            <table><tr><th>before</th><th>now</th><th>requests</th></tr>

            """
        for (name, count) in result.transitions.sorted(by: { $0.key < $1.key }) {
            let words = name.split(separator: " ")
            out += "<tr><td>\(words.first ?? "")</td><td>\(words.last ?? "")</td><td class=\"n\">\(count)</td></tr>\n"
        }
        out += "<tr><td colspan=\"2\">undecidable</td><td class=\"n\">\(result.undecidable)</td></tr></table>\n"
        for direction in ReplayResult.Direction.allCases { out += section(direction) }
        if result.furtherDrift > 0 { out += "<p>\(result.furtherDrift) more of further causes.</p>\n" }
        if result.undecidable > 0 {
            out += "<h2>Undecidable (\(result.undecidable))</h2><ul>\n"
            for (reason, count) in result.undecidableReasons.sorted(by: { $0.key < $1.key }) {
                out += "<li>\(count) × \(Markup.escape(reason))</li>\n"
            }
            out += "</ul>\n"
        }
        if result.problemCount > 0 || result.dropped > 0 {
            out += "<h2>Not in this report</h2><p>\(Self.count(result.problemCount, "line")) could not be read, "
            out += "\(Self.count(result.dropped, "request")) had not been recorded.</p>\n"
        }
        return Array((out + "</body></html>\n").utf8)
    }

    private func section(_ direction: ReplayResult.Direction) -> String {
        let causes = result.causes.filter { $0.direction == direction }
        if causes.isEmpty { return "" }
        let title =
            switch direction {
            case .newlyAllowed: "Newly allowed"
            case .newlyDenied: "Newly denied"
            case .other: "Denied in another way"
            }
        let count = causes.reduce(0) { $0 + $1.count }
        var out = "<h2 class=\"\(direction == .newlyAllowed ? "bad" : "")\">\(title) (\(count))</h2>\n"
        for drift in causes {
            out += "<section><h3>\(drift.count) × \(Markup.escape(drift.routeKey))</h3><dl>"
            out += "<dt>was</dt><dd>\(Markup.escape(drift.was))</dd><dt>now</dt><dd>\(Markup.escape(drift.now))"
            if let span = drift.span { out += " <small>\(Markup.escape(span.description))</small>" }
            out += "</dd></dl>\n<details><summary>\(Self.count(drift.principals.count, "principal")), "
            out += "first in line \(drift.examples.first?.number ?? 0)</summary><table>"
            for example in drift.examples {
                out += "<tr><td class=\"n\">\(example.number)</td><td>\(Markup.escape(example.method)) "
                out += "\(Markup.escape(example.url))</td><td>\(Markup.escape(example.principal ?? "-"))</td>"
                out += "<td><code>\(Markup.escape(command(for: example)))</code></td></tr>\n"
            }
            out += "</table></details></section>\n"
        }
        return out
    }

    static let style = """
        :root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}
        h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 0}
        table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
        .n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.85em}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem;margin:.3rem 0}dd{margin:0}
        .bad{color:#b00020;font-weight:600}.good{color:#0a6b2d;font-weight:600}
        @media (prefers-color-scheme:dark){.bad{color:#ff8a80}.good{color:#7ddc9a}}
        @media print{details{display:block}}
        """
}

/// Text of others inside XML and HTML.
enum Markup {
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n": out += "\n"
            // XML 1.0 has no place for control characters, and directions of writing could make a line lie.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): out += "\u{FFFD}"
            case _ where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
                out += "\u{FFFD}"
            case _ where scalar.value & 0xFFFE == 0xFFFE: out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, counts: [String: Int]) {
        member(
            name,
            object: { writer in
                for (key, count) in counts.sorted(by: { $0.key < $1.key }) { writer.member(key, count) }
            })
    }
}
