extension RequestLine {
    /// The request line at the front of `bytes`, with the offset behind its end, when all of it is there and it is as most
    /// are: a known method, a target in origin-form, HTTP/1.1.
    ///
    /// Nil says nothing about the line: `RequestParser` has to look at it byte by byte. Whatever is taken here it would
    /// take as well, and read the same.
    static func whole(_ bytes: Span<UInt8>, maximumTarget: Int) -> (line: RequestLine, next: Int)? {
        guard bytes.count >= 8 else { return nil }
        let word = ByteWord(bytes, at: 0)
        let methodEnd = ByteWord.first(word.marks(of: 0x20))
        // A number does not show NULs at its front.
        guard methodEnd > 0, methodEnd < 8, word[0] != 0 else { return nil }
        var line = RequestLine()
        line.method = Method(word: word.number(methodEnd))
        guard line.method != .other, let target = Target(bytes, from: methodEnd + 1),
            target.end - target.start <= maximumTarget
        else { return nil }
        // Behind the target: SP, the version and the end of the line.
        guard bytes.count - target.end >= 11, bytes[target.end] == 0x20,
            ByteWord(bytes, at: target.end + 1).number(8) == http11, bytes[target.end + 9] == 0x0D,
            bytes[target.end + 10] == 0x0A
        else { return nil }
        line.methodRange = ByteRange(0, methodEnd)
        line.target = ByteRange(target.start, target.end)
        if let question = target.question {
            line.path = ByteRange(target.start, question)
            line.query = ByteRange(question + 1, target.end)
        } else {
            line.path = line.target
        }
        return (line, target.end + 11)
    }

    /// `HTTP/1.1`
    private static let http11: UInt64 = 0x4854_5450_2F31_2E31

    /// A target in origin-form: visible ASCII without `#` that begins with `/`.
    private struct Target {
        let start: Int
        /// The first byte that is no part of it.
        let end: Int
        /// The first `?`.
        let question: Int?

        @inline(__always)
        init?(_ bytes: Span<UInt8>, from start: Int) {
            guard start < bytes.count, bytes[start] == 0x2F else { return nil }
            self.start = start
            var index = start
            var question: Int?
            while true {
                guard index < bytes.count else { return nil }
                let word = ByteWord(bytes, from: index)
                if question == nil {
                    let marks = word.marks(of: 0x3F)
                    if marks != 0 { question = index + ByteWord.first(marks) }
                }
                let ends = word.outsideVisible | word.marks(of: 0x23)
                if ends != 0 {
                    index += ByteWord.first(ends)
                    break
                }
                index += 8
            }
            end = index
            // One behind the end belongs to something else.
            self.question = question.flatMap { $0 < index ? $0 : nil }
        }
    }
}
