import Authorizers
package import Functions
package import HTTP
import Policies
import Routes

/// Phase 7: the field lines of a backend's answer that the client gets.
package enum ResponseTransform {
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let contentType = Array("Content-Type: application/json\r\n".utf8)

    /// Complete lines without framing, date and connection, which the server writes.
    package static func fields(of head: ResponseHead, _ exchange: Exchange) -> [UInt8] {
        var out: [UInt8] = []
        // With room for the lines that `finish` adds.
        out.append(expecting: head.fields.bytes.count + 192) { room in
            if exchange.snapshot.apiType == .rest {
                putREST(head, to: &room)
            } else {
                putHTTP(head.fields, exchange.snapshot.cors, to: &room)
            }
        }
        finish(exchange, &out)
        return out
    }

    /// The lines of a 101 that has been checked.
    static func fields(ofTunnel head: ResponseHead, _ exchange: Exchange) -> [UInt8] {
        var out = Array("Upgrade: websocket\r\n".utf8)
        for line in passing(head.fields, exchange) { HeadWriter.field(line, of: head.fields, to: &out) }
        appendIdentifiers(exchange.id, exchange.snapshot, to: &out)
        appendDebug(exchange, to: &out)
        return out
    }

    /// The lines of a function's answer.
    package static func fields(ofFunction lines: FieldLines, _ exchange: Exchange) -> [UInt8] {
        var out: [UInt8] = []
        for line in lines.lines {
            switch line.id {
            case .contentLength, .transferEncoding, .connection, .date, .xAmznRequestID, .xAmzApigwID, .apigwRequestID:
                continue
            default:
                if exchange.snapshot.cors?.replaces(line, of: lines) == true { continue }
                HeadWriter.field(line, of: lines, to: &out)
            }
        }
        if exchange.snapshot.apiType == .rest { appendTrace(exchange, to: &out) }
        finish(exchange, &out)
        return out
    }

    /// A backend's answer with the mappings of its integration: what the client gets before the body.
    ///
    /// - Parameter body: of the answer, where ``HTTPProxyPlan/readsResponseBody`` asks for it.
    static func answer(
        of head: ResponseHead, body: [UInt8]?, _ exchange: Exchange, _ plan: HTTPProxyPlan
    ) throws(MappingProblem) -> (status: UInt16, fields: [UInt8]) {
        if plan.responses == nil, plan.proxy.responseParameters.isEmpty {
            return (head.status, fields(of: head, exchange))
        }
        let mapper = AnswerMapper(exchange, fields: head.fields, body: body)
        if plan.responses != nil {
            guard let response = plan.response(for: head.status) else {
                throw MappingProblem(failure: .noIntegrationResponse(head.status))
            }
            let mapped = mapper.map(by: response)
            return (mapped.status, fields(mapped: mapped.fields, exchange, hasTrace: true))
        }
        let lines = passing(head.fields, exchange)
        if let mapped = mapper.map(status: head.status, lines: lines, by: plan.proxy.responseParameters) {
            return (mapped.status, fields(mapped: mapped.fields, exchange))
        }
        return (head.status, fields(of: head, exchange))
    }

    /// A function's answer with the mappings of its integration.
    package static func answer(
        of response: FunctionResponse, _ exchange: Exchange, _ plan: AWSProxyPlan
    ) -> (status: UInt16, fields: [UInt8]) {
        let status = UInt16(clamping: response.status)
        let mapper = AnswerMapper(exchange, fields: response.fields, body: response.body)
        let lines = passing(response.fields, exchange)
        if let mapped = mapper.map(status: status, lines: lines, by: plan.proxy.responseParameters) {
            return (mapped.status, fields(mapped: mapped.fields, exchange))
        }
        return (status, fields(ofFunction: response.fields, exchange))
    }

    /// The lines of an answer that mappings have put together.
    static func fields(mapped lines: [UInt8], _ exchange: Exchange, hasTrace: Bool = false) -> [UInt8] {
        var out = lines
        if hasTrace { appendTrace(exchange, to: &out) }
        finish(exchange, &out)
        return out
    }

    private static func finish(_ exchange: Exchange, _ out: inout [UInt8]) {
        exchange.snapshot.cors?.append(to: &out, for: exchange)
        appendIdentifiers(exchange.id, exchange.snapshot, to: &out)
        appendDebug(exchange, to: &out)
    }

    /// What belongs to the backend's own connection gets another name, and its request id too.
    private static func putREST(_ head: ResponseHead, to room: inout ByteRoom) {
        let hop = HopByHopFields(head.fields)
        for line in head.fields.lines {
            if HeaderRules.remappedFromProxy.contains(line.id) {
                room.put(HeaderRules.remappedPrefix)
                HeadWriter.put(line, of: head.fields, to: &room)
            } else if !HeaderRules.droppedFromProxy.contains(line.id), !hop.contains(line, in: head.fields) {
                HeadWriter.put(line, of: head.fields, to: &room)
            }
        }
        // A 304 would put the type in the place of the one that the client has stored.
        if head.status != 304, head.fields.first(.contentType) == nil { room.put(contentType) }
    }

    private static func putHTTP(_ fields: FieldLines, _ cors: CORSPolicy?, to room: inout ByteRoom) {
        let hop = HopByHopFields(fields)
        for index in 0..<fields.lines.count {
            let line = fields.lines[index]
            if passes(line, of: fields, hop, cors) { HeadWriter.put(line, of: fields, to: &room) }
        }
    }

    /// The lines of a backend that an HTTP API hands on.
    static func passing(_ fields: FieldLines, _ exchange: Exchange) -> [FieldLine] {
        let hop = HopByHopFields(fields)
        let cors = exchange.snapshot.cors
        return fields.lines.filter { passes($0, of: fields, hop, cors) }
    }

    private static func passes(
        _ line: FieldLine, of fields: FieldLines, _ hop: HopByHopFields, _ cors: CORSPolicy?
    ) -> Bool {
        switch line.id {
        case .contentLength, .date, .xAmznRequestID, .xAmzApigwID, .apigwRequestID: false
        default: !hop.contains(line, in: fields) && cors?.replaces(line, of: fields) != true
        }
    }

    private static func appendTrace(_ exchange: Exchange, to out: inout [UInt8]) {
        HeadWriter.field(name: GatewayAnswer.traceName, value: exchange.traceID, to: &out)
    }

    /// The lines of a MOCK's answer.
    static func fields(ofMock lines: [UInt8], hasContentType: Bool, _ exchange: Exchange) -> [UInt8] {
        var out = lines
        if exchange.snapshot.apiType == .rest, !hasContentType { out.append(contentsOf: contentType) }
        exchange.snapshot.cors?.append(to: &out, for: exchange)
        appendIdentifiers(exchange.id, exchange.snapshot, to: &out)
        return out
    }

    /// In stages with `debug`, the decision and its reason: a help at the desk, an oracle anywhere else.
    package static func appendDebug(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        guard exchange.snapshot.stage.debug else { return }
        var text = "x-gatehouse-decision: \(exchange.decisionWord)"
        if let failure = exchange.failure { text += "; reason=\(failure.reason)" }
        if let name = exchange.lastWord?.statement, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            text += "; statement=\(name)"
        }
        out.append(contentsOf: text.utf8)
        out.append(contentsOf: lineEnd)
    }

    /// The lines by which a client can name its request to the owner.
    package static func appendIdentifiers(_ id: RequestID, _ snapshot: GatewaySnapshot, to out: inout [UInt8]) {
        out.append(expecting: 100) { room in
            if snapshot.apiType == .rest {
                room.put("x-amzn-RequestId: ")
                room.put(id.uuid.span)
                room.put("\r\nx-amz-apigw-id: ")
            } else {
                room.put("apigw-requestid: ")
            }
            id.putExtended(to: &room)
            room.put("\r\n")
        }
    }
}
