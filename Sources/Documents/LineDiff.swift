/// The difference of two texts by lines, in the unified form, with the secrets of both hidden.
package enum LineDiff {
    private static let context = 2

    /// Empty when the texts are equal.
    package static func render(_ old: SourceText, _ new: SourceText) -> String {
        let (oldMask, newMask) = (SecretMask(old.bytes), SecretMask(new.bytes))
        let steps = steps(lines(old.bytes), lines(new.bytes))
        guard steps.contains(where: { $0.sign != " " }) else { return "" }
        var out = "--- \(old.name)\n+++ \(new.name)\n"
        var index = 0
        while let change = steps[index...].firstIndex(where: { $0.sign != " " }) {
            let start = max(index, change - context)
            var end = change
            while let next = steps[end...].firstIndex(where: { $0.sign != " " }), next <= end + 2 * context {
                end = next + 1
                if end == steps.count { break }
            }
            let last = min(steps.count, end + context)
            let part = steps[start..<last]
            let counts = (part.count { $0.sign != "+" }, part.count { $0.sign != "-" })
            out += "@@ -\(part.first?.old ?? 1),\(counts.0) +\(part.first?.new ?? 1),\(counts.1) @@\n"
            for step in part {
                let text = step.sign == "+" ? new.line(step.new, hiding: newMask) : old.line(step.old, hiding: oldMask)
                out += "\(step.sign)\(DiagnosticPrinter.visible(text))\n"
            }
            index = last
            if index >= steps.count { break }
        }
        return out
    }

    private struct Step {
        var sign: Character
        /// Lines from 1.
        var old: Int
        var new: Int
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var found = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if found.last?.isEmpty == true { found.removeLast() }
        return found
    }

    /// Equal lines at both ends are set aside; what is between is aligned by its longest common subsequence, or given
    /// whole when the table for that would be large.
    private static func steps(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
        var head = 0
        while head < old.count, head < new.count, old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < old.count - head, tail < new.count - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        var steps = (0..<head).map { Step(sign: " ", old: $0 + 1, new: $0 + 1) }
        let (rows, columns) = (old.count - head - tail, new.count - head - tail)
        var first = 0
        var second = 0
        if rows > 0, columns > 0, rows * columns <= 4_000_000 {
            let common = table(Array(old[head..<head + rows]), Array(new[head..<head + columns]))
            while first < rows, second < columns {
                let (down, right) = (common[first + 1][second], common[first][second + 1])
                if old[head + first] == new[head + second] {
                    steps.append(Step(sign: " ", old: head + first + 1, new: head + second + 1))
                    (first, second) = (first + 1, second + 1)
                } else if down >= right {
                    steps.append(Step(sign: "-", old: head + first + 1, new: head + second + 1))
                    first += 1
                } else {
                    steps.append(Step(sign: "+", old: head + first + 1, new: head + second + 1))
                    second += 1
                }
            }
        }
        while first < rows {
            steps.append(Step(sign: "-", old: head + first + 1, new: head + second + 1))
            first += 1
        }
        while second < columns {
            steps.append(Step(sign: "+", old: head + rows + 1, new: head + second + 1))
            second += 1
        }
        for place in 0..<tail {
            steps.append(Step(sign: " ", old: old.count - tail + place + 1, new: new.count - tail + place + 1))
        }
        return steps
    }

    private static func table(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [[Int32]] {
        var common = [[Int32]](repeating: [Int32](repeating: 0, count: new.count + 1), count: old.count + 1)
        for row in old.indices.reversed() {
            for column in new.indices.reversed() {
                common[row][column] =
                    old[row] == new[column]
                    ? common[row + 1][column + 1] + 1 : max(common[row + 1][column], common[row][column + 1])
            }
        }
        return common
    }
}
