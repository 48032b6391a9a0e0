/// A backend's answer to a WebSocket handshake (RFC 6455 §4.1).
package enum WebSocketAnswer {
    /// Whether the 101 switches to exactly the protocol that was asked for. `accept` is the only value that proves that
    /// the backend has understood the handshake's key.
    package static func isValid(_ head: ResponseHead, accept: [UInt8]) -> Bool {
        guard head.status == 101, head.version == .http11 else { return false }
        let bytes = head.fields.bytes.span
        var options = ConnectionOptions()
        var upgrade: ByteRange?
        var proof: ByteRange?
        for line in head.fields {
            switch line.id {
            case .connection: options.read(bytes, line.value)
            case .upgrade:
                guard upgrade == nil else { return false }
                upgrade = line.value
            case .secWebSocketAccept:
                guard proof == nil else { return false }
                proof = line.value
            default: break
            }
        }
        guard options.isValid, options.upgrade, let upgrade, let proof else { return false }
        return bytes.matches(upgrade, Literal.webSocket) && head.fields.slice(proof).elementsEqual(accept)
    }
}
