import Documents
import Routes

/// One change of an API's resource policy, by index into its statements.
package enum ResourcePolicyChange: Sendable, Hashable {
    case removeStatement(Int)
    case flipEffect(Int)
    case removeCondition(statement: Int, test: String, key: String)
    case invertCondition(statement: Int, test: String)
    /// `member` is `Resource` or `NotResource`.
    case widenResource(statement: Int, member: String, resource: Int, to: String)
    /// One of several.
    case removeResource(statement: Int, member: String, resource: Int)
    /// One of several values of a condition.
    case removeValue(statement: Int, test: String, key: String, value: Int)
    /// `Null` asks for the opposite.
    case flipNull(statement: Int, key: String)

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

    /// The statements of a resource policy by name and place; none where there is no policy.
    static func labelled(_ document: GatewayDocument) -> [(label: String, span: SourceSpan)] {
        guard let policy = document.api.policy else { return [] }
        return statements(DataNode(policy.document)["Statement"]).enumerated().map { index, statement in
            let sid = statement["Sid"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            return (sid ?? "#\(index)", policy.isInline ? document.source.span(statement.range) : policy.span)
        }
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
        case .widenResource(let index, let member, let resource, let wide):
            guard let written = statements[index][member] else { return false }
            var all = written.list ?? [written]
            all[resource].content = .string(wide)
            statements[index].set(member, .list(all))
        case .removeResource(let index, let member, let resource):
            guard var all = statements[index][member]?.list, all.count > 1 else { return false }
            all.remove(at: resource)
            statements[index].set(member, .list(all))
        case .removeValue(let index, let test, let key, let value):
            guard var condition = statements[index]["Condition"], var keys = condition[test],
                var all = keys[key]?.list, all.count > 1
            else { return false }
            all.remove(at: value)
            keys.set(key, .list(all))
            condition.set(test, keys.content)
            statements[index].set("Condition", condition.content)
        case .flipNull(let index, let key):
            guard var condition = statements[index]["Condition"], var keys = condition["Null"], let old = keys[key],
                let isNull = Self.isNull(old)
            else { return false }
            keys.set(key, .string(isNull ? "false" : "true"))
            condition.set("Null", keys.content)
            statements[index].set("Condition", condition.content)
        }
        return true
    }

    /// What `Null` asks for; nil for several values and for anything else than true and false.
    static func isNull(_ value: DataNode) -> Bool? {
        if case .bool(let isNull) = value.content { return isNull }
        switch value.string?.lowercased() {
        case "true": return true
        case "false": return false
        default: return nil
        }
    }

    private static let opposites: [(String, String)] = [
        ("StringEquals", "StringNotEquals"), ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"), ("NumericEquals", "NumericNotEquals"),
        ("NumericLessThan", "NumericGreaterThanEquals"), ("NumericLessThanEquals", "NumericGreaterThan"),
        ("DateEquals", "DateNotEquals"), ("DateLessThan", "DateGreaterThanEquals"),
        ("DateLessThanEquals", "DateGreaterThan"), ("IpAddress", "NotIpAddress"), ("ArnEquals", "ArnNotEquals"),
        ("ArnLike", "ArnNotLike"),
    ]

    /// The condition operator that holds where this one does not: what some value meets, all values fail to miss.
    static func inverse(of test: String) -> String? {
        for (one, two) in [("ForAnyValue:", "ForAllValues:"), ("ForAllValues:", "ForAnyValue:")]
        where test.hasPrefix(one) {
            return inverse(of: String(test.dropFirst(one.count))).map { two + $0 }
        }
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
            for member in ["Resource", "NotResource"] {
                guard let written = statement[member] else { continue }
                let all = written.list ?? [written]
                for (place, resource) in all.enumerated() {
                    guard let text = resource.string else { continue }
                    if all.count > 1 {
                        add(
                            .removeResource(statement: index, member: member, resource: place),
                            "\(member) \(text) removed", resource)
                    }
                    if ["*", "execute-api:/*"].contains(text) { continue }
                    for wide in ResourceWidening.texts(of: text, routes: document.routes) + ["*"] {
                        add(
                            .widenResource(statement: index, member: member, resource: place, to: wide),
                            "\(member) \(text) -> \(wide)", resource)
                    }
                }
            }
            let condition = statement["Condition"]
            for test in condition?.map ?? [] {
                for key in test.value.map ?? [] {
                    add(
                        .removeCondition(statement: index, test: test.key, key: key.key),
                        "Condition \(test.key) \(key.key) removed", key.value)
                    if test.key == "Null", let isNull = ResourcePolicyChange.isNull(key.value) {
                        add(
                            .flipNull(statement: index, key: key.key), "Condition Null \(key.key) -> \(!isNull)",
                            key.value)
                    }
                    let values = key.value.list ?? []
                    for (place, value) in values.enumerated() where values.count > 1 {
                        add(
                            .removeValue(statement: index, test: test.key, key: key.key, value: place),
                            "Condition \(test.key) \(key.key) \(ValueMatcher.text(of: value)) removed", value)
                    }
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
