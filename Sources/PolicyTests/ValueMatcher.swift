package import Documents

/// What a value must be: the same value, a map that has at least these members, or text of a form.
package struct ValueMatcher: Sendable {
    package enum Test: Sendable {
        /// The value itself; of maps, at least these members, each matching in turn.
        case equals(DataNode)
        case members([(name: String, matcher: ValueMatcher)])
        /// `*` stands for any characters, `?` for one.
        case matches(String)
        case absent
        case present
    }

    package var test: Test

    package init(_ test: Test) {
        self.test = test
    }

    /// `{}`: any map would do.
    var isEmpty: Bool { if case .members(let members) = test { members.isEmpty } else { false } }

    /// Words that make a map a test instead of a value.
    static let words = ["matches", "equals", "absent", "present"]

    /// Reads `{ matches: … }`, `{ equals: … }`, `{ absent: true }`, `{ present: true }`, or a value.
    package init(_ node: DataNode) {
        if let members = node.map, members.count == 1, let only = members.first {
            switch (only.key, only.value.content) {
            case ("matches", .string(let pattern)):
                test = .matches(pattern)
                return
            case ("absent", .bool(let wanted)):
                test = wanted ? .absent : .present
                return
            case ("present", .bool(let wanted)):
                test = wanted ? .present : .absent
                return
            case ("equals", _):
                test = .equals(only.value)
                return
            default: break
            }
        }
        if let members = node.map {
            test = .members(members.map { ($0.key, ValueMatcher($0.value)) })
        } else {
            test = .equals(node)
        }
    }

    /// Of a header or another text: as ``init(_:)``, and the bare word `absent` means that it must not be there.
    package static func text(_ node: DataNode) -> ValueMatcher {
        if node.string == "absent" { return ValueMatcher(.absent) }
        return ValueMatcher(node)
    }

    // MARK: Judging

    /// Nil when the value is as wanted, else what differs; `path` says where in the value.
    package func difference(from value: DataNode?, path: String = "") -> String? {
        let place = path.isEmpty ? "" : "\(path): "
        switch test {
        case .absent: return value.map { "\(place)expected nothing, got \(Self.text(of: $0))" }
        case .present: return value == nil ? "\(place)expected some value, got nothing" : nil
        default: break
        }
        guard let value else { return "\(place)expected \(text), got nothing" }
        switch test {
        case .absent, .present: return nil
        case .matches(let pattern):
            guard let word = value.word, Glob.matches(pattern, word) else {
                return "\(place)expected text like \"\(pattern)\", got \(Self.text(of: value))"
            }
            return nil
        case .members(let members):
            guard value.map != nil else { return "\(place)expected a map, got \(Self.text(of: value))" }
            for member in members {
                let path = "\(path)/\(member.name)"
                if let found = member.matcher.difference(from: value[member.name], path: path) {
                    return ReportMask.isSecret(member.name)
                        ? "\(path): expected another value, got one that reports do not show" : found
                }
            }
            return nil
        case .equals(let wanted):
            if Self.isSame(wanted, value) { return nil }
            return "\(place)expected \(Self.text(of: wanted)), got \(Self.text(of: value))"
        }
    }

    /// As ``difference(from:path:)`` for text that came as bytes. A number or boolean stands for its text here.
    package func difference(fromText bytes: [UInt8]?, path: String = "") -> String? {
        let node = bytes.map { DataNode(.string(String(decoding: $0, as: UTF8.self)), 0..<0) }
        if case .equals(let wanted) = test, let word = wanted.word {
            return ValueMatcher(.equals(DataNode(.string(word), wanted.range))).difference(from: node, path: path)
        }
        return difference(from: node, path: path)
    }

    private var text: String {
        switch test {
        case .equals(let node): Self.text(of: node)
        case .members: "a map"
        case .matches(let pattern): "text like \"\(pattern)\""
        case .absent: "nothing"
        case .present: "some value"
        }
    }

    /// The value as JSON; members whose names say that they are secret are hidden.
    static func text(of node: DataNode) -> String { String(decoding: masked(node).json, as: UTF8.self) }

    private static func masked(_ node: DataNode) -> DataNode {
        switch node.content {
        case .map(let members):
            let shown = members.map { member in
                var member = member
                let isHidden = ReportMask.isSecret(member.key)
                member.value = isHidden ? DataNode(.string("…"), member.value.range) : masked(member.value)
                return member
            }
            return DataNode(.map(shown), node.range)
        case .list(let items): return DataNode(.list(items.map { masked($0) }), node.range)
        default: return node
        }
    }

    /// Numbers are the same when their texts are; maps regardless of order.
    static func isSame(_ one: DataNode, _ two: DataNode) -> Bool {
        switch (one.content, two.content) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left.utf8.elementsEqual(right.utf8)
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.allSatisfy { member in two[member.key].map { isSame(member.value, $0) } ?? false }
        default: false
        }
    }
}

/// `*` and `?` over characters.
enum Glob {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (place, index, star, mark) = (0, 0, -1, 0)
        while index < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = place
                mark = index
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
                place += 1
                index += 1
            } else if star >= 0 {
                mark += 1
                index = mark
                place = star + 1
            } else {
                return false
            }
        }
        while place < pattern.count, pattern[place] == "*" { place += 1 }
        return place == pattern.count
    }
}
