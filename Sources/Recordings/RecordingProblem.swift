/// What is wrong with a recording or with writing one, for its owner.
package struct RecordingProblem: Error, Sendable, Hashable {
    /// As `gatehouse explain` knows it.
    package var code: String
    /// One line without a full stop.
    package var message: String
    /// An action.
    package var help: String?

    package init(_ code: String, _ message: String, help: String? = nil) {
        self.code = code
        self.message = message
        self.help = help
    }

    /// `error[GH6003]: … (help: …)` without its first word.
    package var text: String { "[\(code)] \(message)" + (help.map { "; \($0)" } ?? "") }
}
