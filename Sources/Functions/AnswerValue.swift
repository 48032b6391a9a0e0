package import Documents

/// One value of the context that an authorizer function answered.
package enum AnswerValue: Sendable, Hashable {
    /// The unescaped text, whatever it holds: control characters are made harmless where the value becomes a header.
    case string([UInt8])
    /// The number as written.
    case number([UInt8])
    case bool(Bool)
    /// JSON text of an array, an object or null; HTTP APIs with payload format 2.0 only.
    case json([UInt8])

    package init(_ value: JSONValue) {
        switch value.kind {
        case .string: self = .string(value.utf8 ?? [])
        case .number: self = .number(Array(value.text))
        case .bool: self = .bool(value.bool ?? false)
        case .null, .array, .object, .invalid: self = .json(Array(value.text))
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

/// One member of an authorizer's context, in the order answered.
package struct ContextMember: Sendable, Hashable {
    package var name: [UInt8]
    package var value: AnswerValue

    package init(name: [UInt8], value: AnswerValue) {
        self.name = name
        self.value = value
    }
}
