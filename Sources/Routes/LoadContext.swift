internal import Documents

/// What one run of the loader collects: problems, and strings with their expressions put in.
final class LoadContext {
    struct ExpandedText {
        var text: String
        /// An expression could not be resolved; the problem has been reported.
        var failed = false
        var hasExpression = false
        /// `${env:NAME:-default}` was written.
        var hasDefault = false
    }

    let source: SourceText
    let root: JSONValue
    let environment: any DocumentEnvironment
    /// Nil as long as the document does not say it.
    private(set) var apiType: ApiType?
    /// Stages other than this one may lack their variables.
    private(set) var activeStage: String?
    private(set) var diagnostics: [Diagnostic] = []
    /// By the offset of the string.
    private var expanded: [Int: ExpandedText] = [:]
    /// How many are not shown, by severity.
    private var suppressed: [Diagnostic.Severity: Int] = [:]
    /// Keys that were meant by a misspelt one, by the offset of their object.
    private var meant: [Int: Set<String>] = [:]

    // Thousands of problems help nobody.
    private static let maximumDiagnostics = 300

    init(source: SourceText, root: JSONValue, environment: any DocumentEnvironment, stage: String?) {
        self.source = source
        self.root = root
        self.environment = environment
        apiType = root["api"]?["type"].flatMap { text($0) }.flatMap { ApiType(rawValue: $0) }
        activeStage = stage ?? root["api"]?["defaultStage"].flatMap { text($0) }
    }

    var hasErrors: Bool { suppressed[.error] != nil || diagnostics.contains { $0.severity == .error } }

    func add(_ diagnostic: Diagnostic) {
        if diagnostics.count < Self.maximumDiagnostics {
            diagnostics.append(diagnostic)
            return
        }
        var hidden = diagnostic
        // Advice makes room for an error.
        if diagnostic.severity == .error, let other = diagnostics.lastIndex(where: { $0.severity != .error }) {
            hidden = diagnostics.remove(at: other)
            diagnostics.append(diagnostic)
        }
        suppressed[hidden.severity, default: 0] += 1
    }

    /// An error.
    func report(
        _ code: String, _ range: Range<Int>, _ message: String, label: String? = nil, help: String? = nil,
        note: String? = nil, fix: Diagnostic.Fix? = nil
    ) {
        report(code, .error, range, message, label: label, help: help, note: note, fix: fix)
    }

    func report(
        _ code: String, _ severity: Diagnostic.Severity, _ range: Range<Int>, _ message: String,
        label: String? = nil, help: String? = nil, note: String? = nil, fix: Diagnostic.Fix? = nil
    ) {
        add(
            Diagnostic(
                code: code, severity: severity, message: message, source: source, range: range, label: label,
                help: help, note: note, fix: fix))
    }

    /// A misspelt key has been reported: that the right one is missing goes without saying.
    func noteMeant(_ name: String, in object: JSONValue) { meant[object.range.lowerBound, default: []].insert(name) }

    func isMeant(_ name: String, in object: JSONValue) -> Bool {
        meant[object.range.lowerBound]?.contains(name) ?? false
    }

    /// All problems in the order of the text, each with its JSON pointer.
    func finish() -> [Diagnostic] {
        var all = diagnostics
        for index in all.indices where all[index].pointer == nil {
            if let range = all[index].range { all[index].pointer = root.pointer(at: range.lowerBound) }
        }
        all.sort { first, second in
            let one = first.range?.lowerBound ?? -1
            let two = second.range?.lowerBound ?? -1
            return one != two ? one < two : first.code < second.code
        }
        // As severe as the worst of them: advice that is not shown is no reason to refuse a document.
        if let worst = [Diagnostic.Severity.error, .warning, .note].first(where: { suppressed[$0] != nil }) {
            let count = suppressed.values.reduce(0, +)
            all.append(
                Diagnostic(
                    code: "GH2099", severity: worst, message: "\(count) more problems are not shown", source: source))
        }
        return all
    }

    // MARK: Texts

    func span(_ range: Range<Int>) -> SourceSpan { source.span(range) }

    /// A string with its expressions put in; nil for other kinds.
    func text(_ value: JSONValue) -> String? {
        guard value.kind == .string else { return nil }
        return expand(value).text
    }

    func located(_ value: JSONValue) -> Located<String>? {
        text(value).map { Located($0, at: span(value.range)) }
    }

    /// Puts the expressions of a string in, once; problems become warnings when `isOptional`.
    @discardableResult
    func expand(_ value: JSONValue, isOptional: Bool = false) -> ExpandedText {
        let offset = value.range.lowerBound
        if let known = expanded[offset] { return known }
        let raw = value.utf8 ?? []
        var result = ExpandedText(text: "")
        if raw.contains(UInt8(ascii: "$")) {
            var expansion = Expansion(context: self, value: value, severity: isOptional ? .warning : .error)
            result = expansion.run(raw)
        } else {
            result.text = String(decoding: raw, as: UTF8.self)
        }
        expanded[offset] = result
        return result
    }

    /// The place of some bytes of a string's value: exact when it is written without escapes, else the whole string.
    func range(of part: Range<Int>, in value: JSONValue) -> Range<Int> {
        let whole = value.range
        guard let raw = value.utf8, whole.count == raw.count + 2, part.upperBound <= raw.count else { return whole }
        let start = whole.lowerBound + 1 + part.lowerBound
        return start..<max(start + 1, whole.lowerBound + 1 + part.upperBound)
    }
}

extension JSONValue {
    /// RFC 6901 path of the innermost value that holds an offset; a key counts as its value.
    func pointer(at offset: Int) -> String {
        var out = ""
        var value = self
        search: while true {
            for member in value.members
            where member.key.range.contains(offset) || member.value.range.contains(offset) {
                // A word without quotes is no key, and may be a part of an unquoted secret.
                guard member.key.text.first == UInt8(ascii: "\"") else { break search }
                let name = member.name
                out += "/"
                for scalar in name.unicodeScalars {
                    switch scalar {
                    case "~": out += "~0"
                    case "/": out += "~1"
                    default: out.unicodeScalars.append(scalar)
                    }
                }
                if member.key.range.contains(offset) { break search }
                value = member.value
                continue search
            }
            for (index, element) in value.elements.enumerated() where element.range.contains(offset) {
                out += "/\(index)"
                value = element
                continue search
            }
            break
        }
        return out
    }
}
