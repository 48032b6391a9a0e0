import Documents
import HTTP

/// A request's body as an event carries it.
enum EventBody: Sendable {
    case none
    case text([UInt8])
    /// Already encoded.
    case base64([UInt8])

    /// REST APIs: base 64 for the types listed in `binaryMediaTypes`, else text.
    static func rest(_ body: [UInt8], _ fields: FieldLines, _ binary: BinaryMediaTypes) -> EventBody {
        if body.isEmpty { return .none }
        let type = fields.last(.contentType).map(fields.value)
        return binary.matches(contentType: type) ? .base64(Base64.encode(body)) : .text(body)
    }

    private static let textTypes = ["application/json", "application/javascript", "application/xml"].map {
        Array($0.utf8)
    }

    /// HTTP APIs: text for `text/*`, JSON, JavaScript and XML; base 64 for everything else, forms and bodies without a
    /// type included, and for what claims to be text and is no UTF-8.
    static func http(_ body: [UInt8], _ fields: FieldLines) -> EventBody {
        if body.isEmpty { return .none }
        if let line = fields.last(.contentType) {
            let type = MediaType.name(fields.value(of: line))
            if type.starts(with: "text/".utf8) || textTypes.contains(type), UTF8Sequence.isValid(body) {
                return .text(body)
            }
        }
        return .base64(Base64.encode(body))
    }

    var isBase64Encoded: Bool { if case .base64 = self { true } else { false } }

    var bytes: [UInt8]? {
        switch self {
        case .none: nil
        case .text(let bytes), .base64(let bytes): bytes
        }
    }
}
