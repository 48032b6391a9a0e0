package import Documents

/// A configuration as it counts: every key with its value, defaults filled in, expressions resolved, and where each
/// value comes from. Secrets are fingerprints.
package struct EffectiveConfiguration: Sendable {
    package indirect enum Content: Sendable {
        /// JSON text.
        case scalar([UInt8])
        case list([Node])
        case object([Member])
    }

    package struct Node: Sendable {
        package var content: Content
        /// `gateway.json:12`, `default`, `gateway.json:12, env NAME`; nil on containers.
        package var origin: String?
    }

    package struct Member: Sendable {
        package var name: String
        package var node: Node
    }

    package let root: Node

    /// Reads a document that the loader has accepted. `fingerprint` gives the first hexadecimal digits of the SHA-256
    /// of a secret.
    package init(
        _ source: SourceText, environment: any DocumentEnvironment, stage: String?,
        fingerprint: @escaping ([UInt8]) -> String
    ) {
        let json = JSONParser.parse(source.bytes, options: .configuration).document
        let context = LoadContext(source: source, root: json.root, environment: environment, stage: stage)
        let reader = EffectiveReader(context: context, fingerprint: fingerprint)
        root = reader.section(json.root, DocumentTables.root)
    }

    /// Every value with its JSON pointer, in order.
    package var values: [(pointer: String, node: Node)] {
        var found: [(pointer: String, node: Node)] = []
        func visit(_ node: Node, _ pointer: String) {
            switch node.content {
            case .scalar: found.append((pointer, node))
            case .list(let items):
                if items.isEmpty { found.append((pointer, node)) }
                for (index, item) in items.enumerated() { visit(item, "\(pointer)/\(index)") }
            case .object(let members):
                if members.isEmpty { found.append((pointer, node)) }
                for member in members { visit(member.node, "\(pointer)/\(Self.escaped(member.name))") }
            }
        }
        visit(root, "")
        return found
    }

    /// A name inside a JSON pointer (RFC 6901 §3).
    package static func escaped(_ name: String) -> String {
        var out = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension EffectiveConfiguration.Node {
    /// The value on one line.
    package var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text
    }

    package func write(to writer: inout JSONWriter) {
        switch content {
        case .scalar(let text): writer.raw(text)
        case .list(let items): writer.array { writer in for item in items { item.write(to: &writer) } }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.node.write(to: &writer)
                }
            }
        }
    }
}
