/// One thing wrong with a JSON text, and where.
package struct JSONError: Error, Sendable, Hashable {
    package enum Problem: String, Sendable, Hashable, CaseIterable {
        case empty = "GH1001"
        case unexpectedEnd = "GH1002"
        case expectedComma = "GH1003"
        case unexpectedCharacter = "GH1004"
        case expectedColon = "GH1005"
        case keyNotString = "GH1006"
        case invalidEscape = "GH1007"
        case controlCharacter = "GH1008"
        case invalidUTF8 = "GH1009"
        case loneSurrogate = "GH1010"
        case invalidNumber = "GH1011"
        case invalidLiteral = "GH1012"
        case duplicateMember = "GH1013"
        case tooDeep = "GH1014"
        case trailingContent = "GH1015"
        case trailingComma = "GH1016"
        case unterminatedComment = "GH1017"
        case unterminatedString = "GH1018"
        case tooLarge = "GH1019"
        case wrongClosing = "GH1020"
    }

    package var problem: Problem
    /// Byte offsets in the text.
    package var range: Range<Int>

    package init(problem: Problem, range: Range<Int>) {
        self.problem = problem
        self.range = range
    }

    /// The diagnostic code, append-only.
    package var code: String { problem.rawValue }

    /// One line without the position and without any text of the document.
    package var message: String {
        switch problem {
        case .empty: "the document is empty"
        case .unexpectedEnd: "the document ends in the middle of a value"
        case .expectedComma: "expected \",\""
        case .unexpectedCharacter: "a value cannot start here"
        case .expectedColon: "expected \":\" after the key"
        case .keyNotString: "a key must be a string in double quotes"
        case .invalidEscape: "unknown escape in a string"
        case .controlCharacter: "control character in a string"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .loneSurrogate: "half of a surrogate pair in a string"
        case .invalidNumber: "not a JSON number"
        case .invalidLiteral: "expected true, false or null"
        case .duplicateMember: "this key stands twice in the same object"
        case .tooDeep: "nested too deeply"
        case .trailingContent: "text after the end of the document"
        case .trailingComma: "trailing comma"
        case .unterminatedComment: "the comment is not closed"
        case .unterminatedString: "the string is not closed on its line"
        case .tooLarge: "the document is too large"
        case .wrongClosing: "closing bracket of the other kind"
        }
    }
}
