import Documents

/// Writes a JSON body anew without secrets; the very same bytes when there were none.
struct BodyRewriter {
    let messages: MessageRedactor
    /// JSON texts in strings of JSON texts that this one was in.
    private let depth: Int
    private var isChanged = false

    init(messages: MessageRedactor, depth: Int = 0) {
        self.messages = messages
        self.depth = depth
    }

    mutating func write(_ value: JSONValue, _ path: [String], to writer: inout JSONWriter) {
        if messages.rules.bodyPointers.contains(path) {
            isChanged = true
            return writer.string(messages.hashedMember(value.utf8 ?? Array(value.text)))
        }
        switch value.kind {
        case .object:
            writer.openObject()
            for member in value.members {
                let name = member.key.utf8 ?? []
                writer.key(clean(name))
                writeMember(name, member.value, path + [member.name], to: &writer)
            }
            writer.closeObject()
        case .array:
            writer.openArray()
            for (place, element) in value.elements.enumerated() {
                write(element, path + ["\(place)"], to: &writer)
            }
            writer.closeArray()
        case .string: writer.string(clean(value.utf8 ?? []))
        case .number, .bool, .null, .invalid: writer.raw(value.text)
        }
    }

    private mutating func writeMember(
        _ name: [UInt8], _ value: JSONValue, _ path: [String], to writer: inout JSONWriter
    ) {
        let rules = messages.rules
        switch value.kind {
        case .string:
            let written = value.utf8 ?? []
            if !written.isEmpty, rules.isSecretMember(name) {
                let clean = messages.hashedAround(written)
                if clean != written { isChanged = true }
                return writer.string(clean)
            }
            if !written.isEmpty, rules.isPersonalMember(name) {
                isChanged = true
                return writer.string(messages.pseudonyms.personal(written))
            }
        case .number:
            if rules.isSecretMember(name) {
                isChanged = true
                return writer.string(messages.hashedMember(value.text))
            }
            if rules.isPersonalMember(name) {
                isChanged = true
                return writer.raw(messages.pseudonyms.personal(number: value.text))
            }
        case .array, .object:
            // A list of passwords, or one in parts.
            if rules.isSecretMember(name) || rules.isPersonalMember(name) {
                return writeHidden(value, name, path, to: &writer)
            }
        default: break
        }
        write(value, path, to: &writer)
    }

    /// Everything in a value whose name tells: as if each part had that name.
    private mutating func writeHidden(
        _ value: JSONValue, _ name: [UInt8], _ path: [String], to writer: inout JSONWriter
    ) {
        switch value.kind {
        case .object:
            writer.openObject()
            for member in value.members {
                writer.key(clean(member.key.utf8 ?? []))
                writeHidden(member.value, name, path + [member.name], to: &writer)
            }
            writer.closeObject()
        case .array:
            writer.openArray()
            for (place, element) in value.elements.enumerated() {
                writeHidden(element, name, path + ["\(place)"], to: &writer)
            }
            writer.closeArray()
        case .string, .number: writeMember(name, value, path, to: &writer)
        case .bool, .null, .invalid: writer.raw(value.text)
        }
    }

    private mutating func clean(_ text: [UInt8]) -> [UInt8] {
        let clean = messages.member(text, depth: depth)
        if clean != text { isChanged = true }
        return clean
    }

    mutating func rewritten(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter(reserving: value.text.count)
        write(value, [], to: &writer)
        return isChanged ? writer.bytes : value.document.bytes
    }

    func rewrite(_ value: JSONValue) -> [UInt8] {
        var copy = self
        return copy.rewritten(value)
    }
}
