import HTTP
import Routes

/// `cors` at work.
///
/// HTTP APIs answer every preflight themselves, add the headers to all answers and drop those of the backend. REST APIs
/// have nothing of the kind: there `cors` stands for the OPTIONS methods with a MOCK integration that console and SAM
/// create, one for each resource that has none, and nothing else is touched.
package struct CORSPolicy: Sendable {
    private let definition: CORSDefinition
    private let apiType: ApiType
    /// REST: the resources that are answered for, and after them the OPTIONS routes of the document.
    private let resources: RouteTable?
    private let resourceCount: Int
    /// What every preflight is told beside its origin.
    private let preflightFields: [UInt8]

    private static let allowOrigin = Array("Access-Control-Allow-Origin".utf8)
    private static let names = Set(
        [
            "origin", "methods", "headers", "credentials",
        ].map { "access-control-allow-\($0)" } + ["access-control-expose-headers", "access-control-max-age"])

    init(_ definition: CORSDefinition, _ document: GatewayDocument) {
        self.definition = definition
        apiType = document.api.type
        var fields: [UInt8] = []
        func add(_ name: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            HeadWriter.field(
                name: Array("Access-Control-\(name)".utf8), value: Array(values.joined(separator: ",").utf8),
                to: &fields)
        }
        add("Allow-Methods", definition.allowMethods)
        add("Allow-Headers", definition.allowHeaders)
        if let seconds = definition.maxAge { add("Max-Age", ["\(seconds)"]) }
        preflightFields = fields
        guard document.api.type == .rest else {
            resources = nil
            resourceCount = 0
            return
        }
        let explicit = document.routes.filter { $0.key.verb == .options }
        var shapes = Set(explicit.map(\.key.shape))
        var entries: [RouteTable.Entry] = []
        for route in document.routes {
            guard let key = route.key.options, shapes.insert(key.shape).inserted else { continue }
            entries.append(RouteTable.Entry(key: key, isGuarded: false))
        }
        resourceCount = entries.count
        entries += explicit.map { RouteTable.Entry(key: $0.key, isGuarded: false) }
        resources = RouteTable(routes: entries, apiType: .rest)
    }

    // MARK: Preflight

    /// What a preflight is answered with, or nil for any other request.
    func preflight(_ head: RequestHead, path: ArraySlice<UInt8>) -> PreflightAnswer? {
        guard head.method == .options else { return nil }
        let origin = Self.origin(of: head)
        if let resources {
            guard case .matched(let hit) = resources.match(method: head.methodBytes.span, path: path.span),
                hit.route < resourceCount
            else { return nil }
            var fields = Array("Content-Type: application/json\r\n".utf8)
            appendOrigin(origin, to: &fields)
            return PreflightAnswer(status: 200, fields: fields + preflightFields)
        }
        guard origin != nil, head.fields.first(.accessControlRequestMethod) != nil else { return nil }
        var fields: [UInt8] = []
        // An origin that may not call is told nothing.
        if appendOrigin(origin, to: &fields) { fields += preflightFields }
        return PreflightAnswer(status: 204, fields: fields)
    }

    // MARK: Answers

    /// The headers of an answer of an HTTP API.
    func append(to fields: inout [UInt8], for exchange: borrowing Exchange) {
        guard apiType == .http, appendOrigin(Self.origin(of: exchange.head), to: &fields),
            !definition.exposeHeaders.isEmpty
        else { return }
        let names = definition.exposeHeaders.joined(separator: ",")
        HeadWriter.field(name: Array("Access-Control-Expose-Headers".utf8), value: Array(names.utf8), to: &fields)
    }

    /// Whether the backend's line gives way.
    func replaces(_ line: FieldLine, of fields: FieldLines) -> Bool {
        guard apiType == .http else { return false }
        return Self.names.contains(String(decoding: fields.name(of: line).map(ByteClass.lower), as: UTF8.self))
    }

    /// False when there is no origin, or none that may call.
    @discardableResult
    private func appendOrigin(_ origin: [UInt8]?, to fields: inout [UInt8]) -> Bool {
        let value: [UInt8]
        if definition.allowOrigins.contains("*"), !definition.allowCredentials {
            guard apiType == .rest || origin != nil else { return false }
            value = [UInt8(ascii: "*")]
        } else if let origin, allows(origin) {
            value = origin
        } else if apiType == .rest, origin == nil, definition.allowOrigins.count == 1 {
            // A MOCK method says what it was given, to whoever asks.
            value = Array((definition.allowOrigins.first ?? "").utf8)
        } else {
            return false
        }
        guard HeadWriter.field(name: Self.allowOrigin, value: value, to: &fields) else { return false }
        if definition.allowCredentials {
            fields += Array("Access-Control-Allow-Credentials: true\r\n".utf8)
        }
        return true
    }

    private func allows(_ origin: [UInt8]) -> Bool {
        definition.allowOrigins.contains { allowed in
            switch allowed {
            // With credentials the lint has warned; a browser would refuse the sign itself.
            case "*": false
            case "https://*": origin.starts(with: "https://".utf8)
            case "http://*": origin.starts(with: "http://".utf8)
            default: origin.elementsEqual(allowed.utf8)
            }
        }
    }

    /// The only `Origin` line.
    private static func origin(of head: borrowing RequestHead) -> [UInt8]? {
        guard head.fields.count(.origin) == 1, let line = head.fields.first(.origin) else { return nil }
        let value = Array(head.fields.value(of: line))
        return value.isEmpty ? nil : value
    }
}

/// The answer to a preflight, which asks nobody.
package struct PreflightAnswer: Sendable, Hashable {
    package var status: UInt16
    /// Complete lines without the identifiers of the request.
    package var fields: [UInt8]
}

extension RouteKey {
    /// The OPTIONS method of the same resource; nil for `$default`.
    fileprivate var options: RouteKey? {
        guard case .pattern(_, let pattern) = kind else { return nil }
        var copy = self
        copy.kind = .pattern(.options, pattern)
        return copy
    }
}
