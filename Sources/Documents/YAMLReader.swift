/// Reads YAML into ``DataNode``s: one document, keys that are texts, no key twice in a map.
///
/// Plain scalars are read as JSON would: `null`, `~` and nothing are null, `true` and `false` are booleans, JSON numbers
/// are numbers, and all else is text; so `yes`, `on`, `0755` and dates stay what they look like (YAML 1.2 core schema,
/// without its octal and hexadecimal numbers). Aliases are copies. Depth, size and what aliases may unfold to are
/// bounded, and the cost is linear in the bounds.
package enum YAMLReader {
    private static let maximumBytes = 4 << 20
    private static let maximumDepth = 64
    /// Values of the whole tree, copies by aliases included.
    private static let maximumNodes = 200_000

    package static func read(_ bytes: [UInt8]) throws(YAMLError) -> DataNode {
        guard bytes.count <= maximumBytes else { throw YAMLError(.tooLarge, 0..<0) }
        var index = 0
        while index < bytes.count {
            guard let length = UTF8Sequence.length(in: bytes, at: index) else {
                throw YAMLError(.invalidUTF8, index..<index + 1)
            }
            index += length
        }
        let events = try YAMLEvent.all(of: bytes, maximumDepth: maximumDepth, maximumEvents: maximumNodes)
        var tree = Tree(bytes: bytes)
        for event in events { try tree.take(event) }
        guard let root = tree.root else { throw YAMLError(.empty, 0..<min(1, bytes.count)) }
        return root
    }

    /// A list or map that is being filled.
    private struct Open {
        var anchor: [UInt8]?
        var start: Int
        var isMap: Bool
        var nodes: [DataNode] = []
        var members: [DataNode.Member] = []
        var keys: Set<[UInt8]> = []
        /// A key that waits for its value.
        var key: (name: String, range: Range<Int>)?
        /// Values inside, itself included.
        var size = 1
        /// Containers inside, itself included.
        var depth = 1
    }

    private struct Anchored {
        var node: DataNode
        var size: Int
        var depth: Int
    }

    private struct Tree {
        let bytes: [UInt8]
        var root: DataNode?
        private var open: [Open] = []
        private var anchors: [[UInt8]: Anchored] = [:]
        private var total = 0
        private var documents = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func take(_ event: YAMLEvent) throws(YAMLError) {
            switch event.kind {
            case .documentStart:
                documents += 1
                if documents > 1 { throw YAMLError(.severalDocuments, event.range) }
            case .documentEnd: break
            case .alias(let name):
                guard let found = anchors[name] else { throw YAMLError(.unknownAlias, event.range) }
                guard open.count + found.depth <= YAMLReader.maximumDepth else {
                    throw YAMLError(.tooDeep, event.range)
                }
                var node = found.node
                node.range = event.range
                // What an alias copies counts each time, so that a small text cannot unfold without end.
                try add(node, size: found.size, depth: found.depth, anchor: nil, new: found.size)
            case .scalar(let text, let isPlain, let tag, let anchor):
                let isText = try Self.isText(tag, event.range) || !isPlain
                let node = DataNode(
                    isText ? .string(String(decoding: text, as: UTF8.self)) : YAMLReader.scalar(text), event.range)
                try add(node, size: 1, depth: 0, anchor: anchor, new: 1)
            case .listStart(let tag, let anchor), .mapStart(let tag, let anchor):
                if tag != nil { throw YAMLError(.unknownTag, event.range) }
                var isMap = false
                if case .mapStart = event.kind { isMap = true }
                if let last = open.last, last.isMap, last.key == nil { throw YAMLError(.keyNotText, event.range) }
                open.append(Open(anchor: anchor, start: event.range.lowerBound, isMap: isMap))
            case .end:
                guard let done = open.popLast() else { return }
                var end = max(done.start, event.range.upperBound)
                // Block style ends where the next thing begins.
                while end > done.start + 1, bytes[end - 1] <= 0x20 { end -= 1 }
                let content: DataNode.Content = done.isMap ? .map(done.members) : .list(done.nodes)
                let node = DataNode(content, done.start..<end)
                try add(node, size: done.size, depth: done.depth, anchor: done.anchor, new: 1)
            }
        }

        /// True for `!!str`, false for no tag.
        private static func isText(_ tag: String?, _ range: Range<Int>) throws(YAMLError) -> Bool {
            guard let tag else { return false }
            if tag == "tag:yaml.org,2002:str" || tag == "!" { return true }
            throw YAMLError(.unknownTag, range)
        }

        private mutating func add(
            _ node: DataNode, size: Int, depth: Int, anchor: [UInt8]?, new: Int
        ) throws(YAMLError) {
            if let anchor { anchors[anchor] = Anchored(node: node, size: size, depth: depth) }
            total += new
            guard total <= YAMLReader.maximumNodes else { throw YAMLError(.tooLarge, node.range) }
            guard var last = open.popLast() else {
                root = node
                return
            }
            last.size += size
            last.depth = max(last.depth, depth + 1)
            if !last.isMap {
                last.nodes.append(node)
            } else if let key = last.key {
                last.members.append(DataNode.Member(key: key.name, keyRange: key.range, value: node))
                last.key = nil
            } else {
                guard let name = node.word else { throw YAMLError(.keyNotText, node.range) }
                guard last.keys.insert(Array(name.utf8)).inserted else { throw YAMLError(.duplicateKey, node.range) }
                last.key = (name, node.range)
            }
            open.append(last)
        }
    }

    private static func scalar(_ text: [UInt8]) -> DataNode.Content {
        let word = String(decoding: text, as: UTF8.self)
        switch word {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.first, first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39) else {
            return .string(word)
        }
        do throws(JSONError) {
            let value = try JSONParser.parse(text)
            return value.root.kind == .number ? .number(word) : .string(word)
        } catch {
            return .string(word)
        }
    }
}
