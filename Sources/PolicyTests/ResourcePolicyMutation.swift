import Documents
import Routes

/// One change of an API's resource policy, by index into its statements.
package enum ResourcePolicyChange: Sendable, Hashable {
    case removeStatement(Int)
    case flipEffect(Int)
    case removeCondition(statement: Int, test: String, key: String)
    case invertCondition(statement: Int, test: String)
    case widenResource(statement: Int, resource: Int)

    /// Writes the policy anew with other statements. False when there is nothing to change.
    func apply(to document: inout GatewayDocument) -> Bool {
        guard let policy = document.api.policy, var members = DataNode(policy.document).map,
            let place = members.firstIndex(where: { $0.key == "Statement" })
        else { return false }
        var statements = Self.statements(members[place].value)
        guard edit(&statements) else { return false }
        members[place].value.content = .list(statements)
        let text = DataNode(.map(members), 0..<0).json
        guard let changed = try? JSONParser.parse(text) else { return false }
        document.api.policy?.document = changed.root
        document.api.policy?.isInline = false
        return true
    }

    /// A single statement may stand without its list.
    static func statements(_ node: DataNode?) -> [DataNode] {
        guard let node else { return [] }
        return node.list ?? (node.map == nil ? [] : [node])
    }

    private func edit(_ statements: inout [DataNode]) -> Bool {
        switch self {
        case .removeStatement(let index): statements.remove(at: index)
        case .flipEffect(let index):
            let other = statements[index]["Effect"]?.string == "Allow" ? "Deny" : "Allow"
            statements[index].set("Effect", .string(other))
        case .removeCondition(let index, let test, let key):
            guard var condition = statements[index]["Condition"], var keys = condition[test] else { return false }
            keys.remove(key)
            if keys.map?.isEmpty ?? true { condition.remove(test) } else { condition.set(test, keys.content) }
            if condition.map?.isEmpty ?? true {
                statements[index].remove("Condition")
            } else {
                statements[index].set("Condition", condition.content)
            }
        case .invertCondition(let index, let test):
            guard let inverse = Self.inverse(of: test), var condition = statements[index]["Condition"],
                condition[inverse] == nil
            else { return false }
            condition.rename(test, inverse)
            statements[index].set("Condition", condition.content)
        case .widenResource(let index, let resource):
            guard let written = statements[index]["Resource"] else { return false }
            var all = written.list ?? [written]
            all[resource].content = .string("*")
            statements[index].set("Resource", .list(all))
        }
        return true
    }

    private static let opposites: [(String, String)] = [
        ("StringEquals", "StringNotEquals"), ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"), ("NumericEquals", "NumericNotEquals"),
        ("NumericLessThan", "NumericGreaterThanEquals"), ("NumericLessThanEquals", "NumericGreaterThan"),
        ("DateEquals", "DateNotEquals"), ("DateLessThan", "DateGreaterThanEquals"),
        ("DateLessThanEquals", "DateGreaterThan"), ("IpAddress", "NotIpAddress"), ("ArnEquals", "ArnNotEquals"),
        ("ArnLike", "ArnNotLike"),
    ]

    /// The condition operator that holds where this one does not.
    static func inverse(of test: String) -> String? {
        let suffix = test.hasSuffix("IfExists") ? "IfExists" : ""
        let bare = test.dropLast(suffix.count)
        for (one, two) in opposites {
            if one == bare { return two + suffix }
            if two == bare { return one + suffix }
        }
        return nil
    }
}

extension DataNode {
    /// Of a member that is there.
    fileprivate mutating func set(_ name: String, _ content: Content) {
        guard var members = map, let index = members.firstIndex(where: { $0.key == name }) else { return }
        members[index].value.content = content
        self.content = .map(members)
    }

    fileprivate mutating func rename(_ name: String, _ other: String) {
        guard var members = map, let index = members.firstIndex(where: { $0.key == name }) else { return }
        members[index].key = other
        content = .map(members)
    }

    fileprivate mutating func remove(_ name: String) {
        content = .map((map ?? []).filter { $0.key != name })
    }
}

extension MutantFactory {
    static func resourcePolicy(_ document: GatewayDocument) -> [Mutant] {
        guard let policy = document.api.policy else { return [] }
        let advice = "add a case that it decides; sourceIp of a request says where it comes from"
        var out = [
            Mutant(change: .removeResourcePolicy, name: "/api/policy removed", span: policy.span, advice: advice)
        ]
        let statements = ResourcePolicyChange.statements(DataNode(policy.document)["Statement"])
        for (index, statement) in statements.enumerated() {
            let label = statement["Sid"]?.string ?? "#\(index)"
            func add(_ change: ResourcePolicyChange, _ words: String, _ node: DataNode) {
                let span = policy.isInline ? document.source.span(node.range) : policy.span
                out.append(
                    Mutant(
                        change: .resourcePolicy(change), name: "/api/policy/\(label) \(words)", span: span,
                        advice: advice))
            }
            let other = statement["Effect"]?.string == "Allow" ? "Deny" : "Allow"
            if statements.count > 1 { add(.removeStatement(index), "removed", statement) }
            add(.flipEffect(index), "effect -> \(other)", statement)
            if let written = statement["Resource"] {
                for (place, resource) in (written.list ?? [written]).enumerated() {
                    guard let text = resource.string, !["*", "execute-api:/*"].contains(text) else { continue }
                    add(.widenResource(statement: index, resource: place), "Resource \(text) -> *", resource)
                }
            }
            let condition = statement["Condition"]
            for test in condition?.map ?? [] {
                for key in test.value.map ?? [] {
                    add(
                        .removeCondition(statement: index, test: test.key, key: key.key),
                        "Condition \(test.key) \(key.key) removed", key.value)
                }
                if let inverse = ResourcePolicyChange.inverse(of: test.key), condition?[inverse] == nil {
                    add(
                        .invertCondition(statement: index, test: test.key), "Condition \(test.key) -> \(inverse)",
                        test.value)
                }
            }
        }
        return out
    }
}
