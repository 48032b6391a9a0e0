import HTTP
import Routes

/// Carries out the parameter mappings of answers: `responseParameters` of HTTP APIs, and the integration responses of
/// HTTP integrations.
struct AnswerMapper {
    /// What the client gets of an answer before its body.
    struct Mapped {
        var status: UInt16
        /// Complete lines.
        var fields: [UInt8]
    }

    private let exchange: Exchange
    private let fields: FieldLines
    private let values: MappingValues

    /// - Parameter body: of the answer, where a mapping looks into it and it could be kept.
    init(_ exchange: Exchange, fields: FieldLines, body: [UInt8]?) {
        self.exchange = exchange
        self.fields = fields
        let read = body.map { MappedBody($0, exchange.snapshot.apiType) } ?? .none
        values = MappingValues(exchange, answer: MappingValues.BackendAnswer(fields: fields, body: read))
    }

    // MARK: HTTP APIs

    /// The mappings of this status, applied in the document's order; nil when there are none.
    ///
    /// - Parameter lines: those of the answer that go on.
    func map(status: UInt16, lines: [FieldLine], by mappings: [AnswerMapping]) -> Mapped? {
        guard let chosen = mappings.first(where: { $0.status == status }) else { return nil }
        var pairs = lines.map { (name: Array(fields.name(of: $0)), value: Array(fields.value(of: $0))) }
        var status = status
        for mapping in chosen.parameters {
            switch mapping.destination {
            case .header(let name):
                let value = mapping.operation == .remove ? nil : values.value(of: mapping)
                // Without a value nothing is overwritten, and nothing is appended.
                if mapping.operation != .remove, value == nil { continue }
                if mapping.operation != .append { pairs.removeAll { FieldNames.equal($0.name, name) } }
                if let value { pairs.append((name, Self.safe(value))) }
            case .statusCode:
                if let digits = values.value(of: mapping), let code = AnswerStatus(digits) { status = code.code }
            case .queryString, .path, .wholePath: break
            }
        }
        var out: [UInt8] = []
        for pair in pairs { HeadWriter.field(name: pair.name, value: pair.value, to: &out) }
        return Mapped(status: status, fields: out)
    }

    // MARK: HTTP integrations of REST APIs

    /// What the client gets by this integration response.
    func map(by response: CompiledIntegrationResponse) -> Mapped {
        var out: [UInt8] = []
        var hasType = false
        for mapping in response.definition.parameters {
            guard case .header(let name) = mapping.destination, let value = values.value(of: mapping), !value.isEmpty
            else { continue }
            let id = FieldSyntax.id(of: name)
            if HeaderRules.droppedFromMappings.contains(id) { continue }
            if id == .contentType { hasType = true }
            let isRemapped = HeaderRules.remappedFromMappings.contains(id)
            HeadWriter.field(
                name: isRemapped ? HeaderRules.remappedPrefix + name : name, value: Self.safe(value), to: &out)
        }
        if !hasType { out += Array("Content-Type: application/json\r\n".utf8) }
        return Mapped(status: response.definition.status, fields: out)
    }

    private static func safe(_ value: [UInt8]) -> [UInt8] {
        FieldValueEncoding.isPlain(value) ? value : FieldValueEncoding.encode(value)
    }
}
