import HTTP
import Routes

/// The lines that tell a backend who asked, as they were last written for a client that is no trusted proxy. Belongs to
/// one worker.
///
/// A client sends many requests, and for one and the same address, host and scheme these lines never change. What a
/// trusted proxy says is never kept.
final class ForwardingLines {
    private var peer: [UInt8] = []
    private var host: [UInt8] = []
    private var hasHost = false
    private var isSecure = false
    private var localPort: UInt16 = 0
    private var apiType: ApiType?
    private var kept: [UInt8] = []

    /// The kept lines; nil when they are another client's, or those of a request that must be looked at.
    func lines(for exchange: borrowing Exchange) -> [UInt8]? {
        guard !exchange.isPeerTrusted, apiType == exchange.snapshot.apiType, isSecure == exchange.isSecure,
            localPort == exchange.localPort, peer == exchange.peer, peer == exchange.client
        else { return nil }
        guard let range = exchange.head.host else { return hasHost ? nil : kept }
        guard hasHost, range.count == host.count else { return nil }
        let sent = exchange.head.fields.bytes.span.extracting(range.indices)
        for index in 0..<sent.count where sent[index] != host[index] { return nil }
        return kept
    }

    /// Keeps what has been written.
    func keep(_ written: [UInt8], for exchange: borrowing Exchange) {
        guard !exchange.isPeerTrusted, exchange.client == exchange.peer else { return }
        peer = exchange.peer
        hasHost = exchange.head.host != nil
        host = Array(exchange.head.hostBytes)
        isSecure = exchange.isSecure
        localPort = exchange.localPort
        apiType = exchange.snapshot.apiType
        kept = written
    }
}

extension ForwardingLines {
    private static let forwardedFor = Array("X-Forwarded-For: ".utf8)
    private static let forwardedProto = Array("\r\nX-Forwarded-Proto: ".utf8)
    private static let forwardedHost = Array("\r\nX-Forwarded-Host: ".utf8)
    private static let forwardedPort = Array("\r\nX-Forwarded-Port: ".utf8)
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let https = Array("https".utf8)
    private static let http = Array("http".utf8)

    /// Writes them for any request.
    static func write(_ exchange: borrowing Exchange, to out: inout [UInt8]) {
        out.append(contentsOf: Self.forwardedFor)
        ForwardedFor.value(
            exchange.head.fields, peer: exchange.peer[...], peerIsTrusted: exchange.isPeerTrusted, to: &out)
        let scheme = exchange.isSecure ? Self.https : Self.http
        out.append(contentsOf: Self.forwardedProto)
        out.append(contentsOf: trusted(.xForwardedProto, exchange) ?? scheme[...])
        if exchange.head.host != nil {
            out.append(contentsOf: Self.forwardedHost)
            out.append(contentsOf: trusted(.xForwardedHost, exchange) ?? exchange.head.hostBytes)
        }
        out.append(contentsOf: Self.forwardedPort)
        if let port = trusted(.xForwardedPort, exchange) {
            out.append(contentsOf: port)
        } else {
            HeadWriter.decimal(UInt64(exchange.localPort), to: &out)
        }
        out.append(contentsOf: Self.lineEnd)
        if exchange.snapshot.apiType == .http { appendForwarded(exchange, scheme, to: &out) }
    }

    private static func trusted(_ id: FieldID, _ exchange: borrowing Exchange) -> ArraySlice<UInt8>? {
        guard exchange.isPeerTrusted, let line = exchange.head.fields.first(id) else { return nil }
        return exchange.head.fields.value(of: line)
    }

    /// RFC 7239, in the order of HTTP APIs: `for=…;host=…;proto=…`. Their `by`, an address inside AWS, is left out.
    private static func appendForwarded(_ exchange: borrowing Exchange, _ scheme: [UInt8], to out: inout [UInt8]) {
        let client = exchange.client
        out.append(contentsOf: Self.forwardedNode)
        if client.contains(UInt8(ascii: ":")) {
            out.append(UInt8(ascii: "\""))
            out.append(UInt8(ascii: "["))
            out.append(contentsOf: client)
            out.append(UInt8(ascii: "]"))
            out.append(UInt8(ascii: "\""))
        } else {
            out.append(contentsOf: client)
        }
        if exchange.head.host != nil {
            out.append(contentsOf: Self.hostParameter)
            // A host with a port or brackets is no token and must be quoted.
            let host = exchange.head.hostBytes
            var isToken = true
            for byte in host where byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[") { isToken = false }
            if !isToken { out.append(UInt8(ascii: "\"")) }
            out.append(contentsOf: host)
            if !isToken { out.append(UInt8(ascii: "\"")) }
        }
        out.append(contentsOf: Self.protoParameter)
        // A proxy that passes on what it got must not let a client add elements such as another `for`.
        let told = trusted(.xForwardedProto, exchange)
        out.append(contentsOf: told.flatMap { $0.allSatisfy(ByteClass.isAlphanumeric) ? $0 : nil } ?? scheme[...])
        out.append(contentsOf: Self.lineEnd)
    }

    private static let forwardedNode = Array("Forwarded: for=".utf8)
    private static let hostParameter = Array(";host=".utf8)
    private static let protoParameter = Array(";proto=".utf8)
}
