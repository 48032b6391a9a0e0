/// Cuts bytes that come in pieces into lines; a line beyond the limit is left out, and counted.
struct LineCutter {
    /// No request's line is longer; what is, was not written by `serve`.
    static let longest = 1 << 20

    private var rest: [UInt8] = []
    private var isSkipping = false
    private(set) var skipped = 0

    /// The lines that are complete now, without their ends; empty ones are left out.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            if isSkipping { isSkipping = false } else { add(rest + bytes[start..<end], to: &lines) }
            rest = []
            start = end + 1
        }
        if !isSkipping { rest += bytes[start...] }
        if rest.count > Self.longest {
            rest = []
            isSkipping = true
            skipped += 1
        }
        return lines
    }

    /// What came behind the last line end.
    mutating func finish() -> [[UInt8]] {
        var lines: [[UInt8]] = []
        add(rest, to: &lines)
        rest = []
        return lines
    }

    private mutating func add(_ line: [UInt8], to lines: inout [[UInt8]]) {
        let text = line.last == 0x0D ? line.dropLast() : line[...]
        if text.count > Self.longest { skipped += 1 } else if !text.isEmpty { lines.append(Array(text)) }
    }
}
