import Documents

/// What a replay tells its owner, in the forms that people and machines read.
package struct ReplayReport: Sendable {
    package var result: ReplayResult
    /// The recording as it was named.
    package var recording: String
    package var configuration: String
    /// `recorded`, or the moment that counted.
    package var clock: String
    package var trustsClaims: Bool
    package var seconds: Double
    /// Further flags of the command, to reproduce it.
    package var flags: [String]

    package init(
        result: ReplayResult, recording: String, configuration: String, clock: String, trustsClaims: Bool,
        seconds: Double, flags: [String] = []
    ) {
        self.result = result
        self.recording = recording
        self.configuration = configuration
        self.clock = clock
        self.trustsClaims = trustsClaims
        self.seconds = seconds
        self.flags = flags
    }

    var tokens: String {
        trustsClaims
            ? "recorded claims, also where no signature was ever found good"
            : "recorded claims (signatures were verified when recorded)"
    }

    var rate: Int { seconds > 0 ? Int((Double(result.requests) / seconds).rounded()) : 0 }

    /// The command that shows one difference again.
    func command(for example: ReplayResult.Drift.Example) -> String {
        let parts = ["gatehouse", "replay", recording, "--offline"] + flags + ["--filter", "line=\(example.number)"]
        return parts.map(Self.quoted).joined(separator: " ")
    }

    /// A word for a shell.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { ByteKind.isAlphanumeric($0) || "-_./=:@,+".utf8.contains($0) }
        return isPlain && !word.isEmpty
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// `1 problem`, `2 problems`
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    // MARK: Text

    /// For a terminal; what came from outside is shown with its control characters made visible.
    package func text() -> String {
        var out = "policy-only replay, clock = \(clock), tokens = \(tokens)\n"
        let time = String(Double(Int(seconds * 10)) / 10)
        out += "  \(Self.count(result.requests, "request")), \(Self.count(result.principals.count, "principal")), "
        out += "\(Self.count(result.routes.count, "route"))   \(time) s (\(rate)/s)\n"
        out += "  same decision   \(result.same)\n"
        out += "  undecidable     \(result.undecidable)\n"
        out += "  DRIFT           \(result.drifted)"
        if result.hasDrift { out += "   (" + directions.joined(separator: ", ") + ")" }
        out += "\n"
        for drift in result.causes { out += "\n" + text(of: drift) }
        if result.furtherDrift > 0 { out += "\n  and \(result.furtherDrift) of further causes\n" }
        if result.undecidable > 0 {
            out += "\n  undecidable: the recording no longer holds what the decision depends on [GH6201]\n"
            for (reason, count) in result.undecidableReasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) })
                .prefix(10)
            {
                out += "       \(count)  \(DiagnosticPrinter.visible(reason))\n"
            }
        }
        if result.dropped > 0 {
            out +=
                "\nwarning[GH6008]: \(result.dropped) requests were not recorded when the recorder could not keep up\n"
        }
        return out
    }

    private var directions: [String] {
        ReplayResult.Direction.allCases.reversed().compactMap { direction in
            let count = result.causes.filter { $0.direction == direction }.reduce(0) { $0 + $1.count }
            return count > 0 ? "\(direction.text) \(count)" : nil
        }
    }

    private func text(of drift: ReplayResult.Drift) -> String {
        func show(_ text: String) -> String { DiagnosticPrinter.visible(text) }
        let mark = drift.direction == .newlyAllowed ? "  !!" : ""
        var out = "  \(drift.direction.text)  \(drift.count)\(mark)   \(show(drift.routeKey))"
        if !drift.principals.isEmpty { out += "   \(Self.count(drift.principals.count, "principal"))" }
        if let first = drift.examples.first { out += "   \(show(recording)):\(first.number)" }
        out += drift.count > 1 ? " …\n" : "\n"
        out += "       was  \(show(drift.was))\n"
        out += "       now  \(show(drift.now))"
        if let span = drift.span { out += "   \(span.description)" }
        out += "\n"
        if let first = drift.examples.first { out += "       show \(show(command(for: first)))\n" }
        return out
    }

    /// What could not be read, one line each.
    package func problems() -> String { Self.problems(result, recording) }

    package static func problems(_ result: ReplayResult, _ recording: String) -> String {
        var out = ""
        for problem in result.problems.prefix(20) {
            let word = problem.severity == .error ? "error" : "warning"
            out += "\(word)[\(problem.code)]: \(DiagnosticPrinter.visible(recording)):\(problem.entry) "
            out += "(byte \(problem.offset)): \(problem.message)\n"
            if let help = problem.help { out += "  help: \(help)\n" }
        }
        if result.problemCount > 20 { out += "and \(result.problemCount - 20) more; the rest was read\n" }
        return out
    }
}
