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
    private var lines: [UInt8] = []

    /// Appends the kept lines; false when they are another client's, or those of a request that must be looked at.
    func append(for exchange: borrowing Exchange, to out: inout [UInt8]) -> Bool {
        guard !exchange.isPeerTrusted, apiType == exchange.snapshot.apiType, isSecure == exchange.isSecure,
            localPort == exchange.localPort, peer == exchange.peer, peer == exchange.client
        else { return false }
        guard let range = exchange.head.host else {
            if hasHost { return false }
            out.append(contentsOf: lines)
            return true
        }
        guard hasHost, range.count == host.count else { return false }
        let sent = exchange.head.fields.bytes.span.extracting(range.indices)
        for index in 0..<sent.count where sent[index] != host[index] { return false }
        out.append(contentsOf: lines)
        return true
    }

    /// Keeps what has been written.
    func keep(_ written: ArraySlice<UInt8>, for exchange: borrowing Exchange) {
        guard !exchange.isPeerTrusted, exchange.client == exchange.peer else { return }
        peer = exchange.peer
        hasHost = exchange.head.host != nil
        host = Array(exchange.head.hostBytes)
        isSecure = exchange.isSecure
        localPort = exchange.localPort
        apiType = exchange.snapshot.apiType
        lines = Array(written)
    }
}
