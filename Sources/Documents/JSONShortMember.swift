/// A member of an object whose name is short, without a reference to its document.
///
/// For callers that look for a few known names in small documents many thousand times a second: a ``JSONValue`` holds
/// its document, and handing out one for every member would cost more than reading it.
package struct JSONShortMember: Sendable {
    /// A 1 and then the octets of the name after unescaping, at most seven. The leading 1 keeps names of different length
    /// apart, even when one begins with NUL.
    package let name: UInt64
    package let kind: JSONKind
    let index: Int
}

extension JSONDocument {
    /// The members of the outermost object whose names have at most seven octets, in source order; nil when the outermost
    /// value is not an object.
    package func shortMembers() -> [JSONShortMember]? {
        let nodes = nodes
        let bytes = bytes
        guard let root = nodes.first, root.kind == .object else { return nil }
        var members: [JSONShortMember] = []
        members.reserveCapacity(min(Int(root.count), 64))
        var key = 1
        for _ in 0..<Int(root.count) {
            let name = nodes[key]
            let value = nodes[key + 1]
            if let word = Self.word(bytes, name) {
                members.append(JSONShortMember(name: word, kind: value.kind, index: key + 1))
            }
            key = Int(value.next)
        }
        return members
    }

    package func value(of member: JSONShortMember) -> JSONValue { JSONValue(document: self, index: member.index) }

    private static func word(_ bytes: [UInt8], _ name: JSONNode) -> UInt64? {
        let range = Int(name.start)..<Int(name.end)
        if name.flag {
            let octets = JSONEscape.decode(bytes[range])
            return octets.count > 7 ? nil : octets.reduce(1) { $0 << 8 | UInt64($1) }
        }
        if range.count > 7 { return nil }
        var word: UInt64 = 1
        for index in range { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}
