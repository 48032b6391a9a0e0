/// Matching of a pattern against an ARN: both are cut at their first five colons and compared component by component,
/// so a wildcard never leaves its component but crosses every `/` (IAM User Guide, elements Resource and ArnLike).
enum ARNPattern {
    /// Colons that separate the six components; further ones belong to the last.
    static let separators = 5
    static let colon = UInt16(UInt8(ascii: ":"))

    /// Fills the missing components of an ARN with `*`: IAM completes an incomplete ARN of a `Resource` that way
    /// (`arn:aws:execute-api:*` stands for `arn:aws:execute-api:*:*:*`). Condition values are not completed.
    static func completed(_ tokens: [UInt16]) -> [UInt16] {
        let given = tokens.count { $0 == colon }
        guard given >= 2, given < separators, tokens.starts(with: "arn:".utf8.lazy.map(UInt16.init)) else {
            return tokens
        }
        var out = tokens
        for _ in given..<separators { out.append(contentsOf: [colon, Wildcard.star]) }
        return out
    }

    /// A lone `*` matches everything; otherwise both sides need all six components.
    static func matches(_ tokens: [UInt16], _ value: [UInt8]) -> Bool {
        matches(tokens, tokens.indices, value)
    }

    static func matches(_ tokens: [UInt16], _ range: Range<Int>, _ value: [UInt8]) -> Bool {
        if range.count == 1, tokens[range.lowerBound] == Wildcard.star { return true }
        var tokenStart = range.lowerBound
        var byteStart = 0
        for _ in 0..<separators {
            // Plain loops: this runs for each such pattern of each decision.
            var tokenEnd = tokenStart
            while tokenEnd < range.upperBound, tokens[tokenEnd] != colon { tokenEnd += 1 }
            var byteEnd = byteStart
            while byteEnd < value.count, value[byteEnd] != UInt8(ascii: ":") { byteEnd += 1 }
            guard tokenEnd < range.upperBound, byteEnd < value.count,
                Wildcard.matches(tokens, tokenStart..<tokenEnd, value, byteStart..<byteEnd)
            else { return false }
            tokenStart = tokenEnd + 1
            byteStart = byteEnd + 1
        }
        return Wildcard.matches(tokens, tokenStart..<range.upperBound, value, byteStart..<value.count)
    }

    /// How many bytes of `value` the pattern could be followed, for explanations.
    static func reach(_ tokens: [UInt16], _ value: [UInt8]) -> Int {
        var tokenStart = 0
        var byteStart = 0
        for _ in 0..<separators {
            let byteEnd = value[byteStart...].firstIndex(of: UInt8(ascii: ":")) ?? value.count
            let tokenEnd = tokens[tokenStart...].firstIndex(of: colon) ?? tokens.count
            guard tokenEnd < tokens.count, byteEnd < value.count,
                Wildcard.matches(tokens, tokenStart..<tokenEnd, value, byteStart..<byteEnd)
            else { return Wildcard.reach(tokens, tokenStart..<tokenEnd, value, byteStart..<byteEnd) }
            tokenStart = tokenEnd + 1
            byteStart = byteEnd + 1
        }
        return Wildcard.reach(tokens, tokenStart..<tokens.count, value, byteStart..<value.count)
    }
}
