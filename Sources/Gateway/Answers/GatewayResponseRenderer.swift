import Documents
import HTTP
import Routes

/// Puts a gateway response together: status, headers and the template of the content type.
///
/// Values come from the caller, from tokens and from functions. In headers they are encoded where they hold anything but
/// printable ASCII; in templates they are escaped for JSON, XML and HTML, so that no value can end the text it stands in.
struct GatewayResponseRenderer {
    let exchange: Exchange
    let base: GatewayResponse
    let failure: GatewayFailure

    private static let contentType = Array("Content-Type".utf8)
    private static let errorType = Array("x-amzn-ErrorType".utf8)

    func render(_ custom: GatewayResponseDefinition) -> GatewayAnswer {
        var answer = GatewayAnswer(
            status: custom.statusCode.map { UInt16(clamping: $0) } ?? base.status, fields: [], body: base.body,
            customisedBy: custom.type)
        var type = Array("application/json".utf8)
        let ownTypes = custom.headers.filter { FieldNames.equal($0.name, Self.contentType) }
            .compactMap { value($0.value, answer.status) }.filter { !$0.isEmpty }
        let template = template(custom)
        if let template { type = Array(template.contentType.utf8) }
        // What the browser takes the body for counts, not what the template is called.
        let form = EscapedForm(sent: ownTypes.isEmpty ? [type] : ownTypes)
        if let template {
            answer.body = text(template, form, answer.status)
        } else {
            // The built-in body of a denial holds the client's path.
            answer.body.removeAll(keepingCapacity: true)
            form.appendQuoted(base.body, to: &answer.body)
        }
        if ownTypes.isEmpty { HeadWriter.field(name: Self.contentType, value: type, to: &answer.fields) }
        if let errorType = base.errorType {
            HeadWriter.field(name: Self.errorType, value: Array(errorType.utf8), to: &answer.fields)
        }
        for header in custom.headers {
            guard let value = value(header.value, answer.status), !value.isEmpty else { continue }
            let safe = FieldValueEncoding.isPlain(value) ? value : FieldValueEncoding.encode(value)
            HeadWriter.field(name: header.name, value: safe, to: &answer.fields)
        }
        return answer
    }

    // MARK: Templates

    /// By the client's `Accept`, then `application/json`, then the first.
    private func template(_ custom: GatewayResponseDefinition) -> GatewayResponseDefinition.Template? {
        func named(_ type: some Sequence<UInt8>) -> GatewayResponseDefinition.Template? {
            custom.templates.first { $0.contentType.utf8.elementsEqual(type) }
        }
        if let line = exchange.head.fields.first(.accept) {
            for piece in exchange.head.fields.value(of: line).split(separator: UInt8(ascii: ",")) {
                let name = piece.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
                if let found = named(name.map(ByteClass.lower)) { return found }
            }
        }
        return named("application/json".utf8) ?? custom.templates.first
    }

    private func text(
        _ template: GatewayResponseDefinition.Template, _ form: EscapedForm, _ status: UInt16
    ) -> [UInt8] {
        var out: [UInt8] = []
        for part in template.parts {
            switch part {
            case .source(.literal(let bytes)): out += bytes
            // Already JSON, quotes included; the message of a resource policy holds the client's path.
            case .error(.messageString): form.appendQuoted(base.messageString, to: &out)
            default: if let value = value(part, status) { form.append(value, to: &out) }
            }
        }
        return out
    }

    private func value(_ value: GatewayResponseValue, _ status: UInt16) -> [UInt8]? {
        switch value {
        case .status: Array("\(status)".utf8)
        case .error(.message): base.message
        case .error(.messageString): base.messageString
        case .error(.responseType): base.type.map { Array($0.rawValue.utf8) }
        case .error(.validationErrorString): failure.validationText.map { Array($0.utf8) }
        case .source(let source): MappingValues(exchange).value(of: source)
        }
    }
}

/// How values are made harmless in a body.
private enum EscapedForm {
    case json
    case markup
    case plain

    /// Of the values of `Content-Type` that are sent. Only JSON and text that no browser runs are not markup: other types
    /// may be looked into.
    init(sent values: [[UInt8]]) {
        let types = Set(values.map { String(decoding: MediaTypeName.read($0[...]), as: UTF8.self) })
        if let type = types.first, types.count == 1, type.hasSuffix("/json") || type.hasSuffix("+json") {
            self = .json
        } else if types == ["text/plain"] {
            self = .plain
        } else {
            self = .markup
        }
    }

    /// JSON text with its quotes.
    func appendQuoted(_ json: [UInt8], to out: inout [UInt8]) {
        guard case .markup = self else {
            out += json
            return
        }
        for byte in json {
            switch byte {
            case UInt8(ascii: "&"): out += "&amp;".utf8
            case UInt8(ascii: "<"): out += "&lt;".utf8
            case UInt8(ascii: ">"): out += "&gt;".utf8
            default: out.append(byte)
            }
        }
    }

    func append(_ value: [UInt8], to out: inout [UInt8]) {
        switch self {
        case .json:
            // Quoted, then without the quotes: the template brings its own.
            var quoted: [UInt8] = []
            JSONWriter.appendQuoted(value, to: &quoted)
            out += quoted.dropFirst().dropLast()
        case .markup:
            for byte in value {
                switch byte {
                case UInt8(ascii: "&"): out += "&amp;".utf8
                case UInt8(ascii: "<"): out += "&lt;".utf8
                case UInt8(ascii: ">"): out += "&gt;".utf8
                case UInt8(ascii: "\""): out += "&quot;".utf8
                case UInt8(ascii: "'"): out += "&#39;".utf8
                default: out.append(byte)
                }
            }
        case .plain: out += value
        }
    }
}

/// Names of header fields.
enum FieldNames {
    /// Whether both are the same, whatever their case.
    static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { ByteClass.lower($0) == ByteClass.lower($1) }
    }
}
