import Documents
import Routes

/// What differs between two effective configurations, in words for a review.
struct ConfigurationDifference {
    private typealias Node = EffectiveConfiguration.Node

    private var warnings: [String] = []
    private var lines: [String] = []

    init(from old: EffectiveConfiguration, to new: EffectiveConfiguration) {
        compare(old.root, new.root, "")
    }

    /// One line for each difference; empty when there is none.
    var text: String {
        let all = warnings + lines
        return all.isEmpty ? "" : all.map { DiagnosticPrinter.visible($0) }.joined(separator: "\n") + "\n"
    }

    private mutating func compare(_ old: Node, _ new: Node, _ pointer: String) {
        if old.text == new.text { return }
        guard case .object(let before) = old.content, case .object(let after) = new.content else {
            lines.append("~ \(pointer)  \(old.text) -> \(new.text)")
            return
        }
        if pointer.hasPrefix("/routes/"), pointer.dropFirst(8).contains("/") == false, Self.isPublic(new),
            !Self.isPublic(old)
        {
            warn(pointer)
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
                if pointer == "/routes", Self.isPublic(member.node) { warn(place) }
            }
        }
    }

    private mutating func warn(_ pointer: String) {
        let name = pointer.dropFirst(8).split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        warnings.append(
            "! \(name.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")) is public")
    }

    private static func isPublic(_ route: Node) -> Bool {
        guard case .object(let members) = route.content else { return false }
        return members.first { $0.name == "authorizationType" }?.node.text == "\"NONE\""
    }
}
