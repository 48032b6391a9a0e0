import Documents

/// A JSON value that can be changed. Objects know their section of the schema, or that their names are the author's.
indirect enum Draft {
    case text(String)
    /// JSON text of a number, boolean or null.
    case raw(String)
    case list([Draft])
    case members(section: String?, [DraftMember])

    static func object(section: String?, _ members: [(name: String, value: Draft)]) -> Draft {
        .members(section: section, members.map { DraftMember($0.name, $0.value) })
    }

    var json: String {
        switch self {
        case .text(let text):
            var writer = JSONWriter()
            writer.string(text)
            return writer.text
        case .raw(let text): return text
        case .list(let items): return "[" + items.map(\.json).joined(separator: ", ") + "]"
        case .members(_, let members):
            return "{" + members.map { "\(Draft.text($0.name).json): \($0.value.json)" }.joined(separator: ", ") + "}"
        }
    }

    subscript(_ name: String) -> Draft? {
        if case .members(_, let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    var names: [String] { if case .members(_, let members) = self { members.map(\.name) } else { [] } }

    /// Where objects and lists are, as indices from the root.
    var places: [[Int]] {
        switch self {
        case .text, .raw: []
        case .list(let items):
            [[]] + items.enumerated().flatMap { each in each.element.places.map { [each.offset] + $0 } }
        case .members(_, let members):
            [[]] + members.enumerated().flatMap { each in each.element.value.places.map { [each.offset] + $0 } }
        }
    }

    func value(at place: [Int]) -> Draft {
        guard let first = place.first else { return self }
        switch self {
        case .list(let items): return items[first].value(at: Array(place.dropFirst()))
        case .members(_, let members): return members[first].value.value(at: Array(place.dropFirst()))
        case .text, .raw: return self
        }
    }

    func replacing(_ place: [Int], with new: Draft) -> Draft {
        guard let first = place.first else { return new }
        let rest = Array(place.dropFirst())
        switch self {
        case .list(var items):
            items[first] = items[first].replacing(rest, with: new)
            return .list(items)
        case .members(let section, var members):
            members[first].value = members[first].value.replacing(rest, with: new)
            return .members(section: section, members)
        case .text, .raw: return self
        }
    }
}

struct DraftMember {
    var name: String
    var value: Draft

    init(_ name: String, _ value: Draft) {
        self.name = name
        self.value = value
    }
}

/// xorshift64*: the same configurations on every machine.
struct Dice {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func roll(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(1, bound)
    }

    mutating func pick<Element>(_ all: [Element]) -> Element { all[roll(all.count)] }
    mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
}
