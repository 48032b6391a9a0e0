import HTTP
import Routes
package import Upstream

/// Phase 5: the request that the backend gets, made from the parsed one and never copied from the wire.
package struct RequestTransform {
    // The exchange is handed from function to function: kept here, all of it would be copied for every request.
    private let plan: HTTPProxyPlan
    private let body: MappedBody
    /// What was written for the last client; nil for the offline commands.
    private let forwarding: ForwardingLines?
    private var mappedPath: [[UInt8]: [UInt8]] = [:]
    private var wholePath: [UInt8]?

    private init(_ plan: HTTPProxyPlan, _ body: MappedBody, _ forwarding: ForwardingLines?) {
        self.plan = plan
        self.body = body
        self.forwarding = forwarding
    }

    /// The request for the backend, or why a mapping cannot be carried out.
    ///
    /// - Parameter body: the client's whole body, where ``HTTPProxyPlan/readsRequestBody`` asks for it.
    package static func make(
        _ exchange: borrowing Exchange, _ plan: HTTPProxyPlan, body: [UInt8] = []
    ) throws(MappingProblem) -> UpstreamRequest {
        try make(exchange, plan, body: body, forwarding: nil)
    }

    static func make(
        _ exchange: borrowing Exchange, _ plan: HTTPProxyPlan, body: [UInt8], forwarding: ForwardingLines?
    ) throws(MappingProblem) -> UpstreamRequest {
        let apiType = exchange.snapshot.apiType
        let read = plan.readsRequestBody ? MappedBody(body, apiType) : .none
        if apiType == .rest, read.isBrokenJSON { throw MappingProblem(failure: .bodyNotJSON) }
        if plan.proxy.responses?.refusesBodies == true { throw MappingProblem(failure: .mediaTypeUnsupported) }
        var transform = RequestTransform(plan, read, forwarding)
        guard let path = exchange.path, let request = transform.make(exchange, path) else {
            throw MappingProblem(failure: .mappingFailed)
        }
        return request
    }

    private mutating func make(_ exchange: borrowing Exchange, _ path: NormalPath) -> UpstreamRequest? {
        for mapping in plan.proxy.requestParameters {
            switch mapping.destination {
            case .path(let name):
                guard let value = value(of: mapping, exchange) else { continue }
                guard let written = Self.pathBytes(value, of: mapping) else { return nil }
                mappedPath[name] = written
            case .wholePath:
                guard let value = value(of: mapping, exchange) else { continue }
                guard let written = Self.wholePath(value) else { return nil }
                wholePath = written
            case .header, .queryString, .statusCode: break
            }
        }
        var lines: [UInt8] = []
        lines.reserveCapacity(
            plan.hostLine.count + path.count + (exchange.head.query?.count ?? 0) + exchange.head.fields.bytes.count
                + 768)
        lines.append(expecting: 16) { room in
            if let method = plan.proxy.method {
                room.put(method)
            } else {
                room.put(exchange.head.fields.bytes.span.extracting(exchange.head.methodRange.indices))
            }
        }
        let methodEnd = lines.count
        lines.append(UInt8(ascii: " "))
        guard appendTarget(exchange, path, to: &lines) else { return nil }
        let targetEnd = lines.count
        lines.append(expecting: 16) { $0.put(UpstreamRequest.version) }
        guard appendFields(exchange, to: &lines) else { return nil }
        let body: UpstreamRequest.Body
        switch exchange.head.framing {
        case .length(let length) where length > 0: body = .length(length)
        case .chunked: body = .stream
        default: body = .none
        }
        let method = plan.proxy.method.map { Method($0) } ?? exchange.head.method
        // The client's own lines stay behind; its offer has been checked and is made anew.
        let asksUpgrade = exchange.asksForWebSocket && body == .none && method == .get
        if asksUpgrade { lines.append(expecting: 48) { $0.put(Self.upgradeLines) } }
        var request = UpstreamRequest(
            method: method, lines: lines, methodEnd: methodEnd, targetEnd: targetEnd, body: body,
            headInMillis: plan.headInMillis, idleInMillis: plan.idleInMillis)
        request.asksUpgrade = asksUpgrade
        return request
    }

    private static let upgradeLines: StaticString = "Connection: Upgrade\r\nUpgrade: websocket\r\n"

    private func value(of mapping: ParameterMapping, _ exchange: borrowing Exchange) -> [UInt8]? {
        MappingValues.value(of: mapping, in: exchange, body: body)
    }

    // MARK: Target

    /// False when a mapping cannot be carried out.
    private func appendTarget(
        _ exchange: borrowing Exchange, _ path: NormalPath, to lines: inout [UInt8]
    ) -> Bool {
        if plan.path.count == 1, case .requestPath = plan.path[0], wholePath == nil, !plan.mapsQuery,
            plan.responses == nil
        {
            appendSameTarget(exchange, path, to: &lines)
            return true
        }
        var out: [UInt8] = []
        out.reserveCapacity(path.count + exchange.head.queryBytes.count + 32)
        var ownsQuery = false
        for part in plan.path {
            switch part {
            case .literal(let bytes): out.append(contentsOf: bytes)
            case .requestPath:
                path.append(to: &out)
                ownsQuery = true
            case .parameter(let name):
                guard let value = pathValue(name, exchange) else { return false }
                out.append(contentsOf: value)
            case .stageVariable: return false
            }
        }
        if let wholePath {
            out = wholePath
        } else if !ownsQuery, case .fallback? = exchange.route?.definition.key.kind {
            // API Gateway appends the whole path behind the uri of the $default route.
            if out.last == UInt8(ascii: "/") { out.removeLast() }
            path.append(to: &out)
        }
        if out.first != UInt8(ascii: "/") { out.insert(UInt8(ascii: "/"), at: 0) }
        appendQuery(exchange, to: &out)
        lines.append(contentsOf: out)
        return true
    }

    /// The request's own path and query, where nothing is mapped. A path in normal form begins with a slash and has no
    /// question mark; the query is in the client's own bytes.
    private func appendSameTarget(_ exchange: borrowing Exchange, _ path: NormalPath, to out: inout [UInt8]) {
        let query = exchange.head.query
        out.append(expecting: path.count + 1 + (query?.count ?? 0)) { room in
            room.put(path.storage.span.extracting(path.range.indices))
            guard let query else { return }
            room.put(UInt8(ascii: "?"))
            room.put(exchange.head.fields.bytes.span.extracting(query.indices))
        }
    }

    /// What stands for `{name}`: on REST only what a mapping put there, on HTTP the route's own parameter.
    private func pathValue(_ name: [UInt8], _ exchange: borrowing Exchange) -> [UInt8]? {
        if let mapped = mappedPath[name] { return mapped }
        guard exchange.snapshot.apiType == .http else { return nil }
        return exchange.parameter(name).map { Array($0) }
    }

    /// A value as it may stand for `{name}`. A parameter of the request's own path is normal already and may be several
    /// segments, and what the configuration says is its author's matter; anything else becomes one segment, which must
    /// not lead elsewhere.
    private static func pathBytes(_ value: [UInt8], of mapping: ParameterMapping) -> [UInt8]? {
        let isOwnPath = mapping.source.allSatisfy {
            switch $0 {
            case .pathParameter, .wholePath, .literal, .stageVariable: true
            default: false
            }
        }
        if isOwnPath { return PercentEncoding.encode(value, keeping: .path) }
        let isDots = value.elementsEqual(".".utf8) || value.elementsEqual("..".utf8)
        return isDots ? nil : PercentEncoding.encode(value, keeping: .segment)
    }

    /// A whole path must be in normal form: with dot segments in it, the backend would be asked for another one.
    private static func wholePath(_ value: [UInt8]) -> [UInt8]? {
        var path = PercentEncoding.encode(value, keeping: .path)
        if path.first != UInt8(ascii: "/") { path.insert(UInt8(ascii: "/"), at: 0) }
        do throws(PathRefusal) {
            return try NormalPath.normalize(path).isUnchanged ? path : nil
        } catch {
            return nil
        }
    }

    private func appendQuery(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        // HTTP hands on what is mapped, and nothing else.
        let passesQuery = plan.responses == nil
        if !plan.mapsQuery, passesQuery, exchange.head.query == nil { return }
        var separator = UInt8(ascii: "?")
        for byte in out where byte == UInt8(ascii: "?") { separator = UInt8(ascii: "&") }
        func append(_ bytes: some Collection<UInt8>, to out: inout [UInt8]) {
            out.append(separator)
            out.append(contentsOf: bytes)
            separator = UInt8(ascii: "&")
        }
        guard plan.mapsQuery || !passesQuery else {
            // The client's own bytes, so that signatures over the query stay good. An empty query keeps its "?".
            out.append(separator)
            return exchange.head.fields.append(exchange.head.query ?? .empty, to: &out)
        }
        let head = exchange.head
        let mappings = plan.proxy.requestParameters
        let query = QueryString(head)
        for parameter in query where passesQuery {
            let name = query.decoded(parameter.name)
            if mappings.contains(where: { $0.replacesQuery(name) }) { continue }
            let end = max(parameter.value.end, parameter.name.end)
            append(head.fields.bytes[Int(parameter.name.start)..<Int(end)], to: &out)
        }
        for mapping in mappings {
            guard case .queryString(let name) = mapping.destination, mapping.operation != .remove,
                let value = value(of: mapping, exchange), !value.isEmpty
            else { continue }
            append(
                PercentEncoding.encode(name, keeping: .query) + [UInt8(ascii: "=")]
                    + PercentEncoding.encode(value, keeping: .query), to: &out)
        }
    }

    // MARK: Fields

    /// False when a mapping cannot be carried out.
    private func appendFields(_ exchange: borrowing Exchange, to out: inout [UInt8]) -> Bool {
        var mapped: FieldIDSet = []
        let isREST = exchange.snapshot.apiType == .rest
        let forwarded = plan.responses == nil ? forwardingLines(exchange) : []
        let joins = isREST && plan.responses == nil
        let size = plan.hostLine.count + exchange.head.fields.bytes.count + forwarded.count + 128
        out.append(expecting: size) { room in
            room.put(plan.hostLine)
            if plan.responses == nil {
                if joins { return }
                putClients(exchange, to: &room, &mapped)
                room.put(forwarded)
            } else if let line = exchange.head.fields.first(.contentType), exchange.head.framing != .none {
                HeadWriter.put(line, of: exchange.head.fields, to: &room)
                mapped.insert(.contentType)
            }
            if !isREST, plan.mapsNoRequest, !exchange.head.fields.present.contains(.xAmznTraceID) {
                room.put(Self.viaLine)
            }
        }
        if !isREST, plan.mapsNoRequest, !exchange.head.fields.present.contains(.xAmznTraceID) { return true }
        if joins {
            appendJoined(exchange, to: &out, &mapped)
            out.append(contentsOf: forwarded)
        }
        for mapping in plan.proxy.requestParameters where mapping.operation != .remove {
            guard case .header(let name) = mapping.destination else { continue }
            let id = FieldSyntax.id(of: name)
            if HeaderRules.refusedInMappings.contains(id) { return false }
            guard let value = value(of: mapping, exchange), !value.isEmpty, !HeaderRules.ignoredInMappings.contains(id)
            else { continue }
            // No backend takes more, and none of it came as a header.
            if value.count > Self.longestValue { return false }
            let safe = FieldValueEncoding.isPlain(value) ? value : FieldValueEncoding.encode(value)
            guard HeadWriter.field(name: name, value: safe, to: &out) else { return false }
            mapped.insert(id)
        }
        if isREST {
            HeadWriter.field(name: GatewayAnswer.traceName, value: exchange.traceID, to: &out)
            appendDefaults(exchange, unless: mapped, to: &out)
        } else {
            if let trace = exchange.clientTraceID {
                HeadWriter.field(name: GatewayAnswer.traceName, value: trace, to: &out)
            }
            out.append(expecting: 40) { $0.put(Self.viaLine) }
        }
        return true
    }

    private static let longestValue = 65_536
    /// What HTTP APIs call themselves.
    private static let viaLine: StaticString = "Via: HTTP/1.1 AmazonAPIGateway\r\n"
    private static let apiIdName = Array("X-Amzn-Apigateway-Api-Id".utf8)

    /// What REST APIs say of themselves, and in place of what the client left out.
    private func appendDefaults(_ exchange: borrowing Exchange, unless present: FieldIDSet, to out: inout [UInt8]) {
        let api = Array(exchange.snapshot.document.api.apiId.utf8)
        if !present.contains(.accept) { out.append(contentsOf: Array("Accept: application/json\r\n".utf8)) }
        if !present.contains(.userAgent) {
            HeadWriter.field(name: Array("User-Agent".utf8), value: Array("AmazonAPIGateway_".utf8) + api, to: &out)
        }
        HeadWriter.field(name: Self.apiIdName, value: api, to: &out)
        let hasBody = exchange.head.framing != .none
        if plan.responses != nil, hasBody, !present.contains(.contentType) {
            out.append(contentsOf: Array("Content-Type: application/json\r\n".utf8))
        }
    }

    /// The client's own lines; `sent` gets the known names among them.
    private func putClients(_ exchange: borrowing Exchange, to room: inout ByteRoom, _ sent: inout FieldIDSet) {
        let hop = HopByHopFields(exchange.head.fields)
        for index in 0..<exchange.head.fields.lines.count {
            let line = exchange.head.fields.lines[index]
            guard passes(line, hop, exchange) else { continue }
            sent.insert(line.id)
            HeadWriter.put(line, of: exchange.head.fields, to: &room)
        }
    }

    /// The same for REST APIs, which join lines of one name.
    private func appendJoined(_ exchange: borrowing Exchange, to out: inout [UInt8], _ sent: inout FieldIDSet) {
        let hop = HopByHopFields(exchange.head.fields)
        let head = exchange.head
        let lines = head.fields.lines
        for (index, line) in lines.enumerated() where passes(line, hop, exchange) {
            sent.insert(line.id)
            if lines[..<index].contains(where: { isSameName($0, line, head.fields) }) { continue }
            let twins = lines[(index + 1)...].filter { isSameName($0, line, head.fields) }
            if twins.isEmpty {
                HeadWriter.field(line, of: head.fields, to: &out)
                continue
            }
            let separator = Array((line.id == .cookie ? "; " : ",").utf8)
            let values = [Array(head.fields.value(of: line))] + twins.map { Array(head.fields.value(of: $0)) }
            HeadWriter.field(
                name: Array(head.fields.name(of: line)), value: Array(values.joined(separator: separator)), to: &out)
        }
    }

    private func isSameName(_ one: FieldLine, _ other: FieldLine, _ fields: FieldLines) -> Bool {
        if one.id != other.id || one.name.count != other.name.count { return false }
        if one.id != .other { return true }
        let (left, right) = (fields.name(of: one), fields.name(of: other))
        return zip(left, right).allSatisfy { ByteClass.lower($0) == ByteClass.lower($1) }
    }

    private func passes(_ line: FieldLine, _ hop: HopByHopFields, _ exchange: borrowing Exchange) -> Bool {
        switch line.id {
        case .host, .contentLength, .expect, .forwarded, .xForwardedFor, .xForwardedProto, .xForwardedHost,
            .xForwardedPort, .xForwarded, .xRealIP:
            return false
        case .authorization where !plan.proxy.forwardAuthorization: return false
        case .xAmznTraceID, .xAmznAPIGatewayAPIID: return false
        default: break
        }
        if exchange.snapshot.apiType == .rest {
            if HeaderRules.droppedFromClient.contains(line.id) { return false }
            if line.id == .authorization, HeaderRules.isSignature(exchange.head.fields.value(of: line)) { return false }
        }
        if hop.contains(line, in: exchange.head.fields) || plan.mappedHeaders.contains(line, in: exchange.head.fields) {
            return false
        }
        if line.id != .other { return true }
        if !exchange.isPeerTrusted, ReservedFields.forwarding.contains(line, in: exchange.head.fields) { return false }
        return !exchange.snapshot.reservedHeaders.contains(line, in: exchange.head.fields)
            && !ReservedFields.overrides.contains(line, in: exchange.head.fields)
    }

    /// Who asked, as the gateway saw it. What a client wrote is kept only when it came through a trusted proxy.
    private func forwardingLines(_ exchange: borrowing Exchange) -> [UInt8] {
        if let kept = forwarding?.lines(for: exchange) { return kept }
        var out: [UInt8] = []
        ForwardingLines.write(exchange, to: &out)
        forwarding?.keep(out, for: exchange)
        return out
    }
}

/// Why a request cannot be made for its backend.
package struct MappingProblem: Error, Sendable {
    package var failure: GatewayFailure
}

extension ParameterMapping {
    /// Whether the client's parameters of this name give way. REST adds mapped values to them.
    fileprivate func replacesQuery(_ name: [UInt8]) -> Bool {
        guard case .queryString(let own) = destination, own == name else { return false }
        return operation == .overwrite || operation == .remove
    }
}
