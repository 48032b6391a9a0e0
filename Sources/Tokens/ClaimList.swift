internal import Documents

/// The claims of a token to be signed, in order, each name once; a later value takes the place of an earlier one.
package struct ClaimList: Sendable {
    private var members: [(name: String, json: [UInt8])] = []

    package init() {}

    /// `json` is the value as JSON text.
    package mutating func set(_ name: String, _ json: [UInt8]) {
        if let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            members[index].json = json
        } else {
            members.append((name, json))
        }
    }

    package mutating func set(_ name: String, text: String) {
        var writer = JSONWriter()
        writer.string(text)
        set(name, writer.bytes)
    }

    package mutating func set(_ name: String, number: Int64) { set(name, Array(String(number).utf8)) }

    package mutating func remove(_ name: String) {
        members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
    }

    package func holds(_ name: String) -> Bool { members.contains { $0.name.utf8.elementsEqual(name.utf8) } }

    /// JSON text of the object that a token carries.
    package var payload: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for member in members {
                writer.key(member.name)
                writer.raw(member.json)
            }
        }
        return writer.bytes
    }
}
