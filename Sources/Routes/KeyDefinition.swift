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
    package enum Material: Sendable, Hashable {
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
    /// The file that the material was read from, so that a change of it is seen.
    package var file: KeyFile?
}

/// A file that holds key material, and how to read it again.
package struct KeyFile: Sendable, Hashable {
    /// As the surroundings resolve it: absolute, or from the working directory.
    package var path: String
    /// The encoding of a secret; nil for PEM and JWK Sets.
    var encoding: SecretEncoding?

    /// The definition with the file's new content; nil when the content cannot be decoded.
    package func reading(_ content: [UInt8], into key: KeyDefinition) -> KeyDefinition? {
        var changed = key
        switch key.material {
        case .secret(_, let allowWeak):
            let written = Expansion.withoutFinalNewline(content)
            guard let secret = (encoding ?? .raw).decode(Array(written)[...]), !secret.isEmpty else { return nil }
            changed.material = .secret(SecretBytes(secret), allowWeak: allowWeak)
        case .publicKey: changed.material = .publicKey(pem: content)
        case .certificate: changed.material = .certificate(pem: content)
        case .keySet: changed.material = .keySet(json: content)
        case .remoteKeySet: return nil
        }
        return changed
    }
}

/// A JWK Set behind a URL, directly or through its issuer's discovery document.
package struct RemoteKeySet: Sendable, Hashable {
    package enum Location: Sendable, Hashable {
        case keySet(RemoteURL)
        /// The issuer's name, which its discovery document must repeat, and where that document is.
        case issuer(name: String, discovery: RemoteURL)
    }

    package var location: Location
    package var refreshSeconds: Int
    package var cooldownSeconds: Int
    package var maxStaleSeconds: Int
}
