import Documents

/// What a replay to a URL tells its owner, in the forms that people and machines read. It holds no token and no secret:
/// answers were redacted before they were compared.
package struct SendingReport: Sendable {
    package var plan: SendingPlan
    package var outcome: ReplaySender.Outcome
    /// The recording as it was named.
    package var recording: String
    package var target: ReplayTarget
    /// What requests proved who they are with, in a sentence.
    package var tokens: String
    package var settings: ReplaySender.Settings
    /// Which kinds of differences make the replay a failure.
    package var failOn: Set<AnswerComparison.Kind>
    /// How many times as slow as recorded a route may be; nil looks at nothing.
    package var latencyTolerance: Double?
    /// Further flags of the command, to reproduce it.
    package var flags: [String]

    package init(
        plan: SendingPlan, outcome: ReplaySender.Outcome, recording: String, target: ReplayTarget, tokens: String,
        settings: ReplaySender.Settings, failOn: Set<AnswerComparison.Kind>, latencyTolerance: Double? = nil,
        flags: [String] = []
    ) {
        self.plan = plan
        self.outcome = outcome
        self.recording = recording
        self.target = target
        self.tokens = tokens
        self.settings = settings
        self.failOn = failOn
        self.latencyTolerance = latencyTolerance
        self.flags = flags
    }

    var result: SendingResult { outcome.result }

    /// Differences that count, and routes that became too slow.
    package var failures: Int {
        failOn.reduce(0) { $0 + result.count($1) } + slowRoutes.count + (result.furtherDifferences > 0 ? 1 : 0)
    }

    /// A replay that sent nothing has shown nothing.
    package var hasFailed: Bool { failures > 0 || hasComparedNothing }

    /// Nothing was sent, or nothing of what was sent has come to an end.
    private var hasComparedNothing: Bool { result.answered == 0 && result.unanswered == 0 }

    /// Routes whose 95th percentile passes what `--tolerate` allows, with both figures in nanoseconds.
    var slowRoutes: [(route: String, before: UInt64, now: UInt64)] {
        guard let latencyTolerance else { return [] }
        return result.latencies.sorted { $0.key < $1.key }.compactMap { route, latencies in
            let before = latencies.before.percentile(0.95)
            let now = latencies.now.percentile(0.95)
            guard before > 0, Double(now) > Double(before) * latencyTolerance else { return nil }
            return (route, before, now)
        }
    }

    var verdict: String {
        if let unreachable = outcome.unreachable { return "GIVEN UP: \(unreachable)" }
        if result.sent == 0 { return "FAILED: nothing was sent" }
        if hasComparedNothing { return "FAILED: nothing was compared" }
        var parts = AnswerComparison.Kind.allCases.compactMap { kind in
            let count = result.count(kind)
            return count > 0 && failOn.contains(kind) ? "\(kind.text) \(count)" : nil
        }
        if !slowRoutes.isEmpty { parts.append("slower \(slowRoutes.count)") }
        if parts.isEmpty, result.furtherDifferences > 0 { parts.append("other causes \(result.furtherDifferences)") }
        return parts.isEmpty ? "no difference that counts" : "FAILED: " + parts.joined(separator: ", ")
    }

    /// The command that shows one difference again.
    func command(for example: ReplayResult.Drift.Example) -> String {
        let parts =
            ["gatehouse", "replay", recording, "--to", target.text] + flags + ["--filter", "line=\(example.number)"]
        return parts.map(ReplayReport.quoted).joined(separator: " ")
    }

    // MARK: Text

    /// For a terminal; what came from outside is shown with its control characters made visible.
    package func text() -> String {
        let progress = outcome.progress
        var out = "replay to \(target.text), tokens: \(show(tokens))\n"
        out += "  sent \(result.sent) of \(ReplayReport.count(plan.items.count, "request")) in "
        out += "\(SpanWords.short(progress.elapsed)); \(progress.paceText)\(latenessText)\n"
        if outcome.isStopped { out += "  STOPPED before the end: this is what was known by then\n" }
        if let unreachable = outcome.unreachable {
            out += "error[GH6205]: \(target.text) does not answer: \(unreachable)\n"
        }
        out += "  same answer     \(result.same)\n"
        out += "  different       \(result.different)\n"
        out += "  no answer       \(result.unanswered)\n"
        out += "  not sent        \(notSentCount)\n"
        if result.abandoned > 0 { out += "  not waited for  \(result.abandoned)\n" }
        for group in result.causes { out += "\n" + text(of: group) }
        if result.furtherDifferences > 0 { out += "\n  and \(result.furtherDifferences) of further causes\n" }
        out += latencyText() + notesText()
        return out + "\n" + verdict + "\n"
    }

    var notSentCount: Int { plan.unsafeCount + plan.skippedCount + result.notSent.values.reduce(0, +) }

    /// How late requests went out; of no meaning where none was due at a time.
    var latenessText: String {
        if settings.pace == .asap { return "" }
        let lateness = outcome.progress.lateness
        func late(_ nanoseconds: UInt64) -> String { SpanWords.short(Double(nanoseconds) / 1e9) }
        return "; late p50 \(late(lateness.percentile(0.5))), p95 \(late(lateness.percentile(0.95))), "
            + "max \(late(lateness.maximum))"
    }

    private func show(_ text: String) -> String { DiagnosticPrinter.visible(text) }

    private func text(of group: SendingResult.Group) -> String {
        let mark = group.kind == .newlyAllowed ? "  !!" : failOn.contains(group.kind) ? "" : "  (does not count)"
        var out = "  \(group.kind.text)  \(group.count)\(mark)   \(show(group.routeKey))"
        if !group.place.isEmpty { out += "   \(show(group.place))" }
        if !group.principals.isEmpty { out += "   \(ReplayReport.count(group.principals.count, "principal"))" }
        if let first = group.examples.first { out += "   \(show(recording)):\(first.number)" }
        out += group.count > 1 ? " …\n" : "\n"
        out += "       was  \(show(group.was))\n       now  \(show(group.now))\n"
        if let first = group.examples.first { out += "       show \(show(command(for: first)))\n" }
        return out
    }

    private func latencyText() -> String {
        let rows = result.latencies.sorted { ($1.value.now.count, $0.key) < ($0.value.now.count, $1.key) }
        guard !rows.isEmpty else { return "" }
        var out = "\n  time to the end of the answer, p50 p95 p99          recorded                  now\n"
        for (route, latencies) in rows.prefix(20) {
            out += "  \(padded(show(route), 40))  \(padded(Self.percentiles(latencies.before), 26))"
            out += "\(Self.percentiles(latencies.now))\n"
        }
        for slow in slowRoutes {
            out += "  slower than --tolerate allows: \(show(slow.route))  p95 "
            out += "\(SpanWords.short(Double(slow.before) / 1e9)) -> \(SpanWords.short(Double(slow.now) / 1e9))\n"
        }
        return out
    }

    static func percentiles(_ histogram: LogHistogram) -> String {
        guard histogram.count > 0 else { return "-" }
        return [0.5, 0.95, 0.99].map { SpanWords.short(Double(histogram.percentile($0)) / 1e9) }.joined(separator: "  ")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.unicodeScalars.count))
    }

    /// What was left out and what does not count, in lines.
    var notes: [String] {
        var lines: [String] = []
        for (method, count) in plan.unsafe.sorted(by: { $0.key < $1.key }) {
            lines.append("\(count) not sent: \(method) is not safe (--allow-unsafe sends it)")
        }
        for (reason, count) in plan.skipped.merging(result.notSent, uniquingKeysWith: +).sorted(by: {
            ($1.value, $0.key) < ($0.value, $1.key)
        }) {
            lines.append("\(count) not sent: \(reason)")
        }
        if result.altered > 0 {
            lines.append("\(result.altered) went without cookies or keys that the recording does not hold")
        }
        if result.uncomparedBodies > 0 { lines.append("\(result.uncomparedBodies) bodies could not be compared") }
        if outcome.learning > 0 { lines.append("\(outcome.learning) more were sent to learn what differs by itself") }
        for (place, count) in result.noise.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(20) {
            lines.append("noise: \(place) \(count) ×")
        }
        if plan.dropped > 0 {
            lines.append("\(plan.dropped) had not been recorded, because the recorder could not keep up")
        }
        return lines
    }

    private func notesText() -> String {
        notes.isEmpty ? "" : "\n" + notes.map { "  \(show($0))\n" }.joined()
    }

    /// What could not be read, one line each.
    package static func problems(of plan: SendingPlan, _ recording: String) -> String {
        var reading = ReplayResult()
        for problem in plan.problems { reading.add(problem) }
        return ReplayReport.problems(reading, recording)
    }
}
