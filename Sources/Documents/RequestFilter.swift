/// Chooses requests by what was noted of them: `decision=deny route="DELETE /ships/{shipId}" total_ms>=100 ensign`.
///
/// The one grammar for everything that shows or repeats requests. Terms stand beside each other and must all hold:
///
/// | term | holds when |
/// |---|---|
/// | `name=value` | the field is the value, in any case of letters; `*` stands for anything, and `4xx` for a class of numbers |
/// | `name=a,b` | it is one of them |
/// | `name!=value` | none of them; also when there is no such field |
/// | `name~text` | the text stands somewhere in it |
/// | `name>n` `>=` `<` `<=` | both are numbers, in this order |
/// | `word` | it stands somewhere in any field |
///
/// Values with blanks, commas or quotes are written in double quotes, with `\"` and `\\` inside.
package struct RequestFilter: Sendable, Hashable {
    /// Why a filter cannot be read.
    package struct Mistake: Error, Sendable, Hashable {
        /// One line for the person who typed it.
        package var message: String
        /// Characters before the mistake.
        package var offset: Int
    }

    enum Comparison: String, Sendable, Hashable {
        case equal = "="
        case unequal = "!="
        case contains = "~"
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    enum Term: Sendable, Hashable {
        case word(String)
        case field(String, Comparison, [String])
    }

    let terms: [Term]

    /// Takes everything.
    package var isEmpty: Bool { terms.isEmpty }

    /// - Parameters:
    ///   - text: terms; none at all takes every request.
    ///   - fields: the names that may be asked for; others are mistakes, because a misspelt name would take nothing.
    ///   - aliases: shorter names of fields.
    package init(
        _ text: String, fields: [String], aliases: [String: String] = [:]
    ) throws(Mistake) {
        var scanner = Scanner(text: Array(text.unicodeScalars))
        var terms: [Term] = []
        while try scanner.skipBlanks() {
            let start = scanner.offset
            let name = try scanner.word()
            guard let comparison = scanner.comparison() else {
                if name.isEmpty { throw Mistake(message: "a field's name is missing", offset: start) }
                terms.append(.word(name.lowercased()))
                continue
            }
            let field = aliases[name] ?? name
            guard fields.contains(field) else {
                let near = Suggestion.nearest(to: name, among: fields + aliases.keys.sorted())
                let help = near.map { "did you mean \"\($0)\"?" } ?? "known are \(fields.joined(separator: ", "))"
                throw Mistake(message: "there is no field \"\(name)\"; \(help)", offset: start)
            }
            var values = [try scanner.word().lowercased()]
            while scanner.skip(",") { values.append(try scanner.word().lowercased()) }
            if comparison.isOrder, values.count > 1 || Double(values[0]) == nil {
                throw Mistake(message: "\"\(name)\(comparison.rawValue)\" needs one number", offset: start)
            }
            terms.append(.field(field, comparison, values))
        }
        self.terms = terms
    }

    /// `value` gives the text of a field, nil when the request has none of that name; `all` gives every text.
    package func matches(_ value: (String) -> String?, all: () -> [String]) -> Bool {
        terms.allSatisfy { term in
            switch term {
            case .word(let word): all().contains { $0.lowercased().contains(word) }
            case .field(let name, let comparison, let wanted): Self.holds(value(name), comparison, wanted)
            }
        }
    }

    private static func holds(_ value: String?, _ comparison: Comparison, _ wanted: [String]) -> Bool {
        guard let value = value?.lowercased() else { return comparison == .unequal }
        switch comparison {
        case .equal: return wanted.contains { isLike(value, $0) }
        case .unequal: return !wanted.contains { isLike(value, $0) }
        case .contains: return wanted.contains { value.contains($0) }
        case .atLeast, .atMost, .above, .below:
            guard let left = Double(value), let right = Double(wanted[0]) else { return false }
            switch comparison {
            case .atLeast: return left >= right
            case .atMost: return left <= right
            case .above: return left > right
            default: return left < right
            }
        }
    }

    private static func isLike(_ value: String, _ pattern: String) -> Bool {
        if value == pattern { return true }
        if isClass(pattern) {
            return value.utf8.count == 3 && value.utf8.first == pattern.utf8.first && UInt16(value) != nil
        }
        return pattern.contains("*") && matches(Array(value.unicodeScalars), glob: Array(pattern.unicodeScalars))
    }

    /// `4xx`
    private static func isClass(_ pattern: String) -> Bool {
        guard let first = pattern.utf8.first, first >= 0x31, first <= 0x39 else { return false }
        return pattern.utf8.dropFirst().elementsEqual("xx".utf8)
    }

    /// `*` stands for any text. Goes back to the last star only, so the time is at most the product of the lengths.
    private static func matches(_ text: [Unicode.Scalar], glob: [Unicode.Scalar]) -> Bool {
        var position = 0
        var index = 0
        var star: (glob: Int, text: Int)?
        while position < text.count {
            if index < glob.count, glob[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < glob.count, glob[index] == text[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.glob, last.text + 1)
                index = last.glob + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return glob[index...].allSatisfy { $0 == "*" }
    }
}

extension RequestFilter.Comparison {
    fileprivate var isOrder: Bool {
        switch self {
        case .atLeast, .atMost, .above, .below: true
        case .equal, .unequal, .contains: false
        }
    }
}

/// Cuts a filter into words and signs.
private struct Scanner {
    let text: [Unicode.Scalar]
    var offset = 0

    private static let signs: Set<Unicode.Scalar> = ["=", "!", "~", "<", ">"]

    /// False at the end.
    mutating func skipBlanks() throws(RequestFilter.Mistake) -> Bool {
        while offset < text.count, text[offset] == " " || text[offset] == "\t" { offset += 1 }
        return offset < text.count
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard offset < text.count, text[offset] == scalar else { return false }
        offset += 1
        return true
    }

    mutating func comparison() -> RequestFilter.Comparison? {
        for length in [2, 1] where offset + length <= text.count {
            var sign = ""
            sign.unicodeScalars.append(contentsOf: text[offset..<offset + length])
            guard let comparison = RequestFilter.Comparison(rawValue: sign) else { continue }
            offset += length
            return comparison
        }
        return nil
    }

    /// A word up to a blank, a sign or a comma, or what stands in quotes.
    mutating func word() throws(RequestFilter.Mistake) -> String {
        var out = ""
        if skip("\"") {
            let start = offset - 1
            while offset < text.count {
                var scalar = text[offset]
                offset += 1
                if scalar == "\"" { return out }
                if scalar == "\\", offset < text.count {
                    scalar = text[offset]
                    offset += 1
                }
                out.unicodeScalars.append(scalar)
            }
            throw RequestFilter.Mistake(message: "a quote is not closed", offset: start)
        }
        while offset < text.count {
            let scalar = text[offset]
            if scalar == " " || scalar == "\t" || scalar == "," || scalar == "\"" || Self.signs.contains(scalar) {
                break
            }
            out.unicodeScalars.append(scalar)
            offset += 1
        }
        return out
    }
}
