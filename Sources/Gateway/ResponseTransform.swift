import Authorizers
package import HTTP
import Policies
import Routes

/// Phase 7: the field lines of a backend's answer that the client gets.
package enum ResponseTransform {
    private static let restRequestID = Array("x-amzn-RequestId: ".utf8)
    private static let restExtendedID = Array("x-amz-apigw-id: ".utf8)
    private static let httpRequestID = Array("apigw-requestid: ".utf8)
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// Complete lines without framing, date and connection, which the server writes.
    package static func fields(of head: ResponseHead, _ exchange: Exchange) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(head.fields.bytes.count + 128)
        let hop = HopByHopFields(head.fields)
        for line in head.fields {
            switch line.id {
            case .contentLength, .date, .xAmznRequestID, .xAmzApigwID, .apigwRequestID: continue
            default: if !hop.contains(line, in: head.fields) { HeadWriter.field(line, of: head.fields, to: &out) }
            }
        }
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
            default: HeadWriter.field(line, of: lines, to: &out)
            }
        }
        appendIdentifiers(exchange.id, exchange.snapshot, to: &out)
        appendDebug(exchange, to: &out)
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
        if snapshot.apiType == .rest {
            out.append(contentsOf: restRequestID)
            out.append(contentsOf: id.uuid)
            out.append(contentsOf: lineEnd)
            out.append(contentsOf: restExtendedID)
        } else {
            out.append(contentsOf: httpRequestID)
        }
        out.append(contentsOf: id.extended)
        out.append(contentsOf: lineEnd)
    }
}
