internal import Documents

/// Requests that two readers may read differently are let in.
struct LooseReadingLint: Lint {
    static let rule = LintRule(
        "GH3225", .warning, "requests with two readings are let in",
        why: "What is decided on and what the backend reads can then be two things: an encoded slash, a path with two "
            + "readings, a header name with unusual characters. Gates are passed that way (see "
            + "docs/Decisions/0002-requests-with-two-readings.md).",
        example: "\"pathNormalization\": { \"ambiguous\": \"allow\" }",
        remedy: "Leave the key out; if a real client needs it, make sure that the backend reads paths and headers as "
            + "the gateway does.")

    private static let loose: [(section: String, key: String, values: [String], strict: String)] = [
        ("pathNormalization", "encodedSlash", ["keep"], "reject"),
        ("pathNormalization", "ambiguous", ["allow"], "reject"),
        ("", "headerNames", ["pass"], "strict"),
    ]

    func run(_ context: LintContext) {
        guard let server = context.root["server"] else { return }
        for (section, key, values, strict) in Self.loose {
            guard let value = (section.isEmpty ? server : server[section])?[key], let word = context.text(value),
                values.contains(word)
            else { continue }
            context.report(
                Self.rule, value.range, "\"\(key)\" lets requests with two readings in",
                help: "write \"\(strict)\", or make sure that the backend reads them as the gateway does",
                note: "what is decided on and what the backend reads can then differ")
        }
    }
}
