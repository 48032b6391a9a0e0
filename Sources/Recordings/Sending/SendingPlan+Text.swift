import Documents

extension SendingPlan {
    /// The plan in a few lines, for people who are to agree to it.
    ///
    /// - Parameter tokens: what requests prove who they are with, in words.
    package func text(target: ReplayTarget, pace: ReplayPace, tokens words: String, allowsUnsafe: Bool) -> String {
        let noun = allowsUnsafe ? "request" : "safe request"
        var parts = ["\(ReplayReport.count(items.count, noun)) of \(requests) to \(target.text)"]
        if !unsafe.isEmpty {
            let methods = unsafe.keys.sorted().prefix(5).map(DiagnosticPrinter.visible).joined(separator: "/")
            parts[0] += " (\(unsafeCount) \(methods) skipped; --allow-unsafe sends them)"
        } else if allowsUnsafe {
            parts[0] += ", UNSAFE METHODS INCLUDED"
        }
        parts.append(ReplayReport.count(principals.count, "principal") + ", " + words)
        parts.append(paceWords(pace))
        var out = "plan: " + parts.joined(separator: ",\n      ") + "\n"
        for (reason, count) in skipped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(10) {
            out += "      \(count) not sent: \(DiagnosticPrinter.visible(reason))\n"
        }
        if altered > 0 { out += "      \(altered) go without cookies or keys that the recording does not hold\n" }
        return out
    }

    private func paceWords(_ pace: ReplayPace) -> String {
        func span(_ seconds: Double) -> String { seconds < 10 ? SpanWords.short(seconds) : SpanWords.long(seconds) }
        let original = "original \(span(times.original))"
        switch pace {
        case .asap: return "\(original) -> as fast as answers come"
        case .rate: return "\(original) -> \(span(times.planned)) at \(pace.text)"
        case .recorded(let speed):
            var words = "\(original) -> \(span(times.original / speed)) at \(pace.text)"
            if times.saved >= 0.5 {
                words += ", --max-gap saves \(SpanWords.long(times.saved)) -> about \(SpanWords.long(times.planned))"
            }
            return words
        }
    }
}
