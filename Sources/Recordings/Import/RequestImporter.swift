import Authorizers
import Documents
package import Gateway
import HTTP
import Routes
import Tokens

/// Takes requests from elsewhere through the gate as if they had come at their own time, and writes them as a recording
/// with the decision of today's configuration: tokens are verified now, by their own clock, and then redacted.
package struct RequestImporter {
    /// What became of the requests.
    package struct Counts: Sendable, Hashable {
        package var read = 0
        package var kept = 0
        /// No route takes them: pictures, scripts, styles and fonts.
        package var files = 0
        /// No route takes them.
        package var unmatched = 0
        /// Kept ones for which a guarded route found no credentials.
        package var withoutCredentials = 0
        /// Kept ones that a guarded route takes.
        package var guarded = 0
    }

    package private(set) var counts = Counts()
    private let snapshot: GatewaySnapshot
    private let workspace = AuthorizerWorkspace(cacheLimits: nil, seed: (1, 2))
    private var writer: EntryWriter
    private var random = SystemRandomNumberGenerator()
    private let settings: Recorder.Settings

    package init(snapshot: GatewaySnapshot, settings: Recorder.Settings) {
        self.snapshot = snapshot
        self.settings = settings
        writer = EntryWriter(
            tokens: TokenRedactor(rules: settings.rules, pseudonyms: Pseudonyms(salt: settings.salt)))
    }

    /// The line that begins the recording.
    package var opening: [UInt8] { HeaderLine.make(settings, saltID: writer.tokens.pseudonyms.saltID) }

    /// The line of a request; nil when no route takes it. `keepsAll` keeps those too.
    package mutating func line(
        of request: ImportedRequest, keepsAll: Bool = false
    ) throws(ReadingProblem.Found) -> [UInt8]? {
        counts.read += 1
        var exchange = try exchange(of: request)
        _ = RequestPipeline.run(&exchange, in: workspace)
        if exchange.hit == nil, !keepsAll {
            if Self.isFile(request) { counts.files += 1 } else { counts.unmatched += 1 }
            return nil
        }
        counts.kept += 1
        if exchange.route?.authorizer != nil {
            counts.guarded += 1
            if exchange.recordedReason == TokenError.Code.tokenMissing.name { counts.withoutCredentials += 1 }
        }
        exchange.status =
            exchange.failure.map {
                GatewayAnswer.make($0, exchange).status
            } ?? 0
        exchange.totalNanoseconds = UInt64(max(0, min(request.milliseconds, 1e12)) * 1e6)
        exchange.bytesIn = UInt64(request.body.count)
        exchange.bytesOut = UInt64(request.answer?.body.count ?? 0)
        return writer.line(
            of: exchange,
            imported: EntryWriter.Imported(
                status: request.answer?.status ?? 0, lacksCredentials: request.lacksCredentials))
    }

    private mutating func exchange(of request: ImportedRequest) throws(ReadingProblem.Found) -> Exchange {
        let text = try text(of: request)
        var parser = RequestParser(
            limits: HeadLimits(headerBytes: 1 << 20, headerCount: 10_000, requestTargetBytes: 1 << 20, nameRule: .pass))
        let head: RequestHead
        switch parser.parse(text.span) {
        case .head(let parsed, let end):
            // What stands behind the head would be another request.
            guard end == text.count else { throw found(request, "it is more than one request") }
            head = parsed
        case .refuse(let refusal): throw found(request, "the gateway refuses such a request: \(refusal.code.rawValue)")
        case .needMore: throw found(request, "it is not a request")
        }
        let isSecure = request.url.starts(with: "https://".utf8)
        let address = Array("127.0.0.1".utf8)
        var exchange = Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: address, peer: address,
            isSecure: isSecure, receivedAt: request.clock)
        var capture = ExchangeCapture(limit: settings.rules.definition.maxBodyBytes)
        capture.appendRequest(request.body.span)
        if !request.bodyIsWhole { capture.requestBodyIsIncomplete() }
        if let answer = request.answer {
            capture.appendResponse(answer.body.span)
            if !answer.isWhole { capture.responseBodyIsIncomplete() }
            var fields: [UInt8] = []
            for header in answer.headers where header.name.first != UInt8(ascii: ":") {
                // A line that HTTP does not allow was never on the wire.
                HeadWriter.field(name: header.name, value: header.value, to: &fields)
            }
            capture.responseFields = fields
        }
        exchange.capture = capture
        return exchange
    }

    /// Fields of one connection, and those of HTTP/2 that stand for the request line.
    private static let connectionFields = Set(
        [
            "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "http2-settings",
            "content-length", "expect", "trailer",
        ].map { Array($0.utf8) })

    /// The request as it would come over the wire.
    private func text(of request: ImportedRequest) throws(ReadingProblem.Found) -> [UInt8] {
        let target = RecordedEntry.target(of: request.url)
        guard FieldSyntax.isName(request.method) else {
            throw found(request, "its method is none that HTTP allows")
        }
        guard target.first == UInt8(ascii: "/") else { throw found(request, "its address has no path") }
        guard target.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw found(request, "its address holds a byte that no address has")
        }
        var out = request.method + [0x20] + target + Array(" HTTP/1.1\r\n".utf8)
        let authority = request.header(":authority") ?? request.header("host") ?? Self.host(of: request.url)
        guard HeadWriter.field(name: Array("Host".utf8), value: authority, to: &out) else {
            throw found(request, "its host is none that HTTP allows")
        }
        for header in request.headers {
            let name = header.name.map(ByteKind.lowercased)
            if name.first == UInt8(ascii: ":") || name == Array("host".utf8) || Self.connectionFields.contains(name) {
                continue
            }
            guard HeadWriter.field(name: header.name, value: header.value, to: &out) else {
                throw found(request, "one of its headers is none that HTTP allows")
            }
        }
        if !request.body.isEmpty { out += Array("Content-Length: \(request.body.count)\r\n".utf8) }
        return out + [0x0D, 0x0A]
    }

    private func found(_ request: ImportedRequest, _ message: String) -> ReadingProblem.Found {
        ReadingProblem.Found(
            problem: ReadingProblem("GH6103", message, entry: request.entry, offset: request.offset))
    }

    private static func host(of url: [UInt8]) -> [UInt8] {
        for scheme in ["http://", "https://"] where url.starts(with: scheme.utf8) {
            let rest = url.dropFirst(scheme.utf8.count)
            return Array(rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        }
        return Array("imported".utf8)
    }

    private static let fileEndings = [
        ".js", ".mjs", ".css", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".woff", ".woff2", ".ttf",
        ".map",
        ".html", ".mp4", ".webm", ".wasm",
    ].map { Array($0.utf8) }

    private static func isFile(_ request: ImportedRequest) -> Bool {
        let path = RecordedEntry.target(of: request.url).prefix { $0 != UInt8(ascii: "?") }.map(ByteKind.lowercased)
        return fileEndings.contains { path.suffix($0.count).elementsEqual($0) }
    }
}

extension ReadingProblem {
    /// A problem on its way to whoever collects them.
    package struct Found: Error, Sendable {
        package var problem: ReadingProblem
    }
}
