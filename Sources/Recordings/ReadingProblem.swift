/// Something in an input that could not be read, with its place. The rest was read all the same.
package struct ReadingProblem: Sendable, Hashable {
    package enum Severity: Sendable, Hashable {
        case warning
        /// An entry was lost.
        case error
    }

    /// As `gatehouse explain` knows it.
    package var code: String
    package var severity: Severity
    /// Without any text of the input.
    package var message: String
    package var help: String?
    /// From 1: the line of a recording, the entry of a HAR file.
    package var entry: Int
    /// In bytes from the beginning of the input.
    package var offset: Int64

    package init(
        _ code: String, _ message: String, entry: Int, offset: Int64, severity: Severity = .error, help: String? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.help = help
        self.entry = entry
        self.offset = offset
    }
}
