import Documents
import HTTP

/// Headers and body of one message, redacted.
struct MessagePart {
    private let fields: [(name: [UInt8], value: [UInt8])]
    private let body: MessageRedactor.Body?
    private let type: [UInt8]

    init(_ lines: [([UInt8], [UInt8])], _ captured: [UInt8]?, _ messages: MessageRedactor) {
        func first(_ name: String) -> [UInt8] {
            lines.first { $0.0.map(ByteKind.lowercased).elementsEqual(name.utf8) }?.1 ?? []
        }
        type = first("content-type")
        body = captured.map { messages.body($0, type: first("content-type"), encoding: first("content-encoding")) }
        var length: [UInt8]?
        // The length tells of the body that is there.
        if let captured, case .kept(let kept)? = body, kept != captured { length = Array(String(kept.count).utf8) }
        fields = lines.map { name, value in
            if let length, name.map(ByteKind.lowercased).elementsEqual("content-length".utf8) { return (name, length) }
            return (messages.text.clean(name), messages.header(name, value))
        }
    }

    /// The redacted value of the first line of that name, in lower case.
    func value(of name: String) -> [UInt8]? {
        fields.first { $0.name.map(ByteKind.lowercased).elementsEqual(name.utf8) }?.value
    }

    /// Why the body is not in the recording; nil when it is, or when there was none.
    func leftOut(isWhole: Bool) -> String? {
        if !isWhole { return "incomplete or too long" }
        if case .leftOut(let reason)? = body { return reason }
        return nil
    }

    func writeHeaders(to writer: inout JSONWriter) {
        writer.key("headers")
        writer.array { writer in
            for field in fields {
                writer.object { writer in
                    writer.key("name")
                    writer.string(field.name)
                    writer.key("value")
                    writer.string(field.value)
                }
            }
        }
    }

    func writePostData(to writer: inout JSONWriter) {
        guard case .kept(let bytes)? = body, !bytes.isEmpty else { return }
        writer.inner("postData") { writer in
            writer.key("mimeType")
            writer.string(type)
            writer.key("text")
            writer.string(bytes)
        }
    }

    func writeContent(size: UInt64, to writer: inout JSONWriter) {
        writer.inner("content") { writer in
            writer.member("size", size)
            writer.key("mimeType")
            writer.string(type)
            if case .kept(let bytes)? = body, !bytes.isEmpty {
                writer.key("text")
                writer.string(bytes)
            }
        }
    }
}

/// Field lines as text.
enum FieldText {
    /// `Name: value` lines that end in CRLF.
    static func lines(_ text: [UInt8]) -> [([UInt8], [UInt8])] {
        text.split(separator: 0x0A).compactMap { line in
            guard let colon = line.firstIndex(of: 0x3A) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return (Array(line[..<colon]), Array(value.last == 0x0D ? value.dropLast() : value))
        }
    }
}
