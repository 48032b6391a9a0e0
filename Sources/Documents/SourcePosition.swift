/// A place in a source text, counted as editors count.
package struct SourcePosition: Sendable, Hashable {
    /// Path as the user gave it, or a name such as `<stdin>`.
    package var file: String
    /// First line is 1.
    package var line: Int
    /// First column is 1; columns count Unicode scalars, not bytes.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}
