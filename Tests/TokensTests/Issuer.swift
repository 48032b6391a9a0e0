@testable import Tokens

/// A key pair with everything a test needs to make and judge tokens.
struct Issuer: Sendable {
    let algorithm: SignatureAlgorithm
    let generated: GeneratedKey
    let signer: TokenSigner
    let keys: KeySet

    init(_ name: String, keyID: String = "k1") throws {
        algorithm = try SignatureAlgorithm(name: name).orThrow()
        generated = try JWKGenerator.generate(for: algorithm, keyID: Array(keyID.utf8))
        signer = try TokenSigner(key: SigningKey(jwk: generated.privateJWK))
        keys = try KeySet(jwks: generated.keySet, generation: 1)
    }

    /// One issuer for each algorithm, made once.
    static let all: [String: Result<Issuer, any Error>] = Dictionary(
        uniqueKeysWithValues: SignatureAlgorithm.allCases.map { algorithm in
            (algorithm.name, Result { try Issuer(algorithm.name) })
        })

    static func named(_ name: String) throws -> Issuer { try all[name].orThrow().get() }

    static let time = WallTime(seconds: 1_760_000_000)
    static let claims = #"{"iss":"https://issuer.example","aud":"api","sub":"user-1","exp":1760000600}"#

    func token(_ claims: String = Issuer.claims) throws -> [UInt8] { try signer.sign(payload: Array(claims.utf8)) }

    /// A token with a header of the test's own.
    func token(header: String, _ claims: String = Issuer.claims) throws -> [UInt8] {
        try signer.sign(header: Array(header.utf8), payload: Array(claims.utf8))
    }

    var rules: TokenRules {
        TokenRules(algorithms: AlgorithmList(algorithm), issuers: ["https://issuer.example"], audiences: ["api"])
    }
}

struct MissingValue: Error {}

extension Optional {
    func orThrow() throws -> Wrapped {
        guard let self else { throw MissingValue() }
        return self
    }
}

/// The code of a refusal, or `ok`.
func code(
    _ token: [UInt8], _ rules: TokenRules, _ keys: KeySet, at now: WallTime = Issuer.time,
    using context: VerificationContext = VerificationContext()
) -> String {
    do {
        _ = try TokenVerifier(rules: rules).verify(token, with: keys, at: now, using: context)
        return "ok"
    } catch {
        return error.code.name
    }
}

func segments(_ token: [UInt8]) -> [[UInt8]] {
    token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
}

func joined(_ segments: [[UInt8]]) -> [UInt8] { Array(segments.joined(separator: [UInt8(ascii: ".")])) }

extension Array where Element == UInt8 {
    init(hex: String) {
        let digits = Array<Character>(hex)
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }
}
