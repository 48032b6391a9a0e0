/// Reading by position, for callers that look at every member of small documents many thousand times a second.
///
/// A ``JSONValue`` holds its document, and handing out values therefore costs reference counting; a position is only a
/// number. Positions come from ``root``, ``firstChild(of:)`` and ``next(after:)`` of the same document.
extension JSONDocument {
    package struct Position: Sendable, Hashable {
        let index: Int
    }

    /// The outermost value.
    package var rootPosition: Position { Position(index: 0) }

    package func kind(at position: Position) -> JSONKind { nodes[position.index].kind }

    /// Members of an object or elements of an array; 0 for scalars.
    package func count(at position: Position) -> Int { Int(nodes[position.index].count) }

    /// Byte offsets of a value; of a string, without its quotes and as written.
    package func content(at position: Position) -> Range<Int> {
        let node = nodes[position.index]
        return Int(node.start)..<Int(node.end)
    }

    /// True for a string with a backslash escape, whose content is not what it spells.
    package func isEscaped(at position: Position) -> Bool {
        let node = nodes[position.index]
        return node.kind == .string && node.flag
    }

    /// The first element, or the first member's name; only for a container whose count is not 0. A member's value
    /// follows its name.
    package func firstChild(of position: Position) -> Position { Position(index: position.index + 1) }

    /// What follows a value and everything in it; the name of the next member after a member's value.
    package func next(after position: Position) -> Position {
        Position(index: Int(nodes[position.index].next))
    }

    package func value(at position: Position) -> JSONValue { JSONValue(document: self, index: position.index) }
}
