import Documents
import Policies
import Routes
package import Tokens

/// A caller as a recording knows it. What was verified then is not verified now: nothing that serves requests takes a
/// value of this type, and none of the types that it takes can be made of one.
package struct RecordedIdentity: Sendable {
    package let token: RecordedToken
    /// Paths of the claims that are pseudonyms now, or hold something that was taken out.
    package let pseudonyms: [String]
    /// Paths of the claims that are no longer there.
    package let dropped: [String]
    /// `kid` of the key that had verified it.
    package let keyID: [UInt8]?
    /// Gives the pseudonym of a value; nil when the recording was made with another salt.
    package let naming: (@Sendable ([UInt8]) -> [UInt8])?

    package init(
        token: RecordedToken, pseudonyms: [String], dropped: [String], keyID: [UInt8]?,
        naming: (@Sendable ([UInt8]) -> [UInt8])?
    ) {
        self.token = token
        self.pseudonyms = pseudonyms
        self.dropped = dropped
        self.keyID = keyID
        self.naming = naming
    }

    /// What is left of the claim that a path leads to.
    enum Trace {
        case whole
        case pseudonym
        case dropped
    }

    func trace(of path: String) -> Trace {
        if dropped.contains(where: { Self.meet($0, path) }) { return .dropped }
        return pseudonyms.contains { Self.meet($0, path) } ? .pseudonym : .whole
    }

    /// Whether one path is the other or leads through it.
    private static func meet(_ first: String, _ second: String) -> Bool {
        first == second || first.hasPrefix(second + ".") || second.hasPrefix(first + ".")
    }
}

/// What can be said without all that was there.
enum Truth: Sendable, Hashable {
    case yes
    case no
    case unknown

    static func all(_ parts: some Sequence<Truth>) -> Truth {
        var result = Truth.yes
        for part in parts {
            if part == .no { return .no }
            if part == .unknown { result = .unknown }
        }
        return result
    }

    static func any(_ parts: some Sequence<Truth>) -> Truth {
        var result = Truth.no
        for part in parts {
            if part == .yes { return .yes }
            if part == .unknown { result = .unknown }
        }
        return result
    }
}

extension WhenEvaluator {
    /// Whether a statement is issued for a recorded caller, as far as its claims still say.
    static func isIssued(_ when: [[WhenCondition]]?, for identity: RecordedIdentity) -> Truth {
        guard let when else { return .yes }
        return .any(when.map { alternative in .all(alternative.map { holds($0, for: identity) }) })
    }

    private static func holds(_ condition: WhenCondition, for identity: RecordedIdentity) -> Truth {
        let claims = identity.token.claims
        switch identity.trace(of: condition.claim.text) {
        case .whole: return failure(of: condition, for: claims) == nil ? .yes : .no
        case .dropped: return .unknown
        case .pseudonym: break
        }
        // A pseudonym is there when the claim was, and keeps its format.
        guard let value = claims.value(at: condition.claim), !value.isNull else { return .unknown }
        switch condition.test {
        case .exists(let wanted): return wanted ? .yes : .no
        case .equals(let wanted): return equals(value, wanted, identity)
        case .notEquals(let wanted): return negated(equals(value, wanted, identity))
        case .isIn(let list): return .any(list.map { equals(value, $0, identity) })
        case .isNotIn(let list): return negated(.any(list.map { equals(value, $0, identity) }))
        case .matches(let pattern): return matches(value, pattern)
        case .contains, .atLeast, .atMost: return .unknown
        }
    }

    private static func negated(_ truth: Truth) -> Truth {
        switch truth {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }

    private static func equals(_ value: JSONValue, _ wanted: ScalarValue, _ identity: RecordedIdentity) -> Truth {
        guard let text = value.utf8 else { return .unknown }
        // A text equals nothing but texts.
        guard case .string(let wanted) = wanted else { return .no }
        let octets = Array(wanted.utf8)
        if let naming = identity.naming { return naming(octets) == text ? .yes : .no }
        // Addresses of different hosts are different, and an address is never a word without one.
        let hosts = (host(of: text), host(of: octets))
        return hosts.0 == hosts.1 ? .unknown : .no
    }

    /// What stands behind the only `@`; nil when there is none, or more.
    private static func host(of text: [UInt8]) -> ArraySlice<UInt8>? {
        guard let at = text.firstIndex(of: UInt8(ascii: "@")), at == text.lastIndex(of: UInt8(ascii: "@")) else {
            return nil
        }
        return text[(at + 1)...]
    }

    /// A pattern that asks for the host alone is answered by it.
    private static func matches(_ value: JSONValue, _ pattern: String) -> Truth {
        guard let text = value.utf8, let host = host(of: text) else { return .unknown }
        let octets = Array(pattern.utf8)
        guard octets.starts(with: "*@".utf8), !octets.dropFirst(2).contains(UInt8(ascii: "@")) else { return .unknown }
        return TextPattern(String(decoding: octets.dropFirst(2), as: UTF8.self)).matches(Array(host)) ? .yes : .no
    }
}
