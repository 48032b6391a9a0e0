package import Documents

/// The claims of a verified token: a view over its payload that keeps every number as written.
///
/// Names and strings are compared by the octets of their UTF-8 form.
package struct ClaimSet: Sendable {
    package let document: JSONDocument

    /// `document` holds an object.
    init(document: JSONDocument) {
        self.document = document
    }

    package subscript(_ name: [UInt8]) -> JSONValue? {
        for member in document.root.members where member.key.isString(name) { return member.value }
        return nil
    }

    package subscript(_ name: String) -> JSONValue? { self[Array(name.utf8)] }

    /// In the order of the token.
    package var members: JSONMembers { document.root.members }

    /// The octets of a string; nil when the claim is absent or not a string.
    package func string(_ name: String) -> [UInt8]? { self[name]?.utf8 }

    /// The number, with its text; nil when the claim is absent or not a number.
    package func number(_ name: String) -> JSONValue? { self[name].flatMap { $0.kind == .number ? $0 : nil } }

    package func bool(_ name: String) -> Bool? { self[name]?.bool }

    /// The elements of an array; nil when the claim is absent or not an array.
    package func array(_ name: String) -> [JSONValue]? {
        self[name].flatMap { $0.kind == .array ? Array($0.elements) : nil }
    }

    /// A string as a list of one, or an array of strings; nil for everything else.
    package func strings(_ name: String) -> [[UInt8]]? { self[name]?.stringOrStrings }

    package var issuer: [UInt8]? { string("iss") }
    package var subject: [UInt8]? { string("sub") }
    package var tokenID: [UInt8]? { string("jti") }

    /// What the token grants: `scope` (RFC 8693 §4.2), or `scp` where there is no `scope`. A string is split at spaces,
    /// the strings of an array are taken as they are.
    package var scopes: [[UInt8]] {
        guard let value = self["scope"] ?? self["scp"] else { return [] }
        if let text = value.utf8 { return text.split(separator: 0x20).map(Array.init) }
        return value.stringOrStrings ?? []
    }

    /// The payload as the token has it.
    package var json: [UInt8] { document.bytes }

    /// The payload without line breaks: in JSON text they can only stand between tokens.
    package var singleLineJSON: [UInt8] { json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }
}
