import Authorizers
import Documents
import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// Writes finished exchanges as lines of a recording: one HAR 1.2 entry each, with our part beside it, and without
/// secrets. Belongs to one thread.
struct EntryWriter {
    let tokens: TokenRedactor
    private var snapshots = SnapshotNames()

    init(tokens: TokenRedactor) {
        self.tokens = tokens
    }

    /// What an import knows beside the exchange.
    struct Imported {
        /// Status of the recorded answer, which another gate may have given; 0 when there was none.
        var status: UInt16
        var lacksCredentials: Bool
    }

    /// The line with its line end. `hiding` is what must not stand in it, beside what the redaction knows.
    mutating func line(of exchange: Exchange, imported: Imported? = nil, hiding: [[UInt8]] = []) -> [UInt8] {
        let status = imported?.status ?? exchange.status
        let presented = PresentedToken(exchange)
        let token = presented.map { tokens.redacted(token: Array($0.bytes)) }
        var messages = MessageRedactor(tokens: tokens)
        if let token { messages.learn(token) }
        for secret in hiding { messages.hide(secret) }
        let requestLines = exchange.head.fields.map { line in
            RawField(
                Array(exchange.head.fields.name(of: line)), Array(exchange.head.fields.value(of: line)), tokens.headers)
        }
        let responseLines = FieldText.lines(exchange.capture?.responseFields ?? [], tokens.headers)
        for field in requestLines { messages.learn(field.kind, field.value) }
        for field in responseLines { messages.learn(field.kind, field.value) }

        let target = Array(exchange.head.targetBytes)
        let cleanTarget = messages.target(target)
        let request = MessagePart(requestLines, exchange.capture?.requestBody, messages)
        let response = MessagePart(responseLines, exchange.capture?.responseBody, messages)

        var line = LineText(reserving: 1200 + request.size + response.size + (token?.members.count ?? 0))
        line.raw("{\"startedDateTime\":")
        line.string(Moment.text(exchange.receivedAt, digits: 3))
        line.raw(",\"time\":")
        line.raw(Moment.milliseconds(exchange.totalNanoseconds))
        line.raw(",\"request\":{\"method\":")
        line.string(exchange.head.methodBytes)
        line.raw(",\"url\":")
        line.string(Self.url(exchange, cleanTarget, messages))
        line.raw(
            exchange.head.version == .http11 ? ",\"httpVersion\":\"HTTP/1.1\"" : ",\"httpVersion\":\"HTTP/1.0\"")
        request.writeHeaders(to: &line)
        line.raw(",\"queryString\":[],\"cookies\":[],\"headersSize\":-1,\"bodySize\":")
        line.raw(exchange.bytesIn)
        request.writePostData(to: &line)
        line.raw("},\"response\":{\"status\":")
        line.raw(UInt64(status))
        line.raw(",\"statusText\":")
        line.string(ReasonPhrase.bytes(for: status))
        line.raw(",\"httpVersion\":\"HTTP/1.1\"")
        response.writeHeaders(to: &line)
        line.raw(",\"cookies\":[]")
        response.writeContent(size: exchange.bytesOut, to: &line)
        line.raw(",\"redirectURL\":")
        line.string(response.value(of: Self.location) ?? [])
        line.raw(",\"headersSize\":-1,\"bodySize\":")
        line.raw(exchange.bytesOut)
        line.raw("},\"cache\":{},\"timings\":{\"send\":0,\"wait\":")
        line.raw(Moment.milliseconds(exchange.upstreamNanoseconds))
        line.raw(",\"receive\":0},\"_gatehouse\":{\"v\":")
        line.raw(UInt64(RecordingFormat.version))
        let parts = Parts(
            presented: presented, token: token,
            isPathChanged: !Self.path(target).elementsEqual(Self.path(cleanTarget)),
            leftOut: (
                request.leftOut(isWhole: exchange.capture?.requestBodyIsWhole ?? true),
                response.leftOut(isWhole: exchange.capture?.responseBodyIsWhole ?? true)
            ))
        writeOurs(exchange, parts, messages, to: &line)
        if !exchange.isAdmitted, exchange.status != status {
            line.raw(",\"gateStatus\":")
            line.raw(UInt64(exchange.status))
        }
        if imported?.lacksCredentials == true { line.raw(",\"lacksCredentials\":true") }
        line.raw("}}\n")
        return line.bytes
    }

    private static let location = Array("location".utf8)

    private struct Parts {
        var presented: PresentedToken?
        var token: RedactedToken?
        var isPathChanged: Bool
        var leftOut: (request: String?, response: String?)
    }

    private mutating func writeOurs(
        _ exchange: Exchange, _ parts: Parts, _ messages: MessageRedactor, to line: inout LineText
    ) {
        let names = snapshots.names(of: exchange.snapshot, tokens.pseudonyms)
        line.raw(",\"id\":")
        line.string(exchange.shownID)
        line.member(",\"stage\":", exchange.snapshot.stage.name)
        line.raw(",\"config\":")
        line.string(names.configuration)
        line.raw(",\"routeKey\":")
        let route = exchange.route
        if let route { line.string(route.keyText) } else { line.raw("null") }
        line.raw(",\"authorizer\":")
        line.stringOrNull(route?.authorizer?.definition.name)
        line.raw(",\"clock\":")
        line.string(Moment.text(exchange.receivedAt, digits: 9))
        if let presented = parts.presented, let token = parts.token {
            write(presented, token, exchange, route?.authorizer, names, to: &line)
        }
        if let cache = exchange.authorization?.cache { line.member(",\"cache\":", cache.rawValue) }
        line.member(",\"decision\":", exchange.recordedDecision)
        if let reason = exchange.recordedReason { line.member(",\"reason\":", reason) }
        if let decision = exchange.authorization?.verdict.decision, let identity = exchange.identity {
            line.member(",\"kind\":", decision.outcome.rawValue)
            line.raw(",\"statement\":")
            line.stringOrNull(decision.statementName(in: [identity.policy]))
        }
        if let identity = exchange.identity {
            line.raw(",\"principalId\":")
            line.string(messages.text.clean(identity.principalID))
        }
        if exchange.upstreamStatus > 0 {
            line.raw(",\"upstreamStatus\":")
            line.raw(UInt64(exchange.upstreamStatus))
        }
        if parts.isPathChanged { line.raw(",\"pathRedacted\":true") }
        if exchange.head.targetForm == .asterisk { line.raw(",\"target\":\"*\"") }
        if let left = parts.leftOut.request { line.member(",\"requestBodyLeftOut\":", left) }
        if let left = parts.leftOut.response { line.member(",\"responseBodyLeftOut\":", left) }
    }

    private func write(
        _ presented: PresentedToken, _ token: RedactedToken, _ exchange: Exchange, _ authorizer: RouteAuthorizer?,
        _ names: SnapshotNames.Names, to line: inout LineText
    ) {
        line.member(",\"token\":{\"source\":", presented.source)
        line.raw(presented.isVerified(in: exchange) ? ",\"verified\":true" : ",\"verified\":false")
        line.raw(",\"bytes\":")
        line.raw(UInt64(presented.bytes.count))
        if let header = token.header {
            line.raw(",\"header\":")
            line.raw(header)
        }
        if let keyID = exchange.identity?.token?.keyID {
            line.raw(",\"key\":")
            line.string(keyID)
        }
        line.raw(",\"keys\":")
        if let keys = names.keys(of: authorizer) { line.string(keys) } else { line.raw("null") }
        if let written = authorizer?.definition.identityValidationExpression {
            line.raw(",\"expression\":")
            line.string(tokens.pseudonyms.fingerprint(written.value.utf8, of: "expression"))
        }
        line.raw(",")
        line.raw(token.members)
    }

    // MARK: Targets

    private static func path(_ target: [UInt8]) -> ArraySlice<UInt8> { target.prefix { $0 != UInt8(ascii: "?") } }

    private static func url(_ exchange: Exchange, _ target: [UInt8], _ messages: MessageRedactor) -> [UInt8] {
        if exchange.head.targetForm == .absolute { return target }
        let scheme = exchange.isSecure ? "https://" : "http://"
        let host = exchange.head.hostBytes
        let path = exchange.head.targetForm == .asterisk ? Array("/".utf8) : target
        return Array(scheme.utf8) + messages.text.clean(Array(host)) + path
    }
}

extension JSONWriter {
    mutating func member(_ name: String, strings: [String]) {
        member(
            name,
            array: { writer in
                for text in strings { writer.string(text) }
            })
    }

    mutating func inner(_ name: String, _ body: (inout JSONWriter) -> Void) { member(name, object: body) }
}
