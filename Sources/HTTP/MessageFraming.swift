/// The protocol version of a message; nothing else is spoken by this grammar.
package enum HTTPVersion: UInt8, Sendable, Hashable {
    case http10, http11

    /// Said here, because the operator that the compiler makes is reached by other modules through a witness table only.
    package static func == (first: HTTPVersion, second: HTTPVersion) -> Bool { first.rawValue == second.rawValue }
}

/// How the end of a message body is found (RFC 9112 §6.3). The only truth about a body's length: the received
/// `Content-Length` and `Transfer-Encoding` lines are never relayed.
package enum MessageFraming: Sendable, Hashable {
    /// No body follows the head.
    case none
    /// Exactly this many bytes follow; may be 0.
    case length(UInt64)
    /// A chunked body follows.
    case chunked
    /// The body ends when the connection does; responses only.
    case untilClose
}

/// What a client asks to switch to. Offers without `Connection: upgrade` are no offers.
package enum UpgradeOffer: UInt8, Sendable, Hashable {
    case none
    /// A complete WebSocket opening handshake (RFC 6455 §4.2.1): version 13 and a well-formed key were checked.
    case webSocket
    /// Anything else, `h2c` for example: never forwarded.
    case other

    /// Said here, because the operator that the compiler makes is reached by other modules through a witness table only.
    package static func == (first: UpgradeOffer, second: UpgradeOffer) -> Bool { first.rawValue == second.rawValue }
}
