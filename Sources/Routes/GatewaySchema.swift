internal import Documents

/// The JSON Schema (2020-12) of gateway.json, made of ``DocumentTables`` and ``DocumentForms``.
///
/// It says everything that can be said about one value by itself and about keys that depend on each other; whether a
/// name leads to an entry, whether files exist and what a policy means is `gatehouse validate`'s to tell. Values that
/// are documented but not built are refused, as by the program.
package struct GatewaySchema {
    /// The schema with two spaces for each level.
    package static func text() -> [UInt8] {
        var writer = JSONWriter(indentation: 2)
        GatewaySchema().root().write(to: &writer)
        return writer.bytes + [0x0A]
    }

    private func root() -> SchemaNode {
        var definitions: [(name: String, value: SchemaNode)] = []
        for section in DocumentTables.sections where isReachable(section) && !section.path.isEmpty {
            definitions.append((section.path, object(section)))
        }
        for api in ApiType.allCases {
            for section in DocumentTables.sections where isReachable(section) {
                if let rest = SchemaRestrictions(api: api).section(section) {
                    definitions.append((SchemaRestrictions.name(section, api), rest))
                }
            }
        }
        definitions += SchemaRules.definitions
        let main = object(DocumentTables.root)
        return SchemaNode.object([
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("title", "gateway.json of Gatehouse"),
        ]).adding(members(main) + [("$defs", .object(definitions))])
    }

    private func members(_ node: SchemaNode) -> [(name: String, value: SchemaNode)] {
        if case .object(let members) = node { members } else { [] }
    }

    /// Sections below a planned key are never read.
    private func isReachable(_ section: DocumentSection) -> Bool { Self.built.contains(section.path) }

    private static let built: Set<String> = {
        var found: Set<String> = []
        func visit(_ type: DocumentType) {
            switch type {
            case .section(let section):
                guard found.insert(section.path).inserted else { return }
                for key in section.keys where key.status == .built { visit(key.type) }
            case .list(let element, _): visit(element)
            case .map(let value, _): visit(value)
            case .either(let types): types.forEach(visit)
            default: break
            }
        }
        visit(.section(DocumentTables.root))
        return found
    }()

    // MARK: Sections

    private func object(_ section: DocumentSection) -> SchemaNode {
        var properties: [(name: String, value: SchemaNode)] = []
        for key in section.keys {
            if key.status == .planned {
                // Only what happens anyway may be said.
                guard let value = key.defaultValue else { continue }
                properties.append(
                    (key.name, ["description": .text("\(key.summary) (not built yet)"), "const": .raw(value)]))
                continue
            }
            var node = value(key.type, at: path(section, key))
            var description = key.summary
            if let api = key.api { description += " (\(api.rawValue) APIs)" }
            if !key.onlyFor.isEmpty { description += " (type \(key.onlyFor.joined(separator: ", ")))" }
            var more: [(name: String, value: SchemaNode)] = [("description", .text(description))]
            if let value = key.defaultValue { more.append(("default", .raw(value))) }
            node = node.adding(more)
            properties.append((key.name, node))
        }
        var members: [(name: String, value: SchemaNode)] = [
            ("type", "object"), ("properties", .object(properties)), ("additionalProperties", false),
        ]
        let required = section.keys.filter { $0.isRequired && $0.status == .built }.map(\.name)
        if !required.isEmpty { members.append(("required", .texts(required))) }
        let conditions = variants(section) + SchemaRules.conditions(section.path)
        if !conditions.isEmpty { members.append(("allOf", .list(conditions))) }
        return .object(members)
    }

    private func path(_ section: DocumentSection, _ key: DocumentKey) -> String {
        section.path.isEmpty ? key.name : "\(section.path).\(key.name)"
    }

    /// Keys that belong to some types only are refused in the others.
    private func variants(_ section: DocumentSection) -> [SchemaNode] {
        guard case .choice(let choices)? = section.key("type")?.type else { return [] }
        return choices.filter { $0.status == .built }.compactMap { choice in
            let refused = section.keys.filter {
                $0.status == .built && !$0.onlyFor.isEmpty && !$0.onlyFor.contains(choice.name)
            }
            if refused.isEmpty { return nil }
            return SchemaRules.when(
                choice.name, then: ["properties": .object(refused.map { ($0.name, false) })])
        }
    }

    // MARK: Values

    private func value(_ type: DocumentType, at path: String) -> SchemaNode {
        if let own = SchemaRules.values[path] { return own }
        switch type {
        case .string: return text(path)
        case .boolean: return ["type": "boolean"]
        case .null: return ["type": "null"]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .raw("\(range.lowerBound)"), "maximum": .raw("\(range.upperBound)"),
            ]
        case .number(let range):
            return ["type": "number", "minimum": .raw("\(range.lowerBound)"), "maximum": .raw("\(range.upperBound)")]
        case .choice(let choices):
            let names = choices.filter { $0.status == .built }.map(\.name)
            return Self.textOrExpression(["enum": .texts(names)])
        case .list(let element, let minimum):
            var members: [(name: String, value: SchemaNode)] = [
                ("type", "array"), ("items", value(element, at: path)),
            ]
            if minimum > 0 { members.append(("minItems", .raw("\(minimum)"))) }
            return .object(members)
        case .map(let element, let names): return map(element, names, path)
        case .section(let section): return ["$ref": .text("#/$defs/\(section.path)")]
        case .either(let types): return ["anyOf": .list(types.map { value($0, at: path) })]
        case .anything: return [:]
        case .foreign: return ["type": "object"]
        }
    }

    private func text(_ path: String) -> SchemaNode {
        guard let form = DocumentForms.texts[path] else { return ["type": "string"] }
        // The form of one API type is added by its restriction.
        let pattern = form.http.map { "\(form.pattern)|\($0)" } ?? form.pattern
        var node = Self.textOrExpression(["pattern": .text(pattern)])
        if !form.examples.isEmpty { node = node.adding([("examples", .texts(form.examples))]) }
        return node
    }

    static func textOrExpression(_ node: SchemaNode) -> SchemaNode {
        ["type": "string", "anyOf": [node, ["pattern": .text(DocumentForms.expression)]]]
    }

    private func map(_ element: DocumentType, _ names: DocumentNames, _ path: String) -> SchemaNode {
        var members: [(name: String, value: SchemaNode)] = [("type", "object")]
        if let pattern = DocumentForms.names(names) {
            members.append(("propertyNames", ["pattern": .text(pattern)]))
        }
        members.append(("additionalProperties", value(element, at: path)))
        return .object(members)
    }
}
