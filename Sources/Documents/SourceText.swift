/// The bytes of one source document with its name; turns byte offsets into lines and columns.
package final class SourceText: Sendable {
    /// Path as the user gave it, or a name such as `<stdin>`.
    package let name: String
    package let bytes: [UInt8]
    private let lineStarts: [Int]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        // Editors neither show nor count a byte-order mark.
        var starts = [Self.hasByteOrderMark(bytes) ? 3 : 0]
        for index in bytes.indices where bytes[index] == 0x0A { starts.append(index + 1) }
        self.lineStarts = starts
    }

    /// The line (from 1) and column (from 1, in Unicode scalars) of a byte offset; offsets past the end give the end.
    package func position(at offset: Int) -> SourcePosition {
        let target = min(max(offset, 0), bytes.count)
        let line = lineIndex(at: target)
        var column = 1
        var index = lineStarts[line]
        while index < target {
            if bytes[index] & 0xC0 != 0x80 { column += 1 }
            index += 1
        }
        return SourcePosition(file: name, line: line + 1, column: column)
    }

    /// The text of a line (from 1) without its line end, with the values of secrets hidden; empty when there is no such
    /// line. Only for people to read.
    package func line(_ number: Int) -> String { line(number, hiding: SecretMask(bytes)) }

    /// The same with the mask of ``bytes``, for those who show many lines.
    func line(_ number: Int, hiding mask: SecretMask) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: mask.apply(to: start..<max(start, end)), as: UTF8.self)
    }

    static func hasByteOrderMark(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xEF, 0xBB, 0xBF]) }

    /// Whether this is text of another encoding: its mark, or a zero byte beside the first character.
    static func isUTF16(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(2).contains(0)
    }

    private func lineIndex(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
