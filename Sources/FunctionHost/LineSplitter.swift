/// Cuts what a process prints into lines.
struct LineSplitter {
    /// A longer line comes in pieces.
    static let longestLine = 16_384

    private var rest: [UInt8] = []
    /// A line feed that follows belongs to the carriage return before it.
    private var endedByReturn = false

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
                if rest.count == Self.longestLine {
                    line(rest)
                    rest.removeAll(keepingCapacity: true)
                }
            }
        }
    }

    /// The last line may lack its end.
    mutating func finish(_ line: ([UInt8]) -> Void) {
        if !rest.isEmpty { line(rest) }
        rest = []
    }
}
