/// Applies the safe fixes of diagnostics to the text they were found in.
package enum FixRound {
    /// The text with every safe fix made whose range no earlier one has touched; nil when there is none.
    package static func apply(_ diagnostics: [Diagnostic], to bytes: [UInt8]) -> [UInt8]? {
        let fixes = diagnostics.compactMap(\.fix)
            .filter { $0.isSafe && $0.range.lowerBound >= 0 && $0.range.upperBound <= bytes.count }
            .sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var out: [UInt8] = []
        var place = 0
        var isChanged = false
        for fix in fixes where fix.range.lowerBound >= place {
            // Two insertions at one place would be two answers to one question.
            if isChanged, fix.range.isEmpty, fix.range.lowerBound == place { continue }
            out += bytes[place..<fix.range.lowerBound]
            out += Array(fix.replacement.utf8)
            place = fix.range.upperBound
            isChanged = true
        }
        guard isChanged else { return nil }
        return out + bytes[place...]
    }
}
