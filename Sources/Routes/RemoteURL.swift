/// The URL of a document that the gateway fetches: keys, or an issuer's discovery document.
///
/// Only `https`, or `http` to this machine: a key that anyone on the way could exchange is no key.
package struct RemoteURL: Sendable, Hashable, CustomStringConvertible {
    package let text: String
    package let origin: UpstreamOrigin
    /// Path and query in origin-form; at least `/`.
    package let target: [UInt8]

    package enum Problem: Error, Sendable, Hashable {
        case notURL
        case notSecure
    }

    package init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        guard let (origin, rest) = UpstreamOrigin.split(bytes[...]) else { throw .notURL }
        // Visible ASCII without a fragment: nothing here is encoded or guessed.
        guard rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { throw .notURL }
        guard origin.scheme == .https || origin.isLoopback else { throw .notSecure }
        self.text = text
        self.origin = origin
        switch rest.first {
        case nil: target = [UInt8(ascii: "/")]
        case UInt8(ascii: "/"): target = Array(rest)
        default: target = [UInt8(ascii: "/")] + rest
        }
    }

    /// `ISSUER/.well-known/openid-configuration` (OpenID Connect Discovery §4).
    package init(discoveryOf issuer: String) throws(Problem) {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        try self.init(base + "/.well-known/openid-configuration")
    }

    package var description: String { text }
}
