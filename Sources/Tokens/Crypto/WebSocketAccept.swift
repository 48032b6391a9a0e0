internal import COpenSSL

/// The proof that a server has understood a WebSocket handshake (RFC 6455 §4.2.2). SHA-1 keeps no secret here: it tells
/// a WebSocket server from one that repeats what it got.
package enum WebSocketAccept {
    private static let suffix = Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`: SHA-1 over the key's text and a fixed one, in base 64.
    package static func value(forKey key: some Collection<UInt8>) -> [UInt8] {
        let text = Array(key) + suffix
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: 20) { output, written in
            unsafe text.withUnsafeBufferPointer { source in
                if let to = output.baseAddress { unsafe shim_sha1(source.baseAddress, source.count, to) }
            }
            written = 20
        }
        // Twenty octets are six groups of three and one of two.
        var out: [UInt8] = []
        for start in stride(from: 0, to: 20, by: 3) {
            let word = (0..<3).reduce(0) { $0 << 8 | (start + $1 < 20 ? Int(digest[start + $1]) : 0) }
            for shift in [18, 12, 6, 0] { out.append(alphabet[word >> shift & 63]) }
        }
        out[27] = UInt8(ascii: "=")
        return out
    }
}
