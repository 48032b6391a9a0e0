/// One value of a document that people write, the same from JSON and from YAML, with its place in the text.
package struct DataNode: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        /// A JSON number exactly as written.
        case number(String)
        case string(String)
        case list([DataNode])
        /// In source order; no key stands twice.
        case map([Member])
    }

    /// One entry of a map; both halves know their place.
    package struct Member: Sendable {
        package var key: String
        package var keyRange: Range<Int>
        package var value: DataNode
    }

    package var content: Content
    /// Byte offsets in the source, quotes and brackets included.
    package var range: Range<Int>

    package init(_ content: Content, _ range: Range<Int>) {
        self.content = content
        self.range = range
    }

    package var isNull: Bool { if case .null = content { true } else { false } }
    package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
    package var string: String? { if case .string(let text) = content { text } else { nil } }
    package var list: [DataNode]? { if case .list(let nodes) = content { nodes } else { nil } }
    package var map: [Member]? { if case .map(let members) = content { members } else { nil } }

    /// A number that is written as an integer and fits.
    package var integer: Int? { if case .number(let text) = content { Int(text) } else { nil } }

    /// The text of a scalar as written: `401`, `true`, `allow`; nil for null, lists and maps.
    package var word: String? {
        switch content {
        case .bool(let value): value ? "true" : "false"
        case .number(let text), .string(let text): text
        case .null, .list, .map: nil
        }
    }

    /// The value of a member; nil when absent or when this is not a map.
    package subscript(_ key: String) -> DataNode? {
        map?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// As messages call it.
    package var kindName: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a text"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// Writes the value as JSON.
    package func write(to writer: inout JSONWriter) {
        switch content {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let text): writer.raw(text.utf8)
        case .string(let text): writer.string(text)
        case .list(let nodes): writer.array { for node in nodes { node.write(to: &$0) } }
        case .map(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.key)
                    member.value.write(to: &writer)
                }
            }
        }
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension DataNode {
    /// Reads a document in either language, chosen by its name: `.yaml` and `.yml` are YAML, everything else is JSON with
    /// comments. The node is nil when the text cannot be read; then there is at least one diagnostic.
    package static func read(_ source: SourceText) -> (node: DataNode?, diagnostics: [Diagnostic]) {
        if source.name.hasSuffix(".yaml") || source.name.hasSuffix(".yml") {
            do throws(YAMLError) {
                return (try YAMLReader.read(source.bytes), [])
            } catch {
                return (nil, [Diagnostic(error, in: source)])
            }
        }
        let (document, errors) = JSONParser.parse(source.bytes, options: .configuration)
        if !errors.isEmpty { return (nil, errors.map { Diagnostic($0, in: source) }) }
        return (DataNode(document.root), [])
    }

    /// The same value, out of a JSON document that was read without errors.
    package init(_ value: JSONValue) {
        range = value.range
        switch value.kind {
        case .null, .invalid: content = .null
        case .bool: content = .bool(value.bool ?? false)
        case .number: content = .number(value.numberText ?? "0")
        case .string: content = .string(value.string ?? "")
        case .array: content = .list(value.elements.map { DataNode($0) })
        case .object:
            content = .map(
                value.members.map { Member(key: $0.name, keyRange: $0.key.range, value: DataNode($0.value)) })
        }
    }
}
