/// Where something stands in a document, small enough to keep with every value that an explanation may name.
package struct SourceSpan: Sendable, Hashable, CustomStringConvertible {
    /// Path as the user gave it.
    package var file: String
    /// First line is 1.
    package var line: Int
    /// First column is 1; columns count Unicode scalars.
    package var column: Int
    /// Byte offsets in the document.
    package var range: Range<Int>

    package init(file: String, line: Int, column: Int, range: Range<Int>) {
        self.file = file
        self.line = line
        self.column = column
        self.range = range
    }

    /// `gateway.json:58`, the form in which explanations point at a line.
    package var description: String { "\(file):\(line)" }
}

extension SourceText {
    /// The place of a range of bytes.
    package func span(_ range: Range<Int>) -> SourceSpan {
        let position = position(at: range.lowerBound)
        return SourceSpan(file: name, line: position.line, column: position.column, range: range)
    }
}
