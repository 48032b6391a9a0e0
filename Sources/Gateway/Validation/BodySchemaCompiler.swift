import Authorizers
import Documents
import Routes

/// Makes a ``BodySchema`` of a model, with the models that it refers to.
struct BodySchemaCompiler {
    /// Why a model cannot be used.
    struct Problem: Error, Sendable {
        var message: String
        var help: String
        /// Of the value in its document.
        var range: Range<Int>
        /// The model in whose text the range lies.
        var model: String
    }

    let models: [ModelDefinition]
    private var nodes: [BodySchema.Node] = []
    /// Schemas that have a number, by model and offset: a schema may refer to itself.
    private var known: [Place: Int] = [:]
    private var model: ModelDefinition

    private struct Place: Hashable {
        var model: String
        var offset: Int
    }

    private static let nodeLimit = 10_000
    /// They tell, and judge nothing.
    private static let annotations: Set<String> = [
        "$schema", "id", "title", "description", "default", "definitions", "format", "example", "readOnly",
    ]

    private init(_ model: ModelDefinition, _ models: [ModelDefinition]) {
        self.model = model
        self.models = models
    }

    static func compile(_ model: ModelDefinition, among models: [ModelDefinition]) throws(Problem) -> BodySchema {
        var compiler = BodySchemaCompiler(model, models)
        let root = try compiler.node(model.schema)
        return BodySchema(nodes: compiler.nodes, root: root)
    }

    private func problem(_ value: JSONValue, _ message: String, _ help: String) -> Problem {
        Problem(message: message, help: help, range: value.range, model: model.name)
    }

    private mutating func node(_ value: JSONValue) throws(Problem) -> Int {
        guard value.kind == .object else {
            throw problem(value, "a schema is an object, not \(value.kind.name)", "write { … } (JSON Schema, draft 4)")
        }
        let place = Place(model: model.name, offset: value.range.lowerBound)
        if let found = known[place] { return found }
        if nodes.count >= Self.nodeLimit {
            throw problem(value, "the schema has more than \(Self.nodeLimit) parts", "write a smaller one")
        }
        let index = nodes.count
        nodes.append(BodySchema.Node())
        known[place] = index
        var made = BodySchema.Node()
        if let reference = value["$ref"] {
            made.reference = try target(of: reference)
        } else {
            for member in value.members { try read(member, of: value, into: &made) }
        }
        nodes[index] = made
        return index
    }

    // MARK: References

    /// `#`, `#/definitions/NAME`, or API Gateway's URL of another model.
    private mutating func target(of reference: JSONValue) throws(Problem) -> Int {
        let text = reference.string ?? ""
        let prefix = "https://apigateway.amazonaws.com/restapis/"
        if text.hasPrefix(prefix) {
            let parts = text.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[1] == "models", let other = models.first(where: { $0.name == parts[2] })
            else {
                throw problem(
                    reference, "there is no model \"\(text)\"",
                    "write \(prefix)API-ID/models/NAME with a name of models")
            }
            let own = model
            model = other
            let index = try node(other.schema)
            model = own
            return index
        }
        guard text.hasPrefix("#"), let found = Self.value(at: text.dropFirst(), in: model.schema) else {
            throw problem(
                reference, "\"\(text)\" leads to no schema",
                "write #/definitions/NAME, or the URL of a model; nothing is fetched")
        }
        return try node(found)
    }

    /// RFC 6901.
    private static func value(at pointer: Substring, in root: JSONValue) -> JSONValue? {
        if pointer.isEmpty { return root }
        guard pointer.first == "/" else { return nil }
        var value = root
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if value.kind == .array {
                guard let index = Int(name), index >= 0, index < value.count,
                    let found = value.elements.dropFirst(index).first(where: { _ in true })
                else { return nil }
                value = found
            } else {
                guard let found = value[name] else { return nil }
                value = found
            }
        }
        return value
    }

    // MARK: Keywords

    private mutating func read(
        _ member: JSONMember, of schema: JSONValue, into node: inout BodySchema.Node
    ) throws(Problem) {
        let value = member.value
        switch member.name {
        case "type": node.kinds = try kinds(value)
        case "enum":
            guard value.kind == .array, value.count > 0 else { throw wrong(member, "a list with something in it") }
            node.allowed = value.elements.map { CanonicalJSON.bytes($0) }
        case "minimum": node.minimum = try number(member)
        case "maximum": node.maximum = try number(member)
        case "exclusiveMinimum": node.minimumIsExclusive = try flag(member)
        case "exclusiveMaximum": node.maximumIsExclusive = try flag(member)
        case "multipleOf":
            let divisor = try number(member)
            guard divisor > 0 else { throw wrong(member, "a number above 0") }
            node.multipleOf = divisor
        case "minLength", "maxLength": node.lengths = try bounds("Length", schema)
        case "minItems", "maxItems": node.elementCounts = try bounds("Items", schema)
        case "minProperties", "maxProperties": node.memberCounts = try bounds("Properties", schema)
        case "pattern": node.pattern = try expression(value)
        case "uniqueItems": node.isUnique = try flag(member)
        case "required": node.required = try names(member)
        case "properties":
            for inner in try members(member) { node.properties[inner.key.utf8 ?? []] = try self.node(inner.value) }
        case "patternProperties":
            for inner in try members(member) {
                node.patternProperties.append((try expression(inner.key), try self.node(inner.value)))
            }
        case "additionalProperties": node.additionalProperties = try rest(value)
        case "additionalItems": node.additionalItems = try rest(value)
        case "items":
            if value.kind == .array {
                node.tuple = try schemas(member)
            } else {
                node.items = try self.node(value)
            }
        case "dependencies":
            for inner in try members(member) {
                let needs: BodySchema.Dependency =
                    inner.value.kind == .array ? .names(try names(inner)) : .schema(try self.node(inner.value))
                node.dependencies.append((inner.key.utf8 ?? [], needs))
            }
        case "allOf": node.allOf = try schemas(member)
        case "anyOf": node.anyOf = try schemas(member)
        case "oneOf": node.oneOf = try schemas(member)
        case "not": node.not = try self.node(value)
        case let name where Self.annotations.contains(name): break
        default:
            throw problem(
                member.key, "\"\(member.name)\" is no keyword of JSON Schema, draft 4",
                "remove it, or say the same with keywords that API Gateway knows")
        }
    }

    private func wrong(_ member: JSONMember, _ kind: String) -> Problem {
        problem(member.value, "\"\(member.name)\" must be \(kind)", "see JSON Schema, draft 4")
    }

    private func kinds(_ value: JSONValue) throws(Problem) -> [BodySchema.Kind] {
        let words = value.kind == .array ? value.elements.map { $0 } : [value]
        var kinds: [BodySchema.Kind] = []
        for word in words {
            guard let kind = BodySchema.Kind(rawValue: word.string ?? "") else {
                throw problem(
                    word, "no type of JSON",
                    "known are \(BodySchema.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            kinds.append(kind)
        }
        if kinds.isEmpty { throw problem(value, "\"type\" is empty", "name a type, or leave it out") }
        return kinds
    }

    private func number(_ member: JSONMember) throws(Problem) -> Double {
        guard let number = member.value.double, number.isFinite else { throw wrong(member, "a number") }
        return number
    }

    private func flag(_ member: JSONMember) throws(Problem) -> Bool {
        guard let flag = member.value.bool else { throw wrong(member, "true or false") }
        return flag
    }

    /// `minX` to `maxX` of one schema.
    private func bounds(_ what: String, _ schema: JSONValue) throws(Problem) -> ClosedRange<Int> {
        func bound(_ name: String, _ fallback: Int) throws(Problem) -> Int {
            guard let value = schema[name] else { return fallback }
            guard let number = value.int64.flatMap({ Int(exactly: $0) }), number >= 0 else {
                throw problem(value, "\"\(name)\" must be a whole number from 0 up", "see JSON Schema, draft 4")
            }
            return number
        }
        let low = try bound("min\(what)", 0)
        let high = try bound("max\(what)", Int.max)
        guard low <= high else {
            throw problem(schema, "\"min\(what)\" is above \"max\(what)\"", "nothing would fit: exchange them")
        }
        return low...high
    }

    private func names(_ member: JSONMember) throws(Problem) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for element in member.value.elements {
            guard let name = element.utf8 else { throw wrong(member, "a list of texts") }
            names.append(name)
        }
        guard member.value.kind == .array, !names.isEmpty else { throw wrong(member, "a list of texts") }
        return names
    }

    private func members(_ member: JSONMember) throws(Problem) -> [JSONMember] {
        guard member.value.kind == .object else { throw wrong(member, "an object") }
        return member.value.members.map { $0 }
    }

    private mutating func schemas(_ member: JSONMember) throws(Problem) -> [Int] {
        guard member.value.kind == .array, member.value.count > 0 else { throw wrong(member, "a list of schemas") }
        var found: [Int] = []
        for element in member.value.elements { found.append(try node(element)) }
        return found
    }

    private mutating func rest(_ value: JSONValue) throws(Problem) -> BodySchema.Rest {
        if let flag = value.bool { return flag ? .allowed : .refused }
        return .schema(try node(value))
    }

    /// Patterns are searched for, not matched as a whole (draft 4).
    private func expression(_ value: JSONValue) throws(Problem) -> ValidationExpression {
        do throws(ValidationExpression.Problem) {
            return try ValidationExpression(value.string ?? "", for: .search)
        } catch {
            throw problem(value, "the pattern cannot be used: \(error.message)", "write a regular expression")
        }
    }
}
