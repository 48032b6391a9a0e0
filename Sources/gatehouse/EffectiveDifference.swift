import Documents
import Routes

/// What differs between two effective configurations, value by value.
struct EffectiveDifference {
    private typealias Node = EffectiveConfiguration.Node

    /// One line for each difference; empty when there is none.
    private(set) var lines: [String] = []

    init(from old: EffectiveConfiguration, to new: EffectiveConfiguration) {
        compare(old.root, new.root, "")
    }

    private mutating func compare(_ old: Node, _ new: Node, _ pointer: String) {
        if old.text == new.text { return }
        guard case .object(let before) = old.content, case .object(let after) = new.content else {
            lines.append("~ \(pointer)  \(old.text) -> \(new.text)")
            return
        }
        for member in before where !after.contains(where: { $0.name == member.name }) {
            lines.append("- \(pointer)/\(EffectiveConfiguration.escaped(member.name))  \(member.node.text)")
        }
        for member in after {
            let place = "\(pointer)/\(EffectiveConfiguration.escaped(member.name))"
            if let same = before.first(where: { $0.name == member.name }) {
                compare(same.node, member.node, place)
            } else {
                lines.append("+ \(place)  \(member.node.text)")
            }
        }
    }
}
