/// A pattern of a policy resource, `*` for any characters and `?` for one, compared with other patterns.
struct ResourceGlob: Sendable, Hashable {
    private let tokens: [UInt8]

    private static let star = UInt8(ascii: "*")
    private static let any = UInt8(ascii: "?")

    init(_ text: some Sequence<UInt8>) {
        var tokens: [UInt8] = []
        for byte in text where byte != Self.star || tokens.last != Self.star { tokens.append(byte) }
        self.tokens = tokens
    }

    init(_ text: String) {
        self.init(text.utf8)
    }

    /// Whether everything that the other pattern covers is covered by this one. Sound, and complete but for patterns
    /// in which `*` and `?` stand side by side: a wildcard of the other is only ever met by one of ours.
    func includes(_ other: ResourceGlob) -> Bool { covers(other.tokens, isText: false) }

    /// Whether a text, in which `*` and `?` are characters like others, is covered.
    func matches(_ text: some Sequence<UInt8>) -> Bool { covers(Array(text), isText: true) }

    private func covers(_ other: [UInt8], isText: Bool) -> Bool {
        var mine = 0
        var theirs = 0
        var star = -1
        var retry = 0
        while theirs < other.count {
            let wanted = other[theirs]
            if mine < tokens.count, tokens[mine] == Self.star {
                star = mine
                retry = theirs
                mine += 1
                continue
            }
            let isPlain = isText || wanted != Self.star
            let fits = mine < tokens.count && isPlain && (tokens[mine] == Self.any || tokens[mine] == wanted)
            if fits {
                mine += 1
                theirs += 1
                continue
            }
            guard star >= 0 else { return false }
            retry += 1
            theirs = retry
            mine = star + 1
        }
        while mine < tokens.count, tokens[mine] == Self.star { mine += 1 }
        return mine == tokens.count
    }
}

extension PolicyResource {
    /// `METHOD/path` as one pattern; `*` for everything; nil for ARNs.
    var glob: ResourceGlob? {
        switch form {
        case .everything: ResourceGlob("*")
        case .short(let method, let path): ResourceGlob("\(method)/\(path)")
        case .arn: nil
        }
    }

    /// Whether everything that the other resource covers is covered by this one.
    func includes(_ other: PolicyResource) -> Bool {
        if case .everything = form { return true }
        if case .arn = form, case .arn = other.form { return text.utf8.elementsEqual(other.text.utf8) }
        guard let glob, let others = other.glob else { return false }
        return glob.includes(others)
    }
}

extension PolicyStatementDefinition {
    /// Whether this statement is issued whenever the other one is.
    func isIssued(whenever other: PolicyStatementDefinition) -> Bool {
        guard let when else { return true }
        guard let others = other.when, when.count == others.count else { return false }
        return zip(when, others).allSatisfy { mine, theirs in
            mine.count == theirs.count
                && zip(mine, theirs).allSatisfy { $0.claim == $1.claim && $0.test == $1.test }
        }
    }
}
