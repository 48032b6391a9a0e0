import EventLoop

/// Reads a file line by line in bounded memory, whatever its size.
final class LineReader {
    enum Line {
        /// Without its line end. The last line of a file may have none.
        case text(ArraySlice<UInt8>, number: Int, offset: Int64, isTerminated: Bool)
        /// Longer than the bound; it was passed over.
        case tooLong(number: Int, offset: Int64)
    }

    /// An entry with both bodies at their largest stays far below.
    static let largestLine = 96 << 20
    private static let step = 1 << 18

    private let file: FileDescriptor?
    private let largest: Int
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    /// How far the buffer has been searched for a line end.
    private var searched = 0
    /// Of the buffer's first byte in the file.
    private var base: Int64 = 0
    private var number = 0
    private var isAtEnd = false

    init(_ file: FileDescriptor, largest: Int = LineReader.largestLine) {
        self.file = file
        self.largest = largest
    }

    /// Of a text in memory.
    init(_ bytes: [UInt8], largest: Int = LineReader.largestLine) {
        file = nil
        self.largest = largest
        buffer = bytes
        isAtEnd = true
    }

    /// The first bytes, without taking them.
    func peek(_ count: Int) throws(FileDescriptor.Failure) -> ArraySlice<UInt8> {
        while buffer.count - start < count, !isAtEnd { try fill() }
        return buffer[start...].prefix(count)
    }

    /// Passes over bytes that have been peeked at.
    func skip(_ count: Int) {
        start += count
        searched = max(searched, start)
    }

    /// Whatever comes next, without regard to lines; nil at the end.
    func chunk() throws(FileDescriptor.Failure) -> [UInt8]? {
        if start == buffer.count, !isAtEnd { try fill() }
        guard start < buffer.count else { return nil }
        defer { skip(buffer.count - start) }
        return Array(buffer[start...])
    }

    /// Nil at the end.
    func next() throws(FileDescriptor.Failure) -> Line? {
        var skipped = false
        while true {
            if let end = newline() {
                let line = buffer[start..<end]
                let offset = base + Int64(start)
                start = end + 1
                searched = start
                number += 1
                if skipped { return .tooLong(number: number, offset: skippedFrom) }
                return .text(
                    line.last == 0x0D ? line.dropLast() : line, number: number, offset: offset, isTerminated: true)
            }
            if isAtEnd {
                guard start < buffer.count || skipped else { return nil }
                let line = buffer[start...]
                let offset = base + Int64(start)
                start = buffer.count
                searched = start
                number += 1
                if skipped { return .tooLong(number: number, offset: skippedFrom) }
                return .text(line, number: number, offset: offset, isTerminated: false)
            }
            if buffer.count - start > largest {
                if !skipped { skippedFrom = base + Int64(start) }
                skipped = true
                start = buffer.count
                searched = start
            }
            try fill()
        }
    }

    private var skippedFrom: Int64 = 0

    private func newline() -> Int? {
        guard searched < buffer.count else { return nil }
        if let found = buffer[searched...].firstIndex(of: 0x0A) { return found }
        searched = buffer.count
        return nil
    }

    private func fill() throws(FileDescriptor.Failure) {
        if start > 0 {
            buffer.removeFirst(start)
            base += Int64(start)
            searched -= start
            start = 0
        }
        let more = try file?.read(upTo: Self.step) ?? []
        if more.isEmpty { isAtEnd = true } else { buffer += more }
    }
}
