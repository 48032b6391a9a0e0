package import Routes
import Synchronization
import Tokens

/// A configuration whose keys the tests can sign with.
///
/// Secrets are used as they are. Nobody has the private halves of public keys, and a key set behind a URL would need the
/// network, so generated pairs of the same kid and algorithm stand in their place; everything else stays as written.
package struct TestKeyring: Sendable {
    /// Why no tests can be run with this configuration.
    package struct Problem: Error, Sendable {
        package var message: String
    }

    /// What signs for one authorizer.
    struct Signing: Sendable {
        var signer: TokenSigner
        /// The public half in PEM; of a secret, that of some other key.
        var publicKey: [UInt8]
        var rules: JWTRules
        var isJWTType: Bool
    }

    package let document: GatewayDocument
    /// Names of the keys that are stood in for, in the document's order.
    package let replaced: [String]
    /// By the authorizer's name.
    private let signing: [String: Signing]
    /// Of authorizers with several issuers: by the authorizer's name, then the issuer's.
    private let issuers: [String: [String: Signing]]

    /// Shared by all plans of this keyring: keys are slow to make.
    let strangers = StrangerKeys()

    /// What signs for an authorizer, in the name of the issuer if it is one of the accepted ones.
    func signing(of authorizer: String, issuer: String?) -> Signing? {
        issuer.flatMap { issuers[authorizer]?[$0] } ?? signing[authorizer]
    }

    /// Generating RSA keys is slow, so other algorithms are chosen where the rules allow.
    package init(_ document: GatewayDocument) throws(Problem) {
        var document = document
        var replaced: [String] = []
        var signing: [String: Signing] = [:]
        var issuers: [String: [String: Signing]] = [:]
        var generated: [String: [(SignatureAlgorithm, SigningKey)]] = [:]
        let used = Set(
            document.routes.compactMap { route -> Int? in
                if case .authorizer(let index) = route.authorization { index } else { nil }
            })
        do throws(KeyError) {
            for index in document.keys.indices where !document.keys[index].isSecret {
                let key = document.keys[index]
                // Keys of authorizers that no route has never sign; the cheapest pair will do for them.
                var algorithms: [SignatureAlgorithm] = []
                for (number, authorizer) in document.authorizers.enumerated() where used.contains(number) {
                    guard let rules = authorizer.jwt, rules.keys.contains(where: { $0.value == key.name }),
                        let best = Self.algorithm(rules, key), !algorithms.contains(best)
                    else { continue }
                    algorithms.append(best)
                }
                if algorithms.isEmpty { algorithms = [.publicKey(.es256)] }
                let (pairs, set) = try Self.pairs(algorithms, key)
                generated[key.name] = pairs
                document.keys[index].material = .keySet(json: set)
                document.keys[index].file = nil
                replaced.append(key.name)
            }
            var decoy: [UInt8]?
            func first(_ keys: [Located<String>], _ rules: JWTRules, _ isJWT: Bool) throws(KeyError) -> Signing? {
                for name in keys {
                    guard let key = document.key(named: name.value),
                        let signer = try Self.signer(key, generated[key.name], rules)
                    else { continue }
                    if signer.publicKey == nil, decoy == nil { decoy = try Self.decoy() }
                    return Signing(
                        signer: signer.signer, publicKey: signer.publicKey ?? decoy ?? [], rules: rules,
                        isJWTType: isJWT)
                }
                return nil
            }
            for authorizer in document.authorizers {
                guard let rules = authorizer.jwt else { continue }
                let isJWT = authorizer.type == .jwt
                for entry in rules.issuers {
                    var own = rules
                    own.issuer.value = entry.issuer.value
                    own.audience.value = entry.audiences.value
                    issuers[authorizer.name, default: [:]][entry.issuer.value] = try first(entry.keys, own, isJWT)
                }
                if let known = rules.issuers.first.flatMap({ issuers[authorizer.name]?[$0.issuer.value] }) {
                    signing[authorizer.name] = known
                } else {
                    signing[authorizer.name] = try first(rules.keys, rules, isJWT)
                }
            }
        } catch {
            throw Problem(message: "no test key can be made: \(error.description)")
        }
        self.document = document
        self.replaced = replaced
        self.signing = signing
        self.issuers = issuers
    }

    // MARK: Choice

    /// Fast to make and to use first.
    private static let preference: [SignatureAlgorithm] = [
        .publicKey(.es256), .publicKey(.edDSA), .publicKey(.ed25519), .publicKey(.es384), .publicKey(.es512),
        .publicKey(.es256k), .publicKey(.ed448), .publicKey(.rs256), .publicKey(.ps256), .publicKey(.rs384),
        .publicKey(.ps384), .publicKey(.rs512), .publicKey(.ps512),
    ]

    private static func algorithm(_ rules: JWTRules, _ key: KeyDefinition) -> SignatureAlgorithm? {
        let own = key.algorithm.flatMap { SignatureAlgorithm(name: $0.value) }
        return preference.first { (own == nil || own == $0) && rules.algorithms.contains($0.name) }
    }

    /// A pair for each algorithm, and the set that verifies them.
    private static func pairs(
        _ algorithms: [SignatureAlgorithm], _ key: KeyDefinition
    ) throws(KeyError) -> ([(SignatureAlgorithm, SigningKey)], [UInt8]) {
        var pairs: [(SignatureAlgorithm, SigningKey)] = []
        var publics: [[UInt8]] = []
        for (number, algorithm) in algorithms.enumerated() {
            // The first keeps the name; two of one name would be ambiguous.
            let own = key.keyId.map { Array($0.value.utf8) } ?? Array("test-\(key.name)".utf8)
            let name = number == 0 ? own : own + Array("-\(algorithm.name)".utf8)
            let made = try generate(algorithm, name)
            pairs.append((algorithm, try SigningKey(jwk: made.privateJWK)))
            publics.append(made.publicJWK ?? [])
        }
        let set = Array("{\"keys\":[".utf8) + Array(publics.joined(separator: [0x2C])) + Array("]}".utf8)
        return (pairs, set)
    }

    static func generate(_ algorithm: SignatureAlgorithm, _ name: [UInt8]?) throws(KeyError) -> GeneratedKey {
        do throws(CryptoFailure) {
            return try JWKGenerator.generate(for: algorithm, keyID: name)
        } catch {
            throw KeyError(.unsupported, error.description)
        }
    }

    private static func signer(
        _ key: KeyDefinition, _ pairs: [(SignatureAlgorithm, SigningKey)]?, _ rules: JWTRules
    ) throws(KeyError) -> (signer: TokenSigner, publicKey: [UInt8]?)? {
        if case .secret(let secret, _) = key.material {
            let own = key.algorithm?.value
            for algorithm in HMACAlgorithm.allCases.map({ SignatureAlgorithm.hmac($0) })
            where rules.algorithms.contains(algorithm.name) && (own == nil || own == algorithm.name) {
                let signing = try SigningKey(secret: secret.bytes, keyID: key.keyId.map { Array($0.value.utf8) })
                return (try TokenSigner(key: signing, algorithm: algorithm), nil)
            }
            return nil
        }
        for (algorithm, signing) in pairs ?? [] where rules.algorithms.contains(algorithm.name) {
            return (try TokenSigner(key: signing, algorithm: algorithm), signing.publicPEM)
        }
        return nil
    }

    /// The public key that is used as a secret where the authorizer has none of its own.
    private static func decoy() throws(KeyError) -> [UInt8] {
        try SigningKey(jwk: try generate(.publicKey(.es256), nil).privateJWK).publicPEM ?? []
    }
}

/// Signers that the gate does not know, made when the first token wants one.
final class StrangerKeys: Sendable {
    private let signers = Mutex<[String: TokenSigner]>([:])

    func signer(_ place: String) -> TokenSigner? { signers.withLock { $0[place] } }

    func keep(_ signer: TokenSigner, _ place: String) { signers.withLock { $0[place] = signer } }
}

extension KeyDefinition {
    fileprivate var isSecret: Bool { if case .secret = material { true } else { false } }
}
