internal import Documents

extension DocumentDecoder {
    func decodePolicy(_ reader: ObjectReader) -> [PolicyStatementDefinition] {
        guard let list = reader["policy"], list.kind == .array else { return [] }
        if list.count == 0 {
            context.report("GH3109", .warning, list.range, "the policy is empty", note: "every request is denied")
        }
        return list.elements.enumerated().map { index, value in
            let statement = ObjectReader(value, DocumentTables.policyStatement, context)
            return PolicyStatementDefinition(
                index: index, span: context.span(value.range), sid: statement.located("sid")?.value,
                effect: statement.choice("effect", or: .deny),
                resources: statement.texts("resources").compactMap(decodeResource),
                when: statement["when"].map(decodeWhen))
        }
    }

    private func decodeResource(_ text: Located<String>) -> PolicyResource? {
        if text.value == "*" { return PolicyResource(text: text.value, form: .everything, span: text.span) }
        if text.value.hasPrefix("arn:") { return PolicyResource(text: text.value, form: .arn, span: text.span) }
        let bytes = Array(text.value.utf8)
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let word = String(decoding: bytes[..<(slash ?? bytes.endIndex)], as: UTF8.self)
        let isVerb = RouteVerb(rawValue: word) != nil && word != "ANY"
        let isPattern = word.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        guard let slash, isVerb || isPattern, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            reportResource(text, word)
            return nil
        }
        let path = String(decoding: bytes[(slash + 1)...], as: UTF8.self)
        return PolicyResource(text: text.value, form: .short(method: word, path: path), span: text.span)
    }

    private func reportResource(_ text: Located<String>, _ word: String) {
        let upper = word.uppercased()
        let help: String
        if word.isEmpty {
            help = "write the method first: GET\(text.value) or *\(text.value)"
        } else if text.value.contains(" /") {
            help = "write the method and the path without a space between them, such as GET/ships"
        } else if word == "ANY" {
            help = "in policies any method is written *"
        } else if RouteVerb(rawValue: upper) != nil, upper != word {
            help = "methods are written in upper case: \(upper)"
        } else {
            help = "write METHOD/path, such as GET/ships/*, an ARN, or *"
        }
        context.report("GH3105", text.span.range, "\"\(text.value)\" is no resource", help: help)
    }

    // MARK: when

    private func decodeWhen(_ value: JSONValue) -> [[WhenCondition]] {
        switch value.kind {
        case .object: return [decodeConditions(value)]
        case .array where value.count > 0:
            return value.elements.map { element in
                if element.kind != .object, element.kind != .invalid {
                    context.report(
                        "GH3107", element.range, "an alternative must be an object, not \(element.kind.name)")
                }
                return decodeConditions(element)
            }
        case .array: context.report("GH2107", value.range, "\"when\" is empty", help: "remove it to say \"always\"")
        case .invalid: break
        default:
            context.report(
                "GH3107", value.range, "\"when\" must be an object or a list of objects, not \(value.kind.name)")
        }
        // Broken conditions are never met; the document is refused anyway.
        return []
    }

    private func decodeConditions(_ object: JSONValue) -> [WhenCondition] {
        if object.kind == .object, object.count == 0 {
            context.report("GH2107", object.range, "the condition is empty", help: "name a claim, or remove \"when\"")
        }
        return object.members.flatMap { member -> [WhenCondition] in
            let name = member.name
            guard let claim = ClaimPath(name) else {
                context.report("GH3107", member.key.range, "\"\(name)\" is no claim name")
                return []
            }
            if member.value.kind == .invalid { return [] }
            guard member.value.kind == .object else {
                let text = String(decoding: member.value.text, as: UTF8.self)
                let word = member.value.kind == .array ? "in" : "equals"
                context.report(
                    "GH3107", member.value.range, "the condition for \"\(name)\" must be an object",
                    help: "write { \"\(word)\": \(text) }")
                return []
            }
            if member.value.count == 0 {
                context.report("GH2107", member.value.range, "the condition for \"\(name)\" is empty")
            }
            return member.value.members.compactMap { decodeTest($0, claim) }
        }
    }

    private func decodeTest(_ member: JSONMember, _ claim: ClaimPath) -> WhenCondition? {
        let value = member.value
        if value.kind == .invalid { return nil }
        let name = member.name
        guard WhenTest.names.contains(name) else {
            let near = Suggestion.nearest(to: name, among: WhenTest.names)
            context.report(
                "GH3106", member.key.range, "unknown operator \"\(name)\"",
                label: near.map { "did you mean \"\($0)\"?" },
                help: "known are \(WhenTest.names.joined(separator: ", "))",
                fix: near.map { Diagnostic.Fix(range: member.key.range, replacement: "\"\($0)\"", isSafe: false) })
            return nil
        }
        guard let test = test(name, value) else {
            context.report("GH3107", value.range, "\"\(name)\" takes \(Self.operand(of: name)), not \(value.kind.name)")
            return nil
        }
        let range = member.key.range.lowerBound..<value.range.upperBound
        return WhenCondition(claim: claim, test: test, span: context.span(range))
    }

    private func test(_ name: String, _ value: JSONValue) -> WhenTest? {
        switch name {
        case "equals": return scalar(value).map { .equals($0) }
        case "notEquals": return scalar(value).map { .notEquals($0) }
        case "contains": return scalar(value).map { .contains($0) }
        case "exists": return value.bool.map { .exists($0) }
        case "matches": return context.text(value).map { .matches($0) }
        case "in", "notIn":
            guard value.kind == .array, value.count > 0 else { return nil }
            let list = value.elements.compactMap { scalar($0) }
            guard list.count == value.count else { return nil }
            return name == "in" ? .isIn(list) : .isNotIn(list)
        case "atLeast", "atMost":
            guard let bound = scalar(value), bound.isNumeric else { return nil }
            return name == "atLeast" ? .atLeast(bound) : .atMost(bound)
        default: return nil
        }
    }

    private static func operand(of name: String) -> String {
        switch name {
        case "exists": "true or false"
        case "matches": "a string"
        case "in", "notIn": "a list of strings, numbers or booleans with at least one entry"
        case "atLeast", "atMost": "a number"
        default: "a string, a number or a boolean"
        }
    }
}

extension ScalarValue {
    /// A number, or a string of decimal digits with an optional sign and fraction.
    package var isNumeric: Bool {
        switch self {
        case .bool: return false
        case .number: return true
        case .string(let text):
            var digits = 0
            var dots = 0
            for (index, byte) in text.utf8.enumerated() {
                switch byte {
                case 0x30...0x39: digits += 1
                case UInt8(ascii: "."): dots += 1
                case UInt8(ascii: "-") where index == 0: break
                default: return false
                }
            }
            return digits > 0 && dots <= 1 && text.utf8.first != 0x2E && Array(text.utf8).last != 0x2E
        }
    }
}
