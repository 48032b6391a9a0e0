/// Formats a JSON text with comments: two spaces for each level, lines of at most 120 columns where that is possible.
///
/// A list or object stays on one line when its author had begun it there, nothing in it demands lines and it fits; in
/// others, members that stood on one line stay together as far as they fit. Strings and numbers keep their bytes,
/// comments stay with what they speak of, one blank line between members stays; trailing commas go. Formatting twice
/// changes nothing.
package struct JSONFormatter {
    package static let width = 120

    /// What is wrong with the text; such a text is not formatted.
    package struct Refusal: Error {
        package var errors: [JSONError]
    }

    private var out: [UInt8] = []

    /// The formatted text, or the syntax errors. Duplicate keys are no concern of the layout.
    package static func format(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        let (_, errors) = JSONParser.parse(bytes, options: .configuration)
        let broken = errors.filter { $0.problem != .duplicateMember }
        if !broken.isEmpty { throw Refusal(errors: broken) }
        let (root, rest) = JSONLayout.read(bytes)
        var formatter = JSONFormatter()
        formatter.write(root, level: 0, needsComma: false)
        for comment in rest { formatter.writeOwnLine(comment, level: 0) }
        if let first = bytes.firstIndex(of: 0x0A), first > 0, bytes[first - 1] == 0x0D {
            return withCarriageReturns(formatter.out)
        }
        return formatter.out
    }

    /// Whether both texts hold the same values, byte for byte, and the same comments in the same order. What formatting
    /// promises, checked before a file is replaced.
    package static func isSame(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        let one = JSONParser.parse(first, options: .configuration).document
        let other = JSONParser.parse(second, options: .configuration).document
        guard one.nodes.count == other.nodes.count else { return false }
        for index in one.nodes.indices {
            let (value, twin) = (JSONValue(document: one, index: index), JSONValue(document: other, index: index))
            guard value.kind == twin.kind, value.count == twin.count else { return false }
            if value.kind != .object, value.kind != .array, value.text != twin.text { return false }
        }
        return comments(of: first) == comments(of: second)
    }

    private static func comments(of bytes: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        func add(_ comments: [JSONLayout.Comment]) { found += comments.map { $0.text.filter { $0 != 0x0D } } }
        func add(_ item: JSONLayout.Item) {
            add(item.leading)
            if case .container(let container) = item.value {
                for inner in container.items { add(inner) }
                add(container.rest)
            }
            add(item.trailing)
        }
        let (root, rest) = JSONLayout.read(bytes)
        add(root)
        add(rest)
        return found
    }

    private static func withCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A, index == 0 || bytes[index - 1] != 0x0D { out.append(0x0D) }
            out.append(byte)
        }
        return out
    }

    // MARK: Lines

    private mutating func write(_ item: JSONLayout.Item, level: Int, needsComma: Bool) {
        let own = (item.leading.lastIndex { $0.isLine || $0.endsLine } ?? -1) + 1
        for comment in item.leading[..<own] { writeOwnLine(comment, level: level) }
        if item.followsBlank || item.leading[own...].first?.followsBlank == true { separate() }
        indent(level)
        for comment in item.leading[own...] {
            out += comment.text
            out.append(0x20)
        }
        if let key = item.key {
            out += key
            out += ": ".utf8
        }
        write(item.value, level: level, reserve: needsComma ? 1 : 0)
        if needsComma { out.append(UInt8(ascii: ",")) }
        var needsLine = false
        for comment in item.trailing {
            if needsLine {
                writeOwnLine(comment, level: level)
                continue
            }
            out.append(0x20)
            out += comment.text
            // Nothing can follow a line comment on its line.
            if comment.isLine {
                out.append(0x0A)
                needsLine = true
            }
        }
        if !needsLine { out.append(0x0A) }
    }

    private mutating func writeOwnLine(_ comment: JSONLayout.Comment, level: Int) {
        if comment.followsBlank { separate() }
        indent(level)
        out += comment.text
        out.append(0x0A)
    }

    /// A blank line, but none at the beginning or behind an opening bracket.
    private mutating func separate() {
        guard out.count > 1, out[out.count - 2] != 0x0A else { return }
        let before = out[out.count - 2]
        if before == UInt8(ascii: "{") || before == UInt8(ascii: "[") { return }
        out.append(0x0A)
    }

    private mutating func indent(_ level: Int) { out += repeatElement(0x20, count: 2 * level) }

    private mutating func write(_ node: JSONLayout.Node, level: Int, reserve: Int) {
        switch node {
        case .scalar(let text): out += text
        case .container(let container):
            let start = (out.lastIndex(of: 0x0A) ?? -1) + 1
            let room = Self.width - Self.columns(out[start...]) - reserve
            if let line = Self.line(container, room: room) {
                out += line
                return
            }
            out += container.isObject ? "{\n".utf8 : "[\n".utf8
            var canJoin = false
            for (position, item) in container.items.enumerated() {
                let needsComma = position < container.items.count - 1
                if canJoin, join(item, needsComma: needsComma) { continue }
                let start = out.count
                write(item, level: level + 1, needsComma: needsComma)
                // Nothing stands behind a container of several lines or a comment.
                canJoin = item.trailing.isEmpty && item.leading.isEmpty && out[start...].count { $0 == 0x0A } == 1
            }
            for comment in container.rest { writeOwnLine(comment, level: level + 1) }
            indent(level)
            out.append(container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    /// Puts an item behind the one before it, where its author had put it; false when it does not fit.
    private mutating func join(_ item: JSONLayout.Item, needsComma: Bool) -> Bool {
        guard !item.startsLine, item.trailing.isEmpty else { return false }
        let start = (out.dropLast().lastIndex(of: 0x0A) ?? -1) + 1
        let room = Self.width - Self.columns(out[start...]) - (needsComma ? 1 : 0)
        guard room > 0, let text = Self.line(item, room: room), Self.columns(text) <= room else { return false }
        out[out.count - 1] = 0x20
        out += text
        if needsComma { out.append(UInt8(ascii: ",")) }
        out.append(0x0A)
        return true
    }

    // MARK: One line

    private static func columns(_ text: some Collection<UInt8>) -> Int { text.count { $0 & 0xC0 != 0x80 } }

    /// The container on one line; nil when its author wanted several, a comment needs them, or it is too long.
    private static func line(_ container: JSONLayout.Container, room: Int) -> [UInt8]? {
        if container.items.isEmpty && container.rest.isEmpty { return Array((container.isObject ? "{}" : "[]").utf8) }
        guard !container.isBroken, room > 0, container.rest.isEmpty else { return nil }
        var text: [UInt8] = container.isObject ? Array("{ ".utf8) : [UInt8(ascii: "[")]
        for (position, item) in container.items.enumerated() {
            if position > 0 { text += ", ".utf8 }
            guard item.trailing.isEmpty, let line = line(item, room: room - text.count / 4) else { return nil }
            text += line
            // Four bytes at most make a column.
            if text.count > 4 * room { return nil }
        }
        text += container.isObject ? " }".utf8 : "]".utf8
        return columns(text) <= room ? text : nil
    }

    /// An item without what stands behind it; `room` bounds the work, not the result.
    private static func line(_ item: JSONLayout.Item, room: Int) -> [UInt8]? {
        var text: [UInt8] = []
        for comment in item.leading {
            if comment.isLine || comment.startsLine || comment.endsLine || comment.text.contains(0x0A) { return nil }
            text += comment.text
            text.append(0x20)
        }
        if let key = item.key {
            text += key
            text += ": ".utf8
        }
        switch item.value {
        case .scalar(let scalar): return text + scalar
        case .container(let inner): return line(inner, room: room - text.count / 4).map { text + $0 }
        }
    }
}
