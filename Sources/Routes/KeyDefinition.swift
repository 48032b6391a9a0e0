package import Documents

/// Octets that must not reach a log: every textual form of them is a placeholder.
package struct SecretBytes: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// One entry of `keys`: material that signatures are checked with.
package struct KeyDefinition: Sendable {
    package enum Material: Sendable {
        /// Decoded octets of an HMAC key; `allowWeak` lets one shorter than its hash through.
        case secret(SecretBytes, allowWeak: Bool)
        /// The PEM text of a public key.
        case publicKey(pem: [UInt8])
        /// The PEM text of a certificate, of which only the public key is used.
        case certificate(pem: [UInt8])
        /// The JSON text of a JWK Set.
        case keySet(json: [UInt8])
        /// Fetched over the network (documented, not built).
        case remoteKeySet(RemoteKeySet)
    }

    package var name: String
    package var span: SourceSpan
    /// The only algorithm this key is for.
    package var algorithm: Located<String>?
    package var keyId: Located<String>?
    package var material: Material
}

/// A JWK Set behind a URL, directly or through its issuer's discovery document.
package struct RemoteKeySet: Sendable, Hashable {
    package enum Location: Sendable, Hashable {
        case keySet(uri: String)
        case issuer(uri: String)
    }

    package var location: Location
    package var refreshSeconds: Int
    package var cooldownSeconds: Int
    package var maxStaleSeconds: Int
}
