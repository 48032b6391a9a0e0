/// One parsed JSON text: its bytes and a flat list of nodes that point into them.
///
/// Nodes stand in document order, a container before its children, so the whole document costs two allocations and
/// every value keeps its place in the source. Values are read through ``JSONValue``.
package final class JSONDocument: Sendable {
    package let bytes: [UInt8]
    let nodes: [JSONNode]

    init(bytes: [UInt8], nodes: [JSONNode]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The outermost value.
    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// What a JSON value is.
package enum JSONKind: UInt8, Sendable, Hashable {
    case null
    case bool
    case number
    case string
    case array
    case object
    /// Stands where a recovering parse found something that is not a value.
    case invalid

    /// As messages call it: `an object`.
    package var name: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        case .invalid: "no value"
        }
    }
}

/// One value's place in ``JSONDocument/bytes``.
struct JSONNode: Sendable {
    var kind: JSONKind
    /// Strings: holds a backslash escape. Bool: the value is `true`.
    var flag: Bool
    /// First byte of the text; for strings the byte after the opening quote.
    var start: UInt32
    /// One past the last byte; for strings the closing quote.
    var end: UInt32
    /// Index of the first node after this value and all of its children.
    var next: UInt32
    /// Members of an object or elements of an array.
    var count: UInt32
}
