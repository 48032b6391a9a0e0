import Documents

/// Which parts were written differently; white space, comments and the order of members do not count.
extension ConfigurationDifference {
    /// Sections whose members have names, with the noun for one of them.
    static let namedSections = [
        ("authorizers", "authorizer"), ("integrations", "integration"), ("keys", "key"), ("upstreams", "upstream"),
        ("apiKeys", "API key"), ("usagePlans", "usage plan"),
        ("gatewayResponses", "gateway response"), ("models", "model"),
        ("functions", "function"),
    ]

    static func changedParts(_ old: WrittenDocument, _ new: WrittenDocument) -> [String] {
        var changed: [String] = []
        for (section, noun) in namedSections {
            let before = old.root[section]
            let after = new.root[section]
            // In the order of the new document, then what is gone.
            for member in after.map({ Array($0.members) }) ?? [] {
                if !member.value.means(before?[member.name]) { changed.append("\(noun) \(member.name)") }
            }
            for member in before.map({ Array($0.members) }) ?? [] where after?[member.name] == nil {
                changed.append("\(noun) \(member.name)")
            }
        }
        let apart = Set(namedSections.map(\.0) + ["routes"])
        for member in new.root.members where !apart.contains(member.name) {
            if !member.value.means(old.root[member.name]) { changed.append(member.name) }
        }
        for member in old.root.members where !apart.contains(member.name) && new.root[member.name] == nil {
            changed.append(member.name)
        }
        return changed
    }
}

/// The text of a configuration as a tree.
struct WrittenDocument {
    let root: JSONValue

    init(_ document: GatewayDocument) {
        root = JSONParser.parse(document.source.bytes, options: .configuration).document.root
    }

    /// What stands at a route as its integration: a name or an object.
    func integration(of route: RouteKey) -> JSONValue? { root["routes"]?[route.text]?["integration"] }
}

extension JSONValue {
    /// Whether both are the same value; numbers and texts as written.
    func means(_ other: JSONValue?) -> Bool {
        guard let other, kind == other.kind else { return false }
        switch kind {
        case .null, .invalid: return true
        case .bool: return bool == other.bool
        case .number: return numberText == other.numberText
        case .string: return utf8 == other.utf8
        case .array:
            return count == other.count && zip(elements, other.elements).allSatisfy { $0.means($1) }
        case .object:
            return count == other.count && members.allSatisfy { $0.value.means(other[$0.name]) }
        }
    }
}
