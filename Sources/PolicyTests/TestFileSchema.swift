import Documents
import Routes

/// The JSON Schema (2020-12) of test files, made of ``TestFileTable``.
///
/// Whether a name leads to a principal, a row fits its columns and a value demands anything is `gatehouse test`'s to tell.
package enum TestFileSchema {
    /// The schema with two spaces for each level.
    package static func text() -> [UInt8] {
        var writer = JSONWriter(indentation: 2)
        let main = TestFileTable.place("the file").map { object($0) } ?? [:]
        let others = TestFileTable.places.filter { $0.name != "the file" }
        let definitions = others.map { (name: identifier($0.name), value: object($0)) }
        let head: SchemaNode = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "a test file of Gatehouse",
        ]
        guard case .object(let members) = main else { return [] }
        head.adding(members + [("$defs", .object(definitions))]).write(to: &writer)
        return writer.bytes + [0x0A]
    }

    /// `a case` is `case`.
    private static func identifier(_ place: String) -> String {
        place.hasPrefix("a ") ? String(place.dropFirst(2)) : place
    }

    private static func object(_ place: TestFileTable.Place) -> SchemaNode {
        let properties = place.keys.map { key in
            (name: key.name, value: value(key.form).adding([("description", .text(key.summary))]))
        }
        var members: [(name: String, value: SchemaNode)] = [
            ("type", "object"), ("properties", .object(properties)), ("additionalProperties", false),
        ]
        let required = place.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { members.append(("required", .texts(required))) }
        if !place.needsAny.isEmpty {
            members.append(("anyOf", .list(place.needsAny.map { ["required": .texts([$0])] })))
        }
        switch place.name {
        case "expect", "upstream": members.append(("minProperties", 1))
        case "a step":
            members.append(
                (
                    "oneOf",
                    .list([
                        ["required": .texts(["request", "expect"])],
                        ["required": .texts(["advance"]), "maxProperties": 1],
                    ])
                ))
        default: break
        }
        return .object(members)
    }

    private static func value(_ form: TestFileForm) -> SchemaNode {
        switch form {
        case .anything: [:]
        case .text: ["type": "string"]
        case .pattern(let pattern): ["type": "string", "pattern": .text(pattern)]
        case .scalar: ["type": .texts(["string", "number", "boolean"])]
        case .words(let words): ["enum": .texts(words)]
        case .null: ["type": "null"]
        case .integer(let range):
            ["type": "integer", "minimum": .raw("\(range.lowerBound)"), "maximum": .raw("\(range.upperBound)")]
        case .place(let name): ["$ref": .text("#/$defs/\(identifier(name))")]
        case .map(let element, let names): map(element, names)
        case .list(let element): ["type": "array", "items": value(element)]
        case .either(let forms): ["anyOf": .list(forms.map { value($0) })]
        }
    }

    private static func map(_ element: TestFileForm, _ names: String?) -> SchemaNode {
        var members: [(name: String, value: SchemaNode)] = [("type", "object")]
        if let names { members.append(("propertyNames", ["pattern": .text(names)])) }
        members.append(("additionalProperties", value(element)))
        return .object(members)
    }
}
