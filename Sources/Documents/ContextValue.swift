/// A value in an authorizer's context: what API Gateway lets an authorizer hand on.
package enum ContextValue: Sendable, Hashable {
    /// The unescaped text, whatever it holds: control characters are made harmless where the value becomes a header.
    case string([UInt8])
    /// The number as written.
    case number([UInt8])
    case bool(Bool)
    /// JSON text of an array, an object or null, which functions of HTTP APIs may hand on.
    case json([UInt8])

    package init(_ value: JSONValue) {
        self = ContextValue(scalar: value) ?? .json(Array(value.text))
    }

    /// Nil for null, which AWS treats as absent, and for arrays and objects, which not every context can hold.
    package init?(scalar value: JSONValue) {
        switch value.kind {
        case .string: self = .string(value.utf8 ?? [])
        case .number: self = .number(Array(value.text))
        case .bool: self = .bool(value.bool ?? false)
        case .null, .array, .object, .invalid: return nil
        }
    }

    /// The form that mappings, headers and events of REST APIs see: `1` and `true` become text.
    package var text: [UInt8] {
        switch self {
        case .string(let bytes), .number(let bytes), .json(let bytes): bytes
        case .bool(let value): Array((value ? "true" : "false").utf8)
        }
    }

    /// Writes the value with its JSON type.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let bytes): writer.string(bytes)
        case .number(let bytes), .json(let bytes): writer.raw(bytes)
        case .bool(let value): writer.bool(value)
        }
    }
}
