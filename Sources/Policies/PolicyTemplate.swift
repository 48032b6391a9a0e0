/// Text of a policy with its variables `${key}` and `${key, 'default'}` (Version 2012-10-17 only).
struct PolicyTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        /// Tokens as in ``Wildcard``.
        case tokens([UInt16])
        case variable(ConditionKey, fallback: [UInt8]?)
    }

    let parts: [Part]

    /// Reads the text. `${*}`, `${?}` and `${$}` are those characters themselves; what is no complete variable stays
    /// text. With `variables` false (older versions) nothing but the wildcards is special.
    init(_ text: [UInt8], variables: Bool) {
        var parts: [Part] = []
        var tokens: [UInt16] = []
        var index = 0
        while index < text.count {
            guard variables, text[index] == UInt8(ascii: "$"), index + 1 < text.count,
                text[index + 1] == UInt8(ascii: "{"),
                let close = text[index...].firstIndex(of: UInt8(ascii: "}"))
            else {
                PolicyTemplate.append(text[index], to: &tokens)
                index += 1
                continue
            }
            let inner = text[(index + 2)..<close]
            if inner.count == 1, let only = inner.first,
                [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "$")].contains(only)
            {
                tokens.append(UInt16(only))
            } else if let part = PolicyTemplate.variable(inner) {
                if !tokens.isEmpty { parts.append(.tokens(tokens)) }
                tokens = []
                parts.append(part)
            } else {
                PolicyTemplate.append(text[index], to: &tokens)
                index += 1
                continue
            }
            index = close + 1
        }
        if !tokens.isEmpty { parts.append(.tokens(tokens)) }
        self.parts = parts
    }

    var hasVariables: Bool {
        parts.contains {
            if case .variable = $0 { return true }
            return false
        }
    }

    /// The tokens with every variable replaced; nil when one has neither a value nor a default: then nothing matches.
    /// Values are always literal text, whatever characters they hold.
    func expand(with context: any PolicyContext) -> [UInt16]? {
        var out: [UInt16] = []
        for part in parts {
            switch part {
            case .tokens(let tokens): out.append(contentsOf: tokens)
            case .variable(let key, let fallback):
                guard let value = context.values(of: key)?.single ?? fallback else { return nil }
                out.append(contentsOf: value.lazy.map(UInt16.init))
            }
        }
        return out
    }

    /// The names of variables that have neither a value nor a default in this context.
    func unresolved(in context: any PolicyContext) -> [String] {
        parts.compactMap { part in
            guard case .variable(let key, let fallback) = part, fallback == nil,
                context.values(of: key)?.single == nil
            else { return nil }
            return key.name
        }
    }

    /// Tokens as the text they stand for in operators without wildcards.
    static func literal(_ tokens: [UInt16]) -> [UInt8] {
        tokens.map {
            switch $0 {
            case Wildcard.star: UInt8(ascii: "*")
            case Wildcard.anyScalar: UInt8(ascii: "?")
            default: UInt8(truncatingIfNeeded: $0)
            }
        }
    }

    private static func append(_ byte: UInt8, to tokens: inout [UInt16]) {
        switch byte {
        // Not squeezed: operators without wildcards compare each star.
        case UInt8(ascii: "*"): tokens.append(Wildcard.star)
        case UInt8(ascii: "?"): tokens.append(Wildcard.anyScalar)
        default: tokens.append(UInt16(byte))
        }
    }

    /// `key` or `key, 'default'`.
    private static func variable(_ inner: ArraySlice<UInt8>) -> Part? {
        guard let first = inner.first, first != UInt8(ascii: ",") else { return nil }
        guard let comma = inner.firstIndex(of: UInt8(ascii: ",")) else {
            return .variable(key(inner), fallback: nil)
        }
        let rest = inner[(comma + 1)...].drop { isBlank($0) }
        guard rest.count >= 2, rest.first == UInt8(ascii: "'"), rest.last == UInt8(ascii: "'") else { return nil }
        return .variable(key(inner[..<comma]), fallback: Array(rest.dropFirst().dropLast()))
    }

    private static func key(_ text: ArraySlice<UInt8>) -> ConditionKey {
        var name = text.drop { isBlank($0) }
        while let last = name.last, isBlank(last) { name.removeLast() }
        return ConditionKey(String(decoding: name, as: UTF8.self))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}

/// Help for those who build policy text from data.
package enum PolicyPattern {
    /// Text that stands for exactly `text` in a `Resource` or a condition value of a 2012-10-17 document: `*`, `?` and
    /// `$` are written as `${*}`, `${?}` and `${$}`, so a claim can bring in neither a wildcard nor a variable.
    package static func escaping(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "*", "?", "$": out.unicodeScalars.append(contentsOf: "${\(character)}".unicodeScalars)
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
