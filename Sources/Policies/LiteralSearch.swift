/// The search for a literal piece of a pattern, in time linear in both lengths (Knuth, Morris and Pratt).
///
/// Policy variables bring text of the caller into patterns, so that a caller may choose both the piece and the text in
/// which it is looked for.
enum LiteralSearch {
    /// Where `value[valueRange]` first holds the bytes of `pattern[patternRange]`; all of these are literal.
    static func first(
        _ pattern: [UInt16], _ patternRange: Range<Int>, in value: [UInt8], _ valueRange: Range<Int>
    ) -> Int? {
        let count = patternRange.count
        if count > valueRange.count { return nil }
        // For each beginning of the piece: how long its longest end is that is also a beginning.
        var borders = [Int](repeating: 0, count: count)
        let start = patternRange.lowerBound
        var matched = 0
        for index in 1..<max(1, count) {
            while matched > 0, pattern[start + index] != pattern[start + matched] { matched = borders[matched - 1] }
            if pattern[start + index] == pattern[start + matched] { matched += 1 }
            borders[index] = matched
        }
        matched = 0
        for index in valueRange {
            let byte = UInt16(value[index])
            while matched > 0, pattern[start + matched] != byte { matched = borders[matched - 1] }
            if pattern[start + matched] == byte { matched += 1 }
            if matched == count { return index + 1 - count }
        }
        return nil
    }
}
