/// The parts of a status line of HTTP/1.1 (RFC 9112 §4).
struct StatusLine {
    let status: UInt16
    let reason: ByteRange

    /// The status line at the front of `bytes`, with the offset behind its end, when all of it is there, with a space
    /// behind its status and no HTAB in its reason.
    ///
    /// Nil says nothing about the line: `ResponseParser` has to look at it byte by byte. Whatever is taken here it would
    /// take as well, and read the same.
    static func whole(_ bytes: Span<UInt8>) -> (line: StatusLine, next: Int)? {
        guard bytes.count >= 16, ByteWord(bytes, at: 0).number(8) == http11, bytes[8] == 0x20, bytes[12] == 0x20 else {
            return nil
        }
        var status: UInt16 = 0
        for index in 9..<12 {
            guard ByteClass.isDigit(bytes[index]) else { return nil }
            status = status * 10 + UInt16(bytes[index] &- 0x30)
        }
        guard status >= 100, status < 600 else { return nil }
        var index = 13
        while true {
            guard index < bytes.count else { return nil }
            let marks = ByteWord(bytes, from: index).controls
            if marks != 0 {
                index += ByteWord.first(marks)
                break
            }
            index += 8
        }
        guard index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else { return nil }
        return (StatusLine(status: status, reason: ByteRange(13, index)), index + 2)
    }

    /// `HTTP/1.1`
    private static let http11: UInt64 = 0x4854_5450_2F31_2E31
}
