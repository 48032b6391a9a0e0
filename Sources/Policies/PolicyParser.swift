package import Documents

/// Reads IAM policy documents (IAM User Guide, JSON policy grammar) strictly: element names and effects in exact case,
/// nothing unknown, no empty lists. A document with one bad statement is wholly invalid.
package enum PolicyParser {
    /// Whether statements may name principals.
    package enum Principals: Sendable, Hashable {
        /// Authorizer output: `Principal` makes the document invalid.
        case refused
        /// Resource policies: `Principal` is judged for anonymous callers; absent, the statement covers them.
        case accepted
    }

    package static func parse(
        _ bytes: [UInt8], principals: Principals = .refused
    ) throws(PolicyError) -> PolicyDocument {
        let document: JSONDocument
        do {
            document = try JSONParser.parse(bytes)
        } catch {
            throw PolicyError(code: .notJSON, range: error.range, help: error.message)
        }
        return try parse(document.root, principals: principals)
    }

    package static func parse(
        _ value: JSONValue, principals: Principals = .refused
    ) throws(PolicyError) -> PolicyDocument {
        do {
            return try document(value, principals)
        } catch {
            var placed = error
            placed.range = place(error.path, in: value)
            throw placed
        }
    }

    private static func document(_ value: JSONValue, _ principals: Principals) throws(PolicyError) -> PolicyDocument {
        guard value.kind == .object else { throw PolicyError(code: .notAnObject) }
        var version: PolicyDocument.Version?
        var id: String?
        var list: [JSONValue]?
        for member in value.members {
            let name = member.name
            switch name {
            case "Version":
                guard let known = member.value.string.flatMap(PolicyDocument.Version.init) else {
                    throw PolicyError(code: .version, path: [.member(name)], detail: member.value.string)
                }
                version = known
            case "Id":
                guard let text = member.value.string else {
                    throw PolicyError(code: .identifier, path: [.member(name)])
                }
                id = text
            case "Statement":
                switch member.value.kind {
                case .object: list = [member.value]
                case .array: list = Array(member.value.elements)
                default: throw PolicyError(code: .statementMissing, path: [.member(name)])
                }
            default: throw unknown(name, among: ["Version", "Id", "Statement"], [])
            }
        }
        guard let list else { throw PolicyError(code: .statementMissing) }
        var statements: [PolicyStatement] = []
        statements.reserveCapacity(list.count)
        for (index, value) in list.enumerated() {
            do {
                statements.append(try statement(value, principals))
            } catch {
                var placed = error
                placed.path = [.member("Statement"), .index(index)] + error.path
                throw placed
            }
        }
        return try PolicyDocument(version: version, id: id, statements: statements)
    }

    private static let elements = [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal",
    ]

    /// Paths of errors start at the statement here; only a failure pays for the rest.
    private static func statement(
        _ value: JSONValue, _ principals: Principals
    ) throws(PolicyError) -> PolicyStatement {
        guard value.kind == .object else { throw PolicyError(code: .statementNotAnObject) }
        var found: [JSONValue?] = Array(repeating: nil, count: elements.count)
        for member in value.members {
            guard let place = elements.firstIndex(where: { member.key.equals($0) }) else {
                throw unknown(member.name, among: elements, [])
            }
            found[place] = member.value
        }
        guard let effect = found[1]?.string.flatMap(PolicyEffect.init) else {
            throw PolicyError(code: .effect, path: [.member("Effect")], detail: found[1]?.string)
        }
        let actions = try pair(
            found[2], found[3], "Action", (missing: .actionMissing, twice: .actionTwice, value: .actionValue))
        let resources = try pair(
            found[4], found[5], "Resource",
            (missing: .resourceMissing, twice: .resourceTwice, value: .resourceValue))
        var statement = PolicyStatement(
            effect: effect, actions: actions.values, negatesActions: actions.isNegated, resources: resources.values,
            negatesResources: resources.isNegated)
        if let sid = found[0] {
            guard let text = sid.string else { throw PolicyError(code: .sid, path: [.member("Sid")]) }
            statement.sid = text
        }
        if let block = found[6] { statement.conditions = try conditions(block) }
        statement.principal = try principal(found[7], found[8], principals)
        return statement
    }

    /// `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of both, a string or a list of strings.
    private static func pair(
        _ positive: JSONValue?, _ negated: JSONValue?, _ name: String,
        _ codes: (missing: PolicyError.Code, twice: PolicyError.Code, value: PolicyError.Code)
    ) throws(PolicyError) -> (values: [String], isNegated: Bool) {
        if positive != nil, negated != nil {
            throw PolicyError(code: codes.twice, path: [.member("Not" + name)])
        }
        guard let value = positive ?? negated else { throw PolicyError(code: codes.missing) }
        let written = positive == nil ? "Not" + name : name
        if let text = value.string, !text.isEmpty { return ([text], positive == nil) }
        guard value.kind == .array, value.count > 0 else {
            throw PolicyError(code: codes.value, path: [.member(written)])
        }
        var values: [String] = []
        values.reserveCapacity(value.count)
        for each in value.elements {
            guard let text = each.string, !text.isEmpty else {
                throw PolicyError(code: codes.value, path: [.member(written), .index(values.count)])
            }
            values.append(text)
        }
        return (values, positive == nil)
    }

    private static func conditions(_ block: JSONValue) throws(PolicyError) -> [PolicyCondition] {
        guard block.kind == .object else {
            throw PolicyError(code: .conditionNotAnObject, path: [.member("Condition")])
        }
        var out: [PolicyCondition] = []
        for test in block.members {
            let place: [PolicyError.Step] = [.member("Condition"), .member(test.name)]
            guard ConditionOperator(test.name) != nil else {
                throw PolicyError(
                    code: .conditionOperator, path: place, detail: test.name,
                    help: ConditionOperator.suggestion(for: test.name))
            }
            guard test.value.kind == .object else { throw PolicyError(code: .conditionBlock, path: place) }
            for member in test.value.members {
                let list = member.value.kind == .array ? Array(member.value.elements) : [member.value]
                var values: [String] = []
                for each in list {
                    guard let text = scalar(each) else {
                        throw PolicyError(
                            code: .conditionValue, path: place + [.member(member.name), .index(values.count)])
                    }
                    values.append(text)
                }
                guard !values.isEmpty else {
                    throw PolicyError(code: .conditionValue, path: place + [.member(member.name)])
                }
                out.append(PolicyCondition(operatorName: test.name, key: member.name, values: values))
            }
        }
        return out
    }

    /// A string, a boolean or a number as text; numbers keep the digits they are written with.
    static func scalar(_ value: JSONValue) -> String? {
        if let flag = value.bool { return flag ? "true" : "false" }
        return value.string ?? value.numberText
    }

    private static func principal(
        _ positive: JSONValue?, _ negated: JSONValue?, _ principals: Principals
    ) throws(PolicyError) -> PolicyPrincipal? {
        guard let value = positive ?? negated else { return nil }
        let place: [PolicyError.Step] = [.member(positive == nil ? "NotPrincipal" : "Principal")]
        guard principals == .accepted else { throw PolicyError(code: .principalRefused, path: place) }
        guard positive == nil || negated == nil, value.equals("*") || value.kind == .object else {
            throw PolicyError(code: .principalValue, path: place)
        }
        var everyone = value.equals("*")
        if let accounts = value["AWS"] {
            everyone = accounts.equals("*") || accounts.elements.contains { $0.equals("*") }
        }
        return PolicyPrincipal(isNegated: positive == nil, includesEveryone: everyone, json: Array(value.text))
    }

    private static func unknown(_ name: String, among names: [String], _ path: [PolicyError.Step]) -> PolicyError {
        let lowered = name.lowercased()
        let meant = names.first { $0.lowercased() == lowered } ?? Suggestion.nearest(to: name, among: names)
        return PolicyError(
            code: .unknownMember, path: path + [.member(name)], detail: name,
            help: meant.map { "did you mean \($0)?" })
    }

    /// The bytes of the value at the end of `path`, or of the last value on the way that exists.
    private static func place(_ path: [PolicyError.Step], in document: JSONValue) -> Range<Int> {
        var value = document
        for step in path {
            switch step {
            case .member(let name):
                guard let next = value[name] else { return value.range }
                value = next
            case .index(let index):
                // A lone value stands for a list of one.
                guard value.kind == .array else { continue }
                var seen = 0
                for element in value.elements {
                    if seen == index { value = element }
                    seen += 1
                }
            }
        }
        return value.range
    }
}
