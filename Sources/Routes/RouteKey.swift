/// `METHOD /path` or, on HTTP APIs, `$default`.
package struct RouteKey: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// `$default`: whatever no other route takes.
        case fallback
        case pattern(RouteVerb, PathPattern)
    }

    /// As written.
    package var text: String
    package var kind: Kind

    package var description: String { text }

    /// Nil for `$default`.
    package var pattern: PathPattern? { if case .pattern(_, let pattern) = kind { pattern } else { nil } }
    package var verb: RouteVerb? { if case .pattern(let verb, _) = kind { verb } else { nil } }

    /// Names of the path parameters in order, as ``RouteHit/parameters`` has them.
    package var parameterNames: [String] { pattern?.parameterNames ?? [] }

    /// Equal for keys that take the same requests: parameter names do not count.
    package var shape: [UInt8] {
        switch kind {
        case .fallback: Array("$default".utf8)
        case .pattern(let verb, let pattern): Array(verb.rawValue.utf8) + [0x20] + pattern.shape
        }
    }

    /// What is wrong with a key and where, in bytes of its text.
    package struct Problem: Error, Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case noSpace
            case unknownVerb
            case lowerCaseVerb
            case fallbackOnREST
            case path(PathPattern.Problem.Kind)
        }

        package var kind: Kind
        package var range: Range<Int>
    }

    package init(_ text: String, apiType: ApiType) throws(Problem) {
        let bytes = Array(text.utf8)
        self.text = text
        if text == "$default" {
            if apiType == .rest { throw Problem(kind: .fallbackOnREST, range: 0..<bytes.count) }
            kind = .fallback
            return
        }
        guard let space = bytes.firstIndex(of: 0x20) else {
            throw Problem(kind: .noSpace, range: 0..<bytes.count)
        }
        let word = String(decoding: bytes[..<space], as: UTF8.self)
        guard let verb = RouteVerb(rawValue: word) else {
            let isLower = RouteVerb(rawValue: word.uppercased()) != nil
            throw Problem(kind: isLower ? .lowerCaseVerb : .unknownVerb, range: 0..<space)
        }
        do {
            kind = .pattern(verb, try PathPattern(bytes[(space + 1)...], apiType: apiType))
        } catch {
            throw Problem(kind: .path(error.kind), range: error.range)
        }
    }
}

/// The verbs a route can be declared for; `ANY` stands for all of them on REST, and on HTTP for any method at all,
/// so that an invented method cannot slip past a guarded route.
package enum RouteVerb: String, Sendable, Hashable, CaseIterable {
    case any = "ANY"
    case delete = "DELETE"
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case patch = "PATCH"
    case post = "POST"
    case put = "PUT"
}
