/// Cuts what a process prints into lines.
struct LineSplitter {
    /// A longer line comes in pieces, none of which ends inside a word: a token must be seen whole to be masked.
    static let longestLine = 16_384
    /// Stands for a word that is longer than a line.
    static let omitted = Array("[a word of more than 16384 bytes]".utf8)

    private var rest: [UInt8] = []
    /// A line feed that follows belongs to the carriage return before it.
    private var endedByReturn = false
    /// Within a word whose beginning has been left out.
    private var isSkipping = false

    /// Calls `line` for each complete line, without its end: LF, CR LF, or CR alone, by which AWS's runtime clients keep
    /// tracebacks together.
    mutating func append(_ bytes: ArraySlice<UInt8>, _ line: ([UInt8]) -> Void) {
        var from = bytes.startIndex
        while from < bytes.endIndex {
            if endedByReturn, bytes[from] == 0x0A {
                from += 1
                endedByReturn = false
                continue
            }
            endedByReturn = false
            if isSkipping {
                from = bytes[from...].firstIndex { !Self.isOfWord($0) } ?? bytes.endIndex
                isSkipping = from == bytes.endIndex
                continue
            }
            let room = bytes[from...].prefix(Self.longestLine - rest.count)
            if let end = room.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
                rest.append(contentsOf: bytes[from..<end])
                line(rest)
                rest.removeAll(keepingCapacity: true)
                endedByReturn = bytes[end] == 0x0D
                from = end + 1
            } else {
                rest.append(contentsOf: room)
                from = room.endIndex
                if rest.count == Self.longestLine { cut(line) }
            }
        }
    }

    /// Gives away what stands before the last word.
    private mutating func cut(_ line: ([UInt8]) -> Void) {
        guard let last = rest.lastIndex(where: { !Self.isOfWord($0) }) else {
            line(Self.omitted)
            rest.removeAll(keepingCapacity: true)
            isSkipping = true
            return
        }
        line(Array(rest[...last]))
        rest.removeSubrange(...last)
    }

    /// What tokens are made of.
    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// The last line may lack its end.
    mutating func finish(_ line: ([UInt8]) -> Void) {
        if !rest.isEmpty { line(rest) }
        rest = []
        isSkipping = false
    }
}
