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

    /// The line with its line end.
    mutating func line(of exchange: Exchange, imported: Imported? = nil) -> [UInt8] {
        let status = imported?.status ?? exchange.status
        let presented = PresentedToken(exchange)
        let token = presented.map { tokens.redacted(token: Array($0.bytes)) }
        var messages = MessageRedactor(tokens: tokens)
        if let token { messages.learn(token) }
        let requestLines = exchange.head.fields.map { line in
            (Array(exchange.head.fields.name(of: line)), Array(exchange.head.fields.value(of: line)))
        }
        let responseLines = FieldText.lines(exchange.capture?.responseFields ?? [])
        for (name, value) in requestLines + responseLines { messages.learn(name, value) }

        let target = Array(exchange.head.targetBytes)
        let cleanTarget = messages.target(target)
        let isPathChanged = !Self.path(target).elementsEqual(Self.path(cleanTarget))
        let request = MessagePart(requestLines, exchange.capture?.requestBody, messages)
        let response = MessagePart(responseLines, exchange.capture?.responseBody, messages)

        var writer = JSONWriter(reserving: 3072)
        writer.object { writer in
            writer.key("startedDateTime")
            writer.string(Moment.text(exchange.receivedAt, digits: 3))
            writer.key("time")
            writer.raw(Moment.milliseconds(exchange.totalNanoseconds))
            writer.inner("request") { writer in
                writer.key("method")
                writer.string(exchange.head.methodBytes)
                writer.key("url")
                writer.string(Self.url(exchange, cleanTarget, messages))
                writer.member("httpVersion", exchange.head.version == .http11 ? "HTTP/1.1" : "HTTP/1.0")
                request.writeHeaders(to: &writer)
                writer.member("queryString", array: { _ in })
                writer.member("cookies", array: { _ in })
                writer.member("headersSize", -1)
                writer.member("bodySize", exchange.bytesIn)
                request.writePostData(to: &writer)
            }
            writer.inner("response") { writer in
                writer.member("status", UInt64(status))
                writer.key("statusText")
                writer.string(ReasonPhrase.bytes(for: status))
                writer.member("httpVersion", "HTTP/1.1")
                response.writeHeaders(to: &writer)
                writer.member("cookies", array: { _ in })
                response.writeContent(size: exchange.bytesOut, to: &writer)
                writer.key("redirectURL")
                writer.string(response.value(of: "location") ?? [])
                writer.member("headersSize", -1)
                writer.member("bodySize", exchange.bytesOut)
            }
            writer.member("cache", object: { _ in })
            writer.inner("timings") { writer in
                writer.member("send", 0)
                writer.key("wait")
                writer.raw(Moment.milliseconds(exchange.upstreamNanoseconds))
                writer.member("receive", 0)
            }
            writer.inner("_gatehouse") { writer in
                let parts = Parts(
                    presented: presented, token: token, isPathChanged: isPathChanged,
                    leftOut: (
                        request.leftOut(isWhole: exchange.capture?.requestBodyIsWhole ?? true),
                        response.leftOut(isWhole: exchange.capture?.responseBodyIsWhole ?? true)
                    ))
                writeOurs(exchange, parts, messages, to: &writer)
                if !exchange.isAdmitted, exchange.status != status {
                    writer.member("gateStatus", UInt64(exchange.status))
                }
                if imported?.lacksCredentials == true { writer.member("lacksCredentials", true) }
            }
        }
        var line = writer.bytes
        line.append(0x0A)
        return line
    }

    private struct Parts {
        var presented: PresentedToken?
        var token: RedactedToken?
        var isPathChanged: Bool
        var leftOut: (request: String?, response: String?)
    }

    private mutating func writeOurs(
        _ exchange: Exchange, _ parts: Parts, _ messages: MessageRedactor, to writer: inout JSONWriter
    ) {
        let names = snapshots.names(of: exchange.snapshot, tokens.pseudonyms)
        writer.member("v", RecordingFormat.version)
        writer.key("id")
        writer.string(exchange.shownID)
        writer.member("stage", exchange.snapshot.stage.name)
        writer.key("config")
        writer.string(names.configuration)
        writer.member("routeKey", exchange.route.map { String(decoding: $0.keyText, as: UTF8.self) })
        let authorizer = exchange.route?.authorizer
        writer.member("authorizer", authorizer?.definition.name)
        writer.key("clock")
        writer.string(Moment.text(exchange.receivedAt, digits: 9))
        if let presented = parts.presented, let token = parts.token {
            write(presented, token, exchange, names, to: &writer)
        }
        if let cache = exchange.authorization?.cache { writer.member("cache", cache.rawValue) }
        writer.member("decision", exchange.recordedDecision)
        if let reason = exchange.recordedReason { writer.member("reason", reason) }
        if let decision = exchange.authorization?.verdict.decision, let identity = exchange.identity {
            writer.member("kind", decision.outcome.rawValue)
            writer.member("statement", decision.statementName(in: [identity.policy]))
        }
        if let identity = exchange.identity {
            writer.key("principalId")
            writer.string(messages.text.clean(identity.principalID))
        }
        if exchange.upstreamStatus > 0 { writer.member("upstreamStatus", UInt64(exchange.upstreamStatus)) }
        if parts.isPathChanged { writer.member("pathRedacted", true) }
        if exchange.head.targetForm == .asterisk { writer.member("target", "*") }
        if let left = parts.leftOut.request { writer.member("requestBodyLeftOut", left) }
        if let left = parts.leftOut.response { writer.member("responseBodyLeftOut", left) }
    }

    private func write(
        _ presented: PresentedToken, _ token: RedactedToken, _ exchange: Exchange, _ names: SnapshotNames.Names,
        to writer: inout JSONWriter
    ) {
        writer.inner("token") { writer in
            writer.member("source", presented.source)
            writer.member("verified", presented.isVerified(in: exchange))
            writer.member("bytes", presented.bytes.count)
            if let header = presented.header(token) {
                writer.key("header")
                writer.raw(header)
            }
            if let keyID = exchange.identity?.token?.keyID {
                writer.key("key")
                writer.string(keyID)
            }
            writer.key("keys")
            if let keys = names.keys(of: exchange.route?.authorizer) { writer.string(keys) } else { writer.null() }
            if let written = exchange.route?.authorizer?.definition.identityValidationExpression {
                writer.key("expression")
                writer.string(tokens.pseudonyms.fingerprint(written.value.utf8, of: "expression"))
            }
            if let claims = token.claims {
                writer.key("claims")
                writer.raw(claims.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
            }
            if !token.pseudonyms.isEmpty { writer.member("pseudonyms", strings: token.pseudonyms) }
            if !token.dropped.isEmpty { writer.member("dropped", strings: token.dropped) }
            writer.key("fingerprint")
            writer.string(token.fingerprint)
        }
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
