extension FieldLine {
    /// Longer names are left to the closer look.
    private static let usualNameBytes = 64

    /// The line that begins at `start`, with the offset behind its end, when all of it is there and it is as most lines
    /// are: a name of letters, digits and `-`, then at most one space before the value, and no HTAB.
    ///
    /// Nil says nothing about the line: `FieldSection` has to look at it byte by byte. Whatever is taken here it would
    /// take as well, and read the same.
    @inline(__always)
    static func whole(
        _ bytes: Span<UInt8>, at start: Int, _ names: FieldNameTable
    ) -> (line: FieldLine, next: Int)? {
        guard start >= 8, bytes.count >= 8 else { return nil }
        var index = start
        var word = ByteWord(bytes, from: index)
        var marks = word.outsideName
        while marks == 0 {
            index &+= 8
            guard index &- start < usualNameBytes, index < bytes.count else { return nil }
            word = ByteWord(bytes, from: index)
            marks = word.outsideName
        }
        let colon = ByteWord.first(marks)
        let nameEnd = index &+ colon
        guard word[colon] == 0x3A, nameEnd > start else { return nil }
        guard let (value, next) = wholeValue(bytes, from: nameEnd &+ 1) else { return nil }
        let id = names.lookup(bytes, start: start, end: nameEnd)
        return (FieldLine(name: ByteRange(start, nameEnd), value: value, id: id), next)
    }

    /// The value that begins at `start`, apart from one space, and the offset behind its line.
    @inline(__always)
    private static func wholeValue(_ bytes: Span<UInt8>, from start: Int) -> (value: ByteRange, next: Int)? {
        guard start < bytes.count else { return nil }
        let first = bytes[start] == 0x20 ? start &+ 1 : start
        var index = first
        while true {
            guard index < bytes.count else { return nil }
            let marks = ByteWord(bytes, from: index).controls
            if marks != 0 {
                index &+= ByteWord.first(marks)
                break
            }
            index &+= 8
        }
        guard index &+ 1 < bytes.count, bytes[index] == 0x0D, bytes[index &+ 1] == 0x0A else { return nil }
        if index > first {
            // Blanks around a value are rare: one look at each end.
            guard bytes[first] != 0x20, bytes[index &- 1] != 0x20 else { return nil }
        }
        return (ByteRange(first, index), index &+ 2)
    }
}
