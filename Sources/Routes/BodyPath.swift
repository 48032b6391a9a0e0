package import Documents

/// A place in a JSON body, as parameter mappings name it: `user.name`, `items[0]`, `['a b'].c`.
///
/// The part of JSONPath that names one value. API Gateway also reads wildcards and slices, which name several.
package struct BodyPath: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case member([UInt8])
        /// Counted from 0.
        case element(Int)
    }

    package var steps: [Step]

    /// Nil for what is no such path. A leading `$` is left out, as API Gateway does.
    package init?(_ text: String) {
        steps = []
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "$") {
            rest.removeFirst()
            if rest.isEmpty { return }
            if rest.first == UInt8(ascii: ".") { rest.removeFirst() }
        }
        var wantsName = rest.first != UInt8(ascii: "[")
        while !rest.isEmpty || wantsName {
            if wantsName {
                let name = rest.prefix { !".[]'\"*?()@, ".utf8.contains($0) }
                if name.isEmpty { return nil }
                steps.append(.member(Array(name)))
                rest = rest.dropFirst(name.count)
                wantsName = false
            } else if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                wantsName = true
            } else if rest.first == UInt8(ascii: "["), let step = Self.bracket(&rest) {
                steps.append(step)
            } else {
                return nil
            }
        }
    }

    /// `[0]` or `['name']`.
    private static func bracket(_ rest: inout ArraySlice<UInt8>) -> Step? {
        rest.removeFirst()
        if let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            rest.removeFirst()
            let name = rest.prefix { $0 != quote }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.starts(with: [quote, UInt8(ascii: "]")]) else { return nil }
            rest = rest.dropFirst(2)
            return .member(Array(name))
        }
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest.dropFirst(digits.count)
        guard !digits.isEmpty, digits.count <= 9, rest.first == UInt8(ascii: "]") else { return nil }
        rest.removeFirst()
        return .element(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }

    /// The text of the value there: a string's content, anything else as it is written; nil where nothing or null stands.
    package func value(in root: JSONValue) -> [UInt8]? {
        var value = root
        for step in steps {
            switch step {
            case .member(let name):
                guard let found = value[name] else { return nil }
                value = found
            case .element(let index):
                guard index < value.count, let found = value.elements.dropFirst(index).first(where: { _ in true })
                else { return nil }
                value = found
            }
        }
        if value.isNull { return nil }
        return value.utf8 ?? Array(value.text)
    }
}
