/// What an API of one type refuses beyond the common schema, and the forms that its texts have.
struct SchemaRestrictions {
    let api: ApiType

    static func name(_ section: DocumentSection, _ api: ApiType) -> String {
        section.path.isEmpty ? api.rawValue : "\(section.path) \(api.rawValue)"
    }

    /// Nil when the API type makes no difference.
    func section(_ section: DocumentSection) -> SchemaNode? {
        var properties: [(name: String, value: SchemaNode)] = []
        for key in section.keys where key.status == .built {
            if let other = key.api, other != api {
                properties.append((key.name, false))
            } else if let node = value(key.type, at: section.path.isEmpty ? key.name : "\(section.path).\(key.name)") {
                properties.append((key.name, node))
            }
        }
        let demands = SchemaRules.demands(section.path, api)
        if properties.isEmpty, demands.isEmpty { return nil }
        return SchemaNode.object([("properties", .object(properties))]).adding(demands)
    }

    private func value(_ type: DocumentType, at path: String) -> SchemaNode? {
        switch path {
        case "routes":
            let names = api == .http ? DocumentForms.routeKey.http : DocumentForms.routeKey.pattern
            var members: [(name: String, value: SchemaNode)] = [
                ("propertyNames", ["pattern": .text(names ?? DocumentForms.routeKey.pattern)])
            ]
            if section(DocumentTables.route) != nil {
                members.append(
                    (
                        "additionalProperties",
                        .object([("$ref", .text("#/$defs/\(Self.name(DocumentTables.route, api))"))])
                    ))
            }
            return .object(members)
        case "integrations.NAME.requestParameters": return parameters
        case "stages" where api == .rest: return ["propertyNames": ["pattern": "^[0-9A-Za-z_-]{1,128}$"]]
        default: break
        }
        switch type {
        case .string:
            guard let form = DocumentForms.texts[path], let http = form.http else { return nil }
            let pattern = api == .http ? http : form.pattern
            return ["anyOf": [["pattern": .text(pattern)], ["pattern": .text(DocumentForms.expression)]]]
        case .choice(let choices):
            guard choices.contains(where: { $0.api != nil && $0.api != api && $0.status == .built }) else { return nil }
            let names = choices.filter { $0.status == .built && ($0.api ?? api) == api }.map(\.name)
            return ["anyOf": [["enum": .texts(names)], ["pattern": .text(DocumentForms.expression)]]]
        case .list(let element, _):
            // Restrictions say nothing about values of other kinds.
            return value(element, at: path).map { ["items": $0] }
        case .map(let element, _): return value(element, at: path).map { ["additionalProperties": $0] }
        case .section(let inner):
            return section(inner) == nil ? nil : ["$ref": .text("#/$defs/\(Self.name(inner, api))")]
        case .either(let types):
            let parts = types.compactMap { value($0, at: path) }
            return parts.isEmpty ? nil : ["allOf": .list(parts.map(Self.onlyItsKind))]
        case .boolean, .null, .integer, .number, .anything, .foreign: return nil
        }
    }

    /// `properties` and `items` already pass over other kinds of value; a text's form must be told to.
    private static func onlyItsKind(_ node: SchemaNode) -> SchemaNode {
        guard case .object(let members) = node, members.contains(where: { $0.name == "anyOf" }) else { return node }
        return ["if": ["type": "string"], "then": node]
    }

    private var parameters: SchemaNode {
        let names = api == .http ? DocumentForms.parameterNames.http : DocumentForms.parameterNames.pattern
        let values = api == .http ? DocumentForms.parameterValues.http : DocumentForms.parameterValues.pattern
        var members: [(name: String, value: SchemaNode)] = [("propertyNames", ["pattern": .text(names ?? "")])]
        if api == .http { members.append(("patternProperties", ["^remove:": ["enum": ["", "''"]]])) }
        members.append(
            (
                "additionalProperties",
                ["anyOf": [["pattern": .text(values ?? "")], ["pattern": .text(DocumentForms.expression)]]]
            ))
        return .object(members)
    }
}
