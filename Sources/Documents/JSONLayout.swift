/// The pieces of a JSON text with comments, as their author arranged them. Only for texts that the parser has accepted.
struct JSONLayout {
    struct Comment {
        /// As written, without the line end.
        var text: ArraySlice<UInt8>
        /// `//`
        var isLine: Bool
        /// It begins on a line of its own.
        var startsLine: Bool
        /// A blank line stands before it.
        var followsBlank: Bool
        /// Nothing else follows on its line.
        var endsLine: Bool
    }

    indirect enum Node {
        case scalar(ArraySlice<UInt8>)
        case container(Container)
    }

    struct Container {
        var isObject: Bool
        var items: [Item] = []
        /// Comments before the closing bracket.
        var rest: [Comment] = []
        /// The author began a new line behind the opening bracket.
        var isBroken = false
    }

    struct Item {
        /// Comments before the item.
        var leading: [Comment] = []
        /// With its quotes; nil in lists.
        var key: ArraySlice<UInt8>?
        var value: Node = .scalar([])
        /// Comments behind it on its last line.
        var trailing: [Comment] = []
        /// A blank line stands immediately before the key or the value.
        var followsBlank = false
        /// Its author began a new line for it.
        var startsLine = false
    }

    private let bytes: [UInt8]
    private var index = 0
    /// Line ends between the last token and here.
    private var lineEnds = 1

    /// The whole text: one item, and what stands behind it.
    static func read(_ bytes: [UInt8]) -> (root: Item, rest: [Comment]) {
        var layout = JSONLayout(bytes: bytes)
        if SourceText.hasByteOrderMark(bytes) { layout.index = 3 }
        var root = Item()
        root.leading = layout.comments()
        root.followsBlank = layout.lineEnds > 1
        root.value = layout.value()
        let behind = layout.comments()
        let own = layout.ownComments(of: behind)
        root.trailing = Array(behind.prefix(own))
        return (root, Array(behind.dropFirst(own)))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() -> Node {
        guard index < bytes.count else { return .scalar([]) }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .container(container(isObject: true))
        case UInt8(ascii: "["): return .container(container(isObject: false))
        default: return .scalar(scalar())
        }
    }

    private mutating func scalar() -> ArraySlice<UInt8> {
        let start = index
        if bytes[index] == UInt8(ascii: "\"") {
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            index = min(index + 1, bytes.count)
        } else {
            while index < bytes.count, !Self.endsWord(bytes[index]) { index += 1 }
        }
        lineEnds = 0
        return bytes[start..<index]
    }

    private static func endsWord(_ byte: UInt8) -> Bool { byte <= 0x20 || ",:]}/".utf8.contains(byte) }

    private mutating func container(isObject: Bool) -> Container {
        var container = Container(isObject: isObject)
        index += 1
        lineEnds = 0
        var pending = comments()
        container.isBroken = pending.first?.startsLine ?? (lineEnds > 0)
        while index < bytes.count, bytes[index] != UInt8(ascii: "}"), bytes[index] != UInt8(ascii: "]") {
            var item = Item()
            item.followsBlank = lineEnds > 1
            item.startsLine = lineEnds > 0 || pending.contains { $0.startsLine || $0.endsLine }
            item.leading = pending
            if isObject {
                item.key = scalar()
                // What stands around the colon goes before the key.
                item.leading += comments()
                if index < bytes.count, bytes[index] == UInt8(ascii: ":") { index += 1 }
                item.leading += comments()
            }
            item.value = value()
            var behind = comments()
            var own = ownComments(of: behind)
            item.trailing = Array(behind.prefix(own))
            pending = Array(behind.dropFirst(own))
            if index < bytes.count, bytes[index] == UInt8(ascii: ",") {
                index += 1
                lineEnds = 0
                behind = comments()
                own = pending.isEmpty ? ownComments(of: behind) : 0
                item.trailing += behind.prefix(own)
                pending += behind.dropFirst(own)
            }
            container.items.append(item)
        }
        container.rest = pending
        index = min(index + 1, bytes.count)
        lineEnds = 0
        return container
    }

    /// How many of the comments behind a value belong to its line: one that another token follows on the same line
    /// speaks of that one.
    private func ownComments(of comments: [Comment]) -> Int {
        var own = 0
        for (position, comment) in comments.enumerated() {
            if comment.startsLine { break }
            if comment.endsLine { own = position + 1 }
        }
        return own
    }

    private mutating func comments() -> [Comment] {
        var found: [Comment] = []
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A:
                lineEnds += 1
                index += 1
            case 0x20, 0x09, 0x0D: index += 1
            case UInt8(ascii: "/"): found.append(comment())
            default: return found
            }
        }
        return found
    }

    private mutating func comment() -> Comment {
        let start = index
        let isLine = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/")
        index += 2
        if isLine {
            while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        } else {
            while index + 1 < bytes.count, bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/") {
                index += 1
            }
            index = min(index + 2, bytes.count)
        }
        var end = index
        if isLine { while end > start, bytes[end - 1] <= 0x20 { end -= 1 } }
        var next = index
        while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 || bytes[next] == 0x0D { next += 1 }
        let comment = Comment(
            text: bytes[start..<end], isLine: isLine, startsLine: lineEnds > 0, followsBlank: lineEnds > 1,
            endsLine: next >= bytes.count || bytes[next] == 0x0A)
        lineEnds = 0
        return comment
    }
}
