import Documents
import HTTP
package import Routes
package import Upstream

/// Makes a request for the target out of a recorded one. A recording may have been written by anybody: every part passes
/// the grammar of HTTP again, and none of them can choose the host, end its line or change the framing.
package struct RequestComposer: Sendable {
    package let target: ReplayTarget
    package let allowsUnsafe: Bool
    /// How long an answer may take, to its last byte.
    let patienceInMillis: Int
    private let host: [UInt8]
    private let identitySources: [String: IdentitySource]

    /// Why a recorded request is not sent.
    package struct Obstacle: Error, Sendable, Hashable {
        /// In words that hold nothing of the recording.
        package var reason: String
    }

    package struct Composed: Sendable {
        package var request: UpstreamRequest
        package var body: [UInt8]
        /// Something that had been redacted was left out: cookies, keys.
        package var isAltered: Bool
    }

    /// `headInMillis` is the patience with an answer.
    package init(
        target: ReplayTarget, allowsUnsafe: Bool, headInMillis: Int, document: GatewayDocument?
    ) {
        self.target = target
        self.allowsUnsafe = allowsUnsafe
        patienceInMillis = headInMillis
        host = Array(Self.address(of: target.origin, connections: 1).authority.utf8)
        identitySources = Dictionary(
            (document?.authorizers ?? []).compactMap { authorizer in
                authorizer.identitySources.first.map { (authorizer.name, $0.value) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The target as the transfer driver wants it. Nothing is ever sent twice, and redirects are never followed.
    package static func address(of origin: UpstreamOrigin, connections: Int) -> BackendAddress {
        BackendAddress(
            scheme: origin.scheme == .http ? .http : .https, host: origin.host, port: origin.port,
            connectInMillis: 10_000, connections: connections, pending: 0, retries: 0)
    }

    /// Whether the method changes nothing (RFC 9110 §9.2.1).
    package static func isSafe(_ method: [UInt8]) -> Bool {
        switch Method(method) {
        case .get, .head, .options: true
        default: false
        }
    }

    package func compose(
        _ entry: RecordedEntry, _ credential: TokenMaker.Credential
    ) throws(Obstacle) -> Composed {
        if case .impossible(let reason) = credential { throw Obstacle(reason: reason) }
        if !allowsUnsafe, !Self.isSafe(entry.method) { throw Obstacle(reason: "its method is not safe") }
        if entry.isPathRedacted { throw Obstacle(reason: "something in its path was taken out") }
        if entry.lacksBody { throw Obstacle(reason: "its body is not in the recording") }
        var lines = Lines(place: place(of: entry), credential: credential, allowsUnsafe: allowsUnsafe)
        for header in entry.headers {
            guard FieldSyntax.isName(header.name), FieldSyntax.isValue(header.value) else { throw Self.malformed }
            lines.add(header)
        }
        lines.complete()
        let requestTarget = try requestTarget(of: entry, &lines)
        let head = try parsed(entry.method, requestTarget, lines.text)
        return Composed(
            request: UpstreamRequest(
                method: head.method, methodBytes: Array(head.methodBytes), target: requestTarget,
                fields: fields(of: head), body: entry.body.isEmpty ? .none : .length(UInt64(entry.body.count)),
                headInMillis: patienceInMillis, idleInMillis: patienceInMillis), body: entry.body,
            isAltered: lines.isAltered)
    }

    private static let malformed = Obstacle(reason: "it is no request that HTTP knows")

    // MARK: Parts

    /// Path and query. The recorded host stays behind.
    private func requestTarget(of entry: RecordedEntry, _ lines: inout Lines) throws(Obstacle) -> [UInt8] {
        if entry.target == [UInt8(ascii: "*")] { return entry.target }
        guard entry.target.first == UInt8(ascii: "/"), entry.target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 })
        else { throw Self.malformed }
        // With a stage before it, the path could climb out of it: to another API behind the same host.
        if !target.prefix.isEmpty, Self.climbs(entry.target) { throw Obstacle(reason: "its path leaves that of --to") }
        return target.prefix + lines.target(entry.target)
    }

    /// Whether some reader of the path may find itself above its beginning: segments of two dots, plain or encoded once or
    /// more, with `/` or `\\` between them, and with parameters behind `;`.
    static func climbs(_ target: [UInt8]) -> Bool {
        var path = Array(target.prefix { $0 != UInt8(ascii: "?") })
        while true {
            var depth = 0
            for segment in path.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
                let name = segment.prefix { $0 != UInt8(ascii: ";") }
                if name.elementsEqual("..".utf8) { depth -= 1 } else if !name.elementsEqual(".".utf8) { depth += 1 }
                if depth < 0 { return true }
            }
            let decoded = QueryString.decode(path[...])
            if decoded == path { return false }
            path = decoded
        }
    }

    /// The last word has the parser that the gate itself uses.
    private func parsed(
        _ method: [UInt8], _ requestTarget: [UInt8], _ lines: [UInt8]
    ) throws(Obstacle) -> RequestHead {
        guard FieldSyntax.isName(method) else { throw Self.malformed }
        var text = method + [0x20] + requestTarget + Array(" HTTP/1.1\r\nHost: ".utf8) + host + [0x0D, 0x0A]
        text += lines + [0x0D, 0x0A]
        var parser = RequestParser(
            limits: HeadLimits(headerBytes: 1 << 20, headerCount: 10_000, requestTargetBytes: 1 << 20, nameRule: .pass))
        guard case .head(let head, let end) = parser.parse(text.span), end == text.count else { throw Self.malformed }
        return head
    }

    private func fields(of head: RequestHead) -> [UInt8] {
        let hops = HopByHopFields(head.fields)
        var out: [UInt8] = []
        for line in head.fields where !hops.contains(line, in: head.fields) {
            out += head.fields.name(of: line) + [0x3A, 0x20] + head.fields.value(of: line) + [0x0D, 0x0A]
        }
        return out
    }

    /// Where the token of the request stood, or would have stood.
    private func place(of entry: RecordedEntry) -> TokenPlace {
        if let source = entry.token?.source, let place = TokenPlace(source) { return place }
        if let source = entry.authorizer.flatMap({ identitySources[$0] }),
            let place = TokenPlace(IdentitySourceName.of(source))
        {
            return place
        }
        return .header(Array("authorization".utf8))
    }
}

/// Where a request carries its token.
enum TokenPlace: Sendable, Hashable {
    /// In lower case.
    case header([UInt8])
    case query([UInt8])

    /// As recordings name identity sources; nil for places that no client can fill.
    init?(_ source: String) {
        let words = source.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        let name = Array(words[1].utf8)
        switch words[0] {
        case "header", "headers":
            let lower = name.map(ByteKind.lowercased)
            guard FieldSyntax.isName(lower) else { return nil }
            self = .header(lower)
        case "query", "queries": self = .query(name)
        default: return nil
        }
    }
}

/// The header lines of one request on their way to the target.
private struct Lines {
    let place: TokenPlace
    let credential: TokenMaker.Credential
    let allowsUnsafe: Bool
    private(set) var text: [UInt8] = []
    private(set) var isAltered = false
    private var isPlaced = false

    init(place: TokenPlace, credential: TokenMaker.Credential, allowsUnsafe: Bool) {
        self.place = place
        self.credential = credential
        self.allowsUnsafe = allowsUnsafe
    }

    private static let authorization = Array("authorization".utf8)
    /// Made anew, or of no use a second time.
    private static let own = Set(
        ["host", "content-length", "transfer-encoding", "expect", "connection", "upgrade", "http2-settings"].map {
            Array($0.utf8)
        })

    mutating func add(_ header: RecordedEntry.Header) {
        let name = header.name.map(ByteKind.lowercased)
        if Self.own.contains(name) { return }
        // Such a field would choose another host or make a safe request an unsafe one behind the target.
        if ReservedFields.forwarding.contains(name: name) { return }
        if !allowsUnsafe, ReservedFields.overrides.contains(name: name) {
            isAltered = true
            return
        }
        if credential == .recorded { return append(header.name, header.value) }
        if place == .header(name) { return addToken(header) }
        if name == Self.authorization { return }
        if RedactionMark.hidesCredential(header.value) {
            isAltered = true
            return
        }
        append(header.name, header.value)
    }

    /// The recorded scheme with the new token behind it. A second line of that name stays behind.
    private mutating func addToken(_ header: RecordedEntry.Header) {
        guard case .token(let token) = credential, !isPlaced, FieldSyntax.isValue(token) else { return }
        isPlaced = true
        let scheme = header.value.firstIndex(of: 0x20).map { header.value[...$0] } ?? []
        let isBare = scheme.isEmpty && !header.value.isEmpty
        append(header.name, isBare ? token : scheme.isEmpty ? Array("Bearer ".utf8) + token : Array(scheme) + token)
    }

    /// To be called when all recorded lines are there.
    mutating func complete() {
        guard case .token(let token) = credential, !isPlaced, case .header(let name) = place,
            FieldSyntax.isValue(token)
        else { return }
        isPlaced = true
        append(name, name == Self.authorization ? Array("Bearer ".utf8) + token : token)
    }

    private mutating func append(_ name: [UInt8], _ value: [UInt8]) {
        text += name + [0x3A, 0x20] + value + [0x0D, 0x0A]
    }

    /// The target with the new token where the old one stood; without it when there is none.
    mutating func target(_ target: [UInt8]) -> [UInt8] {
        guard case .query(let name) = place, credential != .recorded else { return target }
        let question = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        var parameters = target[question...].dropFirst().split(separator: 0x26, omittingEmptySubsequences: true)
            .filter { parameter in
                !QueryString.decode(parameter.prefix { $0 != UInt8(ascii: "=") }).elementsEqual(name)
            }.map { Array($0) }
        if case .token(let token) = credential {
            parameters.append(PercentText.encode(name) + [UInt8(ascii: "=")] + PercentText.encode(token))
        }
        let query = Array(parameters.joined(separator: [0x26]))
        return Array(target[..<question]) + (query.isEmpty ? [] : [UInt8(ascii: "?")] + query)
    }
}

extension RecordedEntry {
    /// The request had a body that was not kept.
    var lacksBody: Bool { document.root["_gatehouse"]?["requestBodyLeftOut"]?.string != nil }
}
