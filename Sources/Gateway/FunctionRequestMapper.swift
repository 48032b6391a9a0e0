import Functions
import HTTP
import Routes

/// `requestParameters` of an HTTP API whose integration is a function: the event shows the request as it was mapped.
struct FunctionRequestMapper {
    private let mappings: [ParameterMapping]
    private let values: MappingValues

    /// Nil when there is nothing to do.
    init?(_ exchange: Exchange, _ mappings: [ParameterMapping], body: [UInt8]) {
        if mappings.isEmpty { return nil }
        self.mappings = mappings
        let isRead = mappings.contains { $0.readsRequestBody }
        values = MappingValues(exchange, body: isRead ? MappedBody(body, .http) : .none)
    }

    func apply(to request: inout FunctionRequest) {
        mapFields(&request)
        mapQuery(&request)
        for mapping in mappings where mapping.destination == .wholePath {
            guard let value = values.value(of: mapping) else { continue }
            let path = PercentEncoding.encode(value, keeping: .path)
            request.rawPath = path.first == UInt8(ascii: "/") ? path : [UInt8(ascii: "/")] + path
        }
    }

    private func mapFields(_ request: inout FunctionRequest) {
        let fields = request.fields
        // What no client may send goes first: a mapping may give the function a header of that name.
        var pairs = fields.lines.filter { !request.hidden.contains($0, in: fields) }.map {
            (name: Array(fields.name(of: $0)), value: Array(fields.value(of: $0)))
        }
        var isChanged = false
        for mapping in mappings {
            guard case .header(let name) = mapping.destination else { continue }
            isChanged = true
            if mapping.replacesClientHeader { pairs.removeAll { FieldNames.equal($0.name, name) } }
            guard mapping.operation != .remove, let value = values.value(of: mapping), !value.isEmpty else { continue }
            pairs.append((name, FieldValueEncoding.encode(value)))
        }
        guard isChanged else { return }
        var mapped = FieldLines()
        for pair in pairs { mapped.append(name: pair.name, value: pair.value) }
        request.fields = mapped
        request.hidden = ReservedFields()
    }

    private func mapQuery(_ request: inout FunctionRequest) {
        for mapping in mappings {
            guard case .queryString(let name) = mapping.destination else { continue }
            let query = QueryString(request.query, ByteRange(0, request.query.count))
            var parts: [[UInt8]] = []
            for parameter in query where mapping.operation == .append || query.decoded(parameter.name) != name {
                let end = max(parameter.value.end, parameter.name.end)
                parts.append(Array(query.bytes[Int(parameter.name.start)..<Int(end)]))
            }
            if mapping.operation != .remove, let value = values.value(of: mapping), !value.isEmpty {
                parts.append(
                    PercentEncoding.encode(name, keeping: .query) + [UInt8(ascii: "=")]
                        + PercentEncoding.encode(value, keeping: .query))
            }
            request.query = Array(parts.joined(separator: [UInt8(ascii: "&")]))
        }
    }
}
