extension TokenError {
    /// What happened exactly, kept as values so that refusing a token does not cost any formatting.
    enum Detail: Sendable {
        case none
        /// A claim that is missing or has the wrong type.
        case claim([UInt8])
        /// What was found and what would have been accepted.
        case mismatch(found: [[UInt8]], accepted: [[UInt8]])
        /// A time claim against the clock, with the permitted skew or age in seconds.
        case time(claim: Double, now: Double, allowance: Double)
        /// The key that the header names, if any.
        case key([UInt8]?)
        /// A fixed explanation.
        case note(String)
        case size(found: Int, limit: Int)
    }

    /// The code, the sentence, and what the token actually says: for the terminal of its owner, never for a log.
    ///
    /// Control characters are escaped and long values are cut, so that a hostile token cannot play with a terminal.
    package var privateDescription: String {
        let detail = detailText
        return detail.isEmpty ? description : "\(description) (\(detail))"
    }

    private var detailText: String {
        switch detail {
        case .none: return ""
        case .claim(let name): return Self.quoted(name)
        case .mismatch(let found, let accepted):
            let have = found.isEmpty ? "nothing" : found.prefix(8).map(Self.quoted).joined(separator: ", ")
            if accepted.isEmpty { return "found \(have)" }
            return "found \(have); accepted: \(accepted.prefix(8).map(Self.quoted).joined(separator: ", "))"
        case .time(let claim, let now, let allowance): return timeText(claim, now, allowance)
        case .key(let name): return name.map { "kid \(Self.quoted($0))" } ?? "the token names no key"
        case .note(let text): return text
        case .size(let found, let limit): return "\(found) bytes, limit \(limit)"
        }
    }

    private func timeText(_ claim: Double, _ now: Double, _ allowance: Double) -> String {
        let moment = "\(claimName ?? "time") \(CivilTime.text(claim))"
        let distance = CivilTime.span(abs(now - claim))
        let extra = allowance > 0 ? ", allowance \(CivilTime.span(allowance))" : ""
        return claim <= now ? "\(moment), \(distance) ago\(extra)" : "\(moment), in \(distance)\(extra)"
    }

    /// Text from a token made safe to show.
    static func quoted(_ octets: [UInt8]) -> String {
        var out = "\""
        for scalar in String(decoding: octets.prefix(128), as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x20...0x7E where scalar != "\"" && scalar != "\\": out.unicodeScalars.append(scalar)
            // Letters of other scripts may pass; controls, bidirectional marks and separators may not.
            case 0xA1...0xFFFF_FFFF where scalar.properties.isAlphabetic: out.unicodeScalars.append(scalar)
            default: out += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return out + (octets.count > 128 ? "…\"" : "\"")
    }
}

/// Times and spans for people.
enum CivilTime {
    /// `1760000000 (2025-10-09T08:53:20Z)`; without the date where the calendar would need more than four digits.
    static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 253_402_300_800 else { return "\(seconds)" }
        let whole = seconds.rounded(.down)
        let number = whole == seconds ? "\(Int64(whole))" : "\(seconds)"
        return "\(number) (\(date(Int64(whole))))"
    }

    /// Days to civil date by the 400-year cycle of the Gregorian calendar, years beginning in March.
    private static func date(_ seconds: Int64) -> String {
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = "\(abs(number))"
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }

    /// `90 s` is `1 min 30 s`; two units at most.
    static func span(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "an eternity" }
        if seconds < 1 { return "less than a second" }
        let units: [(size: Int64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        var rest = Int64(seconds)
        var parts: [String] = []
        for unit in units where parts.count < 2 {
            let amount = rest / unit.size
            rest %= unit.size
            if amount > 0 { parts.append("\(amount) \(unit.name)") } else if !parts.isEmpty { break }
        }
        return parts.joined(separator: " ")
    }
}
