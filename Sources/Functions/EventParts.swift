import Documents
import HTTP
import Routes

/// The parts that several events share.
struct EventParts {
    let request: FunctionRequest
    let headers: EventHeaders
    let query: EventQuery

    init(_ request: FunctionRequest, _ form: EventHeaders.Form) {
        self.request = request
        headers = EventHeaders(request, form)
        query = EventQuery(request.query, splitsAtSemicolon: form == .rest)
    }

    /// What stands for a map without members.
    enum Empty {
        /// Proxy events 1.0.
        case null
        /// Authorizer events 1.0.
        case object
    }

    // MARK: Payload format 1.0

    /// `resource` to `httpMethod`.
    func writeTarget(to writer: inout JSONWriter) {
        writer.text("resource", request.resourcePath)
        writer.text("path", request.resourceRequestPath)
        writer.text("httpMethod", request.method)
    }

    func writeHeaders(to writer: inout JSONWriter) {
        writer.key("headers")
        headers.writeSingle(to: &writer)
        writer.key("multiValueHeaders")
        headers.writeMultiple(to: &writer)
    }

    func writeQuery(_ empty: Empty, to writer: inout JSONWriter) {
        writer.key("queryStringParameters")
        if query.entries.isEmpty { Self.write(empty, to: &writer) } else { query.writeSingle(to: &writer) }
        writer.key("multiValueQueryStringParameters")
        if query.entries.isEmpty { Self.write(empty, to: &writer) } else { query.writeMultiple(to: &writer) }
    }

    func writeParameters(_ empty: Empty, to writer: inout JSONWriter) {
        writer.key("pathParameters")
        writeMap(pathParameters, empty, to: &writer)
        writer.key("stageVariables")
        writeMap(request.stageVariables, empty, to: &writer)
    }

    func writeBody(_ body: EventBody, to writer: inout JSONWriter) {
        writer.key("body")
        if let bytes = body.bytes { writer.string(bytes) } else { writer.null() }
        writer.member("isBase64Encoded", body.isBase64Encoded)
    }

    // MARK: Payload format 2.0

    /// `routeKey` to `queryStringParameters`; maps and lists without members are left out.
    func writeRoute(to writer: inout JSONWriter) {
        writer.text("routeKey", request.routeKey)
        writer.text("rawPath", request.contextPath)
        writer.text("rawQueryString", request.query)
        if !headers.cookies.isEmpty {
            writer.member("cookies", array: { writer in for cookie in headers.cookies { writer.string(cookie) } })
        }
        writer.key("headers")
        headers.writeJoined(to: &writer)
        if !query.entries.isEmpty {
            writer.key("queryStringParameters")
            query.writeJoined(to: &writer)
        }
    }

    func writePathParameters(to writer: inout JSONWriter) {
        guard !request.pathParameters.isEmpty else { return }
        writer.key("pathParameters")
        writeMap(pathParameters, .null, to: &writer)
    }

    func writeStageVariables(to writer: inout JSONWriter) {
        guard !request.stageVariables.isEmpty else { return }
        writer.key("stageVariables")
        writeMap(request.stageVariables, .null, to: &writer)
    }

    // MARK: Details

    /// HTTP APIs decode them once.
    private var pathParameters: [NamedValue] {
        guard request.apiType == .http else { return request.pathParameters }
        return request.pathParameters.map {
            NamedValue(name: $0.name, value: PercentDecoding.decode($0.value[...]))
        }
    }

    private func writeMap(_ map: [NamedValue], _ empty: Empty, to writer: inout JSONWriter) {
        guard !map.isEmpty else { return Self.write(empty, to: &writer) }
        writer.object { writer in for member in map { writer.text(member.name, member.value) } }
    }

    private static func write(_ empty: Empty, to writer: inout JSONWriter) {
        switch empty {
        case .null: writer.null()
        case .object: writer.object { _ in }
        }
    }
}

extension JSONWriter {
    /// A member whose value is a string.
    mutating func text(_ name: String, _ value: some Collection<UInt8>) {
        key(name)
        string(value)
    }

    mutating func text(_ name: [UInt8], _ value: [UInt8]) {
        key(name)
        string(value)
    }

    /// A member whose value is a string or null.
    mutating func text(_ name: String, orNull value: (some Collection<UInt8>)?) {
        key(name)
        if let value { string(value) } else { null() }
    }
}
