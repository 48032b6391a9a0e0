import HTTP

/// A header line before it is redacted.
struct RawField {
    var name: [UInt8]
    var value: [UInt8]
    /// In lower case.
    var lower: [UInt8]
    var kind: HeaderKind

    init(_ name: [UInt8], _ value: [UInt8], _ kinds: HeaderKinds) {
        let known = kinds.name(name)
        self.name = name
        self.value = value
        lower = known.lower
        kind = known.kind
    }
}

/// Headers and body of one message, redacted.
struct MessagePart {
    private let lines: [RawField]
    private let fields: [(name: [UInt8], value: [UInt8])]
    private let body: MessageRedactor.Body?
    private let type: [UInt8]

    private static let contentType = Array("content-type".utf8)
    private static let contentEncoding = Array("content-encoding".utf8)
    private static let contentLength = Array("content-length".utf8)

    init(_ lines: [RawField], _ captured: [UInt8]?, _ messages: MessageRedactor) {
        func first(_ name: [UInt8]) -> [UInt8] { lines.first { $0.lower == name }?.value ?? [] }
        let type = first(Self.contentType)
        let body = captured.map { messages.body($0, type: type, encoding: first(Self.contentEncoding)) }
        var length: [UInt8]?
        // The length tells of the body that is there.
        if let captured, case .kept(let kept)? = body, kept.count != captured.count {
            length = Array(String(kept.count).utf8)
        }
        fields = lines.map { line in
            if let length, line.lower == Self.contentLength { return (line.name, length) }
            return (messages.text.clean(line.name), messages.header(line.kind, line.value))
        }
        self.lines = lines
        self.type = type
        self.body = body
    }

    /// The redacted value of the first line of that name, in lower case.
    func value(of name: [UInt8]) -> [UInt8]? { lines.firstIndex { $0.lower == name }.map { fields[$0].value } }

    /// Why the body is not in the recording; nil when it is, or when there was none.
    func leftOut(isWhole: Bool) -> String? {
        if !isWhole { return "incomplete or too long" }
        if case .leftOut(let reason)? = body { return reason }
        return nil
    }

    /// About how long its text will be.
    var size: Int {
        var size = fields.reduce(0) { $0 + $1.name.count + $1.value.count + 24 }
        if case .kept(let bytes)? = body { size += bytes.count + bytes.count / 8 }
        return size
    }

    func writeHeaders(to line: inout LineText) {
        line.raw(",\"headers\":[")
        for (place, field) in fields.enumerated() {
            line.raw(place == 0 ? "{\"name\":" : ",{\"name\":")
            line.string(field.name)
            line.raw(",\"value\":")
            line.string(field.value)
            line.raw("}")
        }
        line.raw("]")
    }

    func writePostData(to line: inout LineText) {
        guard case .kept(let bytes)? = body, !bytes.isEmpty else { return }
        line.raw(",\"postData\":{\"mimeType\":")
        line.string(type)
        line.raw(",\"text\":")
        line.string(bytes)
        line.raw("}")
    }

    func writeContent(size: UInt64, to line: inout LineText) {
        line.raw(",\"content\":{\"size\":")
        line.raw(size)
        line.raw(",\"mimeType\":")
        line.string(type)
        if case .kept(let bytes)? = body, !bytes.isEmpty {
            line.raw(",\"text\":")
            line.string(bytes)
        }
        line.raw("}")
    }
}

/// Field lines as text.
enum FieldText {
    /// `Name: value` lines that end in CRLF.
    static func lines(_ text: [UInt8], _ kinds: HeaderKinds) -> [RawField] {
        text.split(separator: 0x0A).compactMap { line in
            guard let colon = line.firstIndex(of: 0x3A) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return RawField(Array(line[..<colon]), Array(value.last == 0x0D ? value.dropLast() : value), kinds)
        }
    }
}
