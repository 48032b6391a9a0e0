package import Documents

/// A value in an authorizer's context: what API Gateway lets an authorizer hand on.
package enum ContextValue: Sendable, Hashable {
    case string([UInt8])
    /// The number as written.
    case number([UInt8])
    case bool(Bool)
    /// An array or object, which functions of HTTP APIs may hand on; as JSON text.
    case json([UInt8])

    /// A scalar claim; nil for null, which AWS treats as absent, and for arrays and objects, which a context cannot
    /// hold.
    package init?(_ claim: JSONValue) {
        switch claim.kind {
        case .string: self = .string(claim.utf8 ?? [])
        case .number: self = .number(Array(claim.text))
        case .bool: self = .bool(claim.bool ?? false)
        case .null, .array, .object, .invalid: return nil
        }
    }

    /// The form that mappings and headers see: `1` and `true` become text.
    package var text: [UInt8] {
        switch self {
        case .string(let bytes), .number(let bytes), .json(let bytes): bytes
        case .bool(let value): Array((value ? "true" : "false").utf8)
        }
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let bytes): writer.string(bytes)
        case .number(let bytes), .json(let bytes): writer.raw(bytes)
        case .bool(let value): writer.bool(value)
        }
    }
}

/// The context of one principal, in the configuration's order.
package struct AuthorizerContext: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: ContextValue

        package init(name: String, value: ContextValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member] = []

    package init() {}

    package subscript(_ name: String) -> ContextValue? { members.first { $0.name == name }?.value }

    package init(_ members: [Member]) {
        self.members = members
    }

    mutating func append(_ name: String, _ value: ContextValue) { members.append(Member(name: name, value: value)) }
}
