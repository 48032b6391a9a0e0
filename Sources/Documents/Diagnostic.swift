/// One problem in a document, for its author: what, where, why, and what to do.
package struct Diagnostic: Sendable {
    package enum Severity: String, Sendable, Hashable {
        case error
        case warning
        case note
    }

    /// A replacement that may be made without asking when it is marked safe.
    package struct Fix: Sendable, Hashable {
        /// Byte offsets in the source.
        package var range: Range<Int>
        package var replacement: String
        package var isSafe: Bool

        package init(range: Range<Int>, replacement: String, isSafe: Bool) {
            self.range = range
            self.replacement = replacement
            self.isSafe = isSafe
        }
    }

    /// Stable and append-only: `GH2104`.
    package var code: String
    package var severity: Severity
    /// One line without a full stop.
    package var message: String
    /// The document, when the problem has a place in one.
    package var source: SourceText?
    /// Byte offsets in ``source``.
    package var range: Range<Int>?
    /// Short words printed beside the caret.
    package var label: String?
    /// An action.
    package var help: String?
    /// The reason.
    package var note: String?
    /// RFC 6901 path of the value.
    package var pointer: String?
    package var fix: Fix?

    package init(
        code: String, severity: Severity = .error, message: String, source: SourceText? = nil, range: Range<Int>? = nil,
        label: String? = nil, help: String? = nil, note: String? = nil, pointer: String? = nil, fix: Fix? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.source = source
        self.range = range
        self.label = label
        self.help = help
        self.note = note
        self.pointer = pointer
        self.fix = fix
    }

    /// The problem of a JSON text as a diagnostic.
    package init(_ error: JSONError, in source: SourceText) {
        if error.problem == .invalidUTF8, SourceText.isUTF16(source.bytes) {
            // Without its line: it would not be readable, and secrets would not be recognized in it.
            self.init(code: error.code, message: "\(source.name) is UTF-16 text", help: "save it as UTF-8")
            return
        }
        self.init(
            code: error.code, message: error.message, source: source, range: error.range,
            help: SyntaxFix.help(for: error.problem), fix: SyntaxFix.fix(for: error, in: source.bytes))
    }

    /// Line and column of the first character, when known.
    package var position: SourcePosition? {
        guard let source, let range else { return nil }
        return source.position(at: range.lowerBound)
    }
}
