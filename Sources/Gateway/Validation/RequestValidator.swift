import Documents
import HTTP
import Routes

/// A route's request validator: demanded parameters, and models that bodies must fit.
///
/// Source: API Gateway Developer Guide, request validation: a demanded parameter must be there and not blank; a body
/// whose content type has no model is not checked.
struct RequestValidator: Sendable {
    let required: [RequestValidation.Parameter]
    /// By content type in lower case; `$default` for the others.
    let models: [(contentType: [UInt8], schema: BodySchema)]

    static let none = RequestValidator(required: [], models: [])

    var checksBody: Bool { !models.isEmpty }

    /// Nil when nothing is missing.
    func checkParameters(_ exchange: borrowing Exchange) -> GatewayFailure? {
        if required.isEmpty { return nil }
        let missing = required.filter { !isThere($0, exchange) }
        return missing.isEmpty ? nil : .parametersMissing(missing.map { String(decoding: $0.name, as: UTF8.self) })
    }

    private func isThere(_ parameter: RequestValidation.Parameter, _ exchange: borrowing Exchange) -> Bool {
        let fields = exchange.head.fields
        switch parameter.place {
        case .header:
            // Names of headers are told apart by case, as in mappings.
            return fields.lines.contains { line in
                !line.value.isEmpty && fields.name(of: line).elementsEqual(parameter.name)
            }
        case .path: return exchange.parameter(parameter.name)?.isEmpty == false
        case .queryString:
            let query = QueryString(exchange.head)
            return query.contains { found in
                query.decoded(found.name) == parameter.name
                    && query.decoded(found.value).contains { !ByteClass.isBlank($0) }
            }
        }
    }

    /// Nil when the body fits its model, or has none. No body at all is judged as `{}`, as AWS does.
    func checkBody(_ body: [UInt8], _ exchange: borrowing Exchange) -> GatewayFailure? {
        if models.isEmpty { return nil }
        guard let type = contentType(of: exchange.head.fields) else {
            return .bodyInvalid(["Content-Type names more than one type"])
        }
        guard let schema = model(for: type) else { return nil }
        let root: JSONValue
        do {
            root = try JSONParser.parse(body.isEmpty ? Array("{}".utf8) : body).root
        } catch {
            return .bodyInvalid(["the body is not JSON"])
        }
        let problems = schema.problems(in: root)
        return problems.isEmpty ? nil : .bodyInvalid(problems)
    }

    /// JSON where there is none, or an empty one; nil for lines that differ, of which the backend may believe another.
    private func contentType(of fields: FieldLines) -> [UInt8]? {
        var found: [UInt8]?
        for line in fields.lines where line.id == .contentType {
            let type = MediaTypeName.read(fields.value(of: line))
            if type.contains(UInt8(ascii: ",")) { return nil }
            if let found, found != type { return nil }
            found = type
        }
        return found.flatMap { $0.isEmpty ? nil : $0 } ?? MediaTypeName.json
    }

    /// Whether the body of such a message can decide: a model takes it, or nobody can say which would.
    func judgesBody(of fields: FieldLines) -> Bool {
        if models.isEmpty { return false }
        guard let type = contentType(of: fields) else { return true }
        return model(for: type) != nil
    }

    private func model(for type: [UInt8]) -> BodySchema? {
        let found =
            models.first { $0.contentType == type } ?? models.first { $0.contentType.elementsEqual("$default".utf8) }
        return found?.schema
    }
}

/// The name of a media type without its parameters (RFC 9110 §8.3.1).
enum MediaTypeName {
    static let json = Array("application/json".utf8)

    static func read(_ value: ArraySlice<UInt8>) -> [UInt8] {
        value.prefix { $0 != UInt8(ascii: ";") }.filter { !ByteClass.isBlank($0) }.map(ByteClass.lower)
    }
}
