package import Documents
import Foundation

/// Judges a document by the keywords of JSON Schema 2020-12 that our schemas use; any other is a problem of its
/// own.
package final class SchemaEvaluator {
    package struct UnknownKeyword: Error {
        package var name: String
    }

    private let root: JSONValue
    private var expressions: [String: NSRegularExpression] = [:]

    private let definitions: [String: JSONValue]

    package init(_ schema: [UInt8]) throws {
        root = try JSONParser.parse(schema, maximumDepth: 200).root
        let members = root["$defs"]?.members.map { ($0.name, $0.value) } ?? []
        definitions = Dictionary(members) { first, _ in first }
    }

    package func accepts(_ instance: JSONValue) throws -> Bool { try accepts(instance, root) }

    package func accepts(_ instance: JSONValue, _ schema: JSONValue) throws -> Bool {
        if let answer = schema.bool { return answer }
        for member in schema.members where try !holds(member.name, member.value, instance, schema) { return false }
        return true
    }

    private func holds(
        _ keyword: String, _ value: JSONValue, _ instance: JSONValue, _ schema: JSONValue
    ) throws -> Bool {
        switch keyword {
        case "$schema", "title", "description", "default", "examples", "$defs", "then", "else": return true
        case "$ref": return try accepts(instance, definition(value.string ?? ""))
        case "type":
            return value.kind == .array ? value.elements.contains { isOf($0, instance) } : isOf(value, instance)
        case "const": return equal(value, instance)
        case "enum": return value.elements.contains { equal($0, instance) }
        case "allOf": return try value.elements.allSatisfy { try accepts(instance, $0) }
        case "anyOf": return try value.elements.contains { try accepts(instance, $0) }
        case "oneOf": return try value.elements.filter { try accepts(instance, $0) }.count == 1
        case "not": return try !accepts(instance, value)
        case "if":
            let branch = try accepts(instance, value) ? schema["then"] : schema["else"]
            return try branch.map { try accepts(instance, $0) } ?? true
        case "minimum": return instance.double.map { $0 >= value.double ?? 0 } ?? true
        case "maximum": return instance.double.map { $0 <= value.double ?? 0 } ?? true
        case "pattern": return try instance.string.map { try matches($0, value.string ?? "") } ?? true
        case "minItems": return instance.kind != .array || instance.count >= Int(value.int64 ?? 0)
        case "maxItems": return instance.kind != .array || instance.count <= Int(value.int64 ?? 0)
        case "items": return try instance.elements.allSatisfy { try accepts($0, value) }
        case "minProperties": return instance.kind != .object || instance.count >= Int(value.int64 ?? 0)
        case "maxProperties": return instance.kind != .object || instance.count <= Int(value.int64 ?? 0)
        case "required":
            return instance.kind != .object || value.elements.allSatisfy { instance[$0.string ?? ""] != nil }
        case "properties":
            return try instance.members.allSatisfy { member in
                try value[member.name].map { try accepts(member.value, $0) } ?? true
            }
        case "patternProperties":
            return try instance.members.allSatisfy { member in
                try value.members.allSatisfy { pattern in
                    try !matches(member.name, pattern.name) || accepts(member.value, pattern.value)
                }
            }
        case "additionalProperties":
            return try instance.members.allSatisfy { member in
                if schema["properties"]?[member.name] != nil { return true }
                let patterns = schema["patternProperties"]?.members.map(\.name) ?? []
                if try patterns.contains(where: { try matches(member.name, $0) }) { return true }
                return try accepts(member.value, value)
            }
        case "propertyNames":
            guard let pattern = value["pattern"]?.string, value.count == 1 else { throw UnknownKeyword(name: keyword) }
            return try instance.members.allSatisfy { try matches($0.name, pattern) }
        default: throw UnknownKeyword(name: keyword)
        }
    }

    package func definition(_ reference: String) throws -> JSONValue {
        guard reference.hasPrefix("#/$defs/"), let found = definitions[String(reference.dropFirst(8))] else {
            throw UnknownKeyword(name: reference)
        }
        return found
    }

    private func isOf(_ type: JSONValue, _ instance: JSONValue) -> Bool {
        switch type.string {
        case "object": instance.kind == .object
        case "array": instance.kind == .array
        case "string": instance.kind == .string
        case "boolean": instance.kind == .bool
        case "null": instance.kind == .null
        case "number": instance.kind == .number
        case "integer": instance.int64 != nil
        default: false
        }
    }

    private func equal(_ one: JSONValue, _ other: JSONValue) -> Bool {
        if one.kind == .string { return other.utf8 == one.utf8 }
        return one.kind == other.kind && one.text.elementsEqual(other.text)
    }

    private func matches(_ text: String, _ pattern: String) throws -> Bool {
        let expression = try expressions[pattern] ?? NSRegularExpression(pattern: pattern)
        expressions[pattern] = expression
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
