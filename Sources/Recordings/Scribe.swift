import Authorizers
import Gateway
import HTTP
import Routes
import Tokens

/// Makes lines of exchanges, without secrets: redacts, and looks once more before a line goes out. Every worker has one
/// at hand; none is used by two at a time.
struct Scribe {
    /// Of the rules by which it redacts.
    let version: Int
    private var writer: EntryWriter
    private var watch = SignatureWatch()

    init(rules: RedactionRules, version: Int, pseudonyms: Pseudonyms) {
        self.version = version
        writer = EntryWriter(tokens: TokenRedactor(rules: rules, pseudonyms: pseudonyms))
    }

    /// The entry; shortened when a secret was about to be written that cannot be taken out alone. No caller keeps his
    /// requests out of a recording.
    mutating func line(of exchange: Exchange) -> (bytes: [UInt8], isShortened: Bool) {
        let line = writer.line(of: exchange)
        // What came in as a credential, without the help of the redaction.
        if let token = exchange.identity?.token { watch.remember(token.bytes[...]) }
        let fields = exchange.head.fields
        for field in fields.all(.authorization) { watch.remember(fields.value(of: field)) }
        guard watch.finds(in: line[...]) else { return (line, false) }
        let again = writer.line(of: exchange, hiding: watch.all(in: line[...]))
        if !watch.finds(in: again[...]) { return (again, false) }
        // The frame is ours; only what came from outside is looked at.
        let watch = watch
        let short = EntryStub.line(of: exchange) { watch.finds(in: $0[...]) ? TextRedactor.redacted : $0 }
        return (short, true)
    }
}

/// What is left of an entry when the rest cannot be written: that there was a request, and what was decided.
enum EntryStub {
    /// `safe` looks at every value that a caller may have chosen.
    static func line(of exchange: Exchange, safe: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var line = LineText(reserving: 1200)
        line.raw("{\"startedDateTime\":")
        line.string(Moment.text(exchange.receivedAt, digits: 3))
        line.raw(",\"time\":")
        line.raw(Moment.milliseconds(exchange.totalNanoseconds))
        line.raw(",\"request\":{\"method\":")
        line.string(safe(Array(exchange.head.methodBytes)))
        line.raw(",\"url\":\"http://redacted/\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"queryString\":[]")
        line.raw(",\"cookies\":[],\"headersSize\":-1,\"bodySize\":-1},\"response\":{\"status\":")
        line.raw(UInt64(exchange.status))
        line.raw(",\"statusText\":")
        line.string(ReasonPhrase.bytes(for: exchange.status))
        line.raw(",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"cookies\":[]")
        line.raw(",\"content\":{\"size\":0,\"mimeType\":\"\"},\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":-1}")
        line.raw(",\"cache\":{},\"timings\":{\"send\":0,\"wait\":0,\"receive\":0},\"_gatehouse\":{\"v\":")
        line.raw(UInt64(RecordingFormat.version))
        line.raw(",\"id\":")
        line.string(safe(exchange.shownID))
        line.member(",\"stage\":", exchange.snapshot.stage.name)
        line.raw(",\"routeKey\":")
        if let route = exchange.route { line.string(route.keyText) } else { line.raw("null") }
        line.raw(",\"authorizer\":")
        line.stringOrNull(exchange.route?.authorizer?.definition.name)
        line.raw(",\"clock\":")
        line.string(Moment.text(exchange.receivedAt, digits: 9))
        line.member(",\"decision\":", exchange.recordedDecision)
        if let reason = exchange.recordedReason { line.member(",\"reason\":", reason) }
        if let principal = exchange.identity?.principalID {
            line.raw(",\"principalId\":")
            line.string(safe(principal))
        }
        line.raw(",\"pathRedacted\":true,\"lacksCredentials\":true,\"shortened\":true}}\n")
        return line.bytes
    }
}
