package import Documents

/// A JSON Schema as a value: small, ordered, written once.
package indirect enum SchemaNode: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case text(String)
    /// JSON text as it is.
    case raw(String)
    case list([SchemaNode])
    case object([(name: String, value: SchemaNode)])

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .raw(String(value)) }
    package init(booleanLiteral value: Bool) { self = .raw(value ? "true" : "false") }
    package init(arrayLiteral elements: SchemaNode...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, SchemaNode)...) { self = .object(elements.map { ($0, $1) }) }

    /// A list of texts.
    package static func texts(_ all: [String]) -> SchemaNode { .list(all.map { .text($0) }) }

    /// With further members; of two of one name the later counts.
    package func adding(_ more: [(name: String, value: SchemaNode)]) -> SchemaNode {
        guard case .object(let members) = self else { return .object(more) }
        return .object(members.filter { old in !more.contains { $0.name == old.name } } + more)
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.string(text)
        case .raw(let text): writer.raw(Array(text.utf8))
        case .list(let items): writer.array { writer in for item in items { item.write(to: &writer) } }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }
}
