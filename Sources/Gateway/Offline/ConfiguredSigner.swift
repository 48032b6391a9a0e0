package import Routes
package import Tokens

/// Signs with a secret of the configuration, as its owner may: for `token sign`, `authorize --as` and tests.
package enum ConfiguredSigner {
    /// Why a key of the configuration cannot sign.
    package struct Problem: Error, Sendable {
        /// One sentence that says what to do; never any key material.
        package var sentence: String

        package init(sentence: String) {
            self.sentence = sentence
        }
    }

    /// A signer for one key.
    ///
    /// - Parameters:
    ///   - algorithm: nil: the key's own `alg`, else the first HMAC algorithm of `allowed`, else HS256.
    ///   - keyID: `kid` of the tokens; nil: the key's own.
    package static func signer(
        for key: KeyDefinition, algorithm: SignatureAlgorithm? = nil, allowed: [String] = [], keyID: [UInt8]? = nil
    ) throws(Problem) -> TokenSigner {
        guard case .secret(let secret, let allowWeak) = key.material else {
            throw Problem(sentence: "key \"\(key.name)\" is public: only its owner can sign with it")
        }
        let usual = allowed.compactMap { SignatureAlgorithm(name: $0) }.first(where: \.isHMAC)
        let chosen =
            algorithm ?? key.algorithm.flatMap { SignatureAlgorithm(name: $0.value) } ?? usual ?? .hmac(.hs256)
        guard case .hmac(let hmac) = chosen else {
            throw Problem(sentence: "key \"\(key.name)\": a secret signs with HS256, HS384 or HS512")
        }
        do throws(KeyError) {
            // Judges the strength; allowWeak in the configuration says that its owner knows.
            _ = try KeyRecord.secret(secret.bytes, algorithm: hmac, allowWeak: allowWeak)
            let own = keyID ?? key.keyId.map { Array($0.value.utf8) }
            return try TokenSigner(key: SigningKey(secret: secret.bytes, keyID: own), algorithm: chosen)
        } catch {
            throw Problem(sentence: "key \"\(key.name)\": \(error.description)")
        }
    }

    /// The first secret among the keys that an authorizer accepts tokens of; nil when it has public keys only.
    package static func secret(of rules: JWTRules, in document: GatewayDocument) -> KeyDefinition? {
        rules.keys.lazy.compactMap { document.key(named: $0.value) }.first { key in
            if case .secret = key.material { true } else { false }
        }
    }
}
