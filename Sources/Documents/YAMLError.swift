/// One thing wrong with a YAML text, and where.
package struct YAMLError: Error, Sendable, Hashable {
    package enum Problem: String, Sendable, Hashable, CaseIterable {
        case syntax = "GH1101"
        case empty = "GH1102"
        case duplicateKey = "GH1103"
        case keyNotText = "GH1104"
        case tooDeep = "GH1105"
        case tooLarge = "GH1106"
        case unknownAlias = "GH1107"
        case severalDocuments = "GH1108"
        case unknownTag = "GH1109"
        case invalidUTF8 = "GH1110"
    }

    package var problem: Problem
    /// Byte offsets in the text.
    package var range: Range<Int>
    /// The library's words for a problem of syntax; never text of the document.
    package var detail: String?

    package init(_ problem: Problem, _ range: Range<Int>, detail: String? = nil) {
        self.problem = problem
        self.range = range
        self.detail = detail
    }

    /// The diagnostic code, append-only.
    package var code: String { problem.rawValue }

    /// One line without the position.
    package var message: String {
        switch problem {
        case .syntax: detail.map { "not YAML: \($0)" } ?? "not YAML"
        case .empty: "the document is empty"
        case .duplicateKey: "this key stands twice in the same map"
        case .keyNotText: "a key must be a text"
        case .tooDeep: "nested too deeply"
        case .tooLarge: "the document is too large, or its aliases make it so"
        case .unknownAlias: "no anchor has this name"
        case .severalDocuments: "a second document begins here; a file holds one"
        case .unknownTag: "tags other than !!str are not supported"
        case .invalidUTF8: "the text is not valid UTF-8"
        }
    }
}

extension Diagnostic {
    /// The problem of a YAML text as a diagnostic.
    package init(_ error: YAMLError, in source: SourceText) {
        self.init(code: error.code, message: error.message, source: source, range: error.range)
    }
}
