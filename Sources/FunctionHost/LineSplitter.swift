/// Cuts what a process prints into lines.
struct LineSplitter {
    /// A longer line comes in pieces.
    static let longestLine = 16_384

    private var rest: [UInt8] = []

    /// Calls `line` for each complete line, without its end.
    mutating func append(_ bytes: ArraySlice<UInt8>, _ line: ([UInt8]) -> Void) {
        var from = bytes.startIndex
        while from < bytes.endIndex {
            let room = bytes[from...].prefix(Self.longestLine - rest.count)
            if let end = room.firstIndex(of: 0x0A) {
                rest.append(contentsOf: bytes[from..<end])
                if rest.last == 0x0D { rest.removeLast() }
                line(rest)
                rest.removeAll(keepingCapacity: true)
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
