import Documents
import Foundation
import Testing

@testable import Tokens

/// The shared vectors are not part of this repository: they lie beside it, or where `GATEHOUSE_SHARED` says.
private enum Shared {
    static let root: URL? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["GATEHOUSE_SHARED"].map { URL(filePath: $0) }
        let folder = (named ?? package.deletingLastPathComponent().appending(path: "shared"))
            .appending(path: "conformance/jwt")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.orThrow().appending(path: path)))
    }

    static func json(_ path: String) throws -> JSONValue { try JSONParser.parse(read(path)).root }

    static func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.orThrow().appending(path: folder).path).sorted()
    }
}

@Suite(.enabled(if: Shared.root != nil, "the shared vectors are not beside this repository"))
struct ConformanceTests {
    private let context = VerificationContext()
    private let everything = AlgorithmList(SignatureAlgorithm.allCases)

    @Test("Every row of the token corpus gets its verdict, its code and its claims")
    func corpus() throws {
        let batch = BatchVerifier { name in
            do { return try Shared.read("keys-public/\(name).json") } catch { return nil }
        }
        var rows = 0
        for line in try Shared.read("corpus-public.jsonl").split(separator: 0x0A) {
            rows += 1
            let row = try JSONParser.parse(Array(line), maximumDepth: 80).root
            let id = row["id"]?.string ?? "?"
            let answer = batch.answer(line)
            #expect(answer.wasJudged, "\(id)")
            let got = try JSONParser.parse(answer.line, maximumDepth: 80).root
            #expect(got["outcome"]?.string == row["expect"]?.string, "\(id)")
            var codes = [row["reason"]?.string]
            codes += row["alt"].map { $0.elements.map(\.string) } ?? []
            #expect(codes.contains(got["code"]?.string), "\(id): \(got["code"]?.string ?? "?")")
            if let claims = row["expectClaims"], row["expect"]?.string == "accept" {
                for member in claims.members {
                    let found = got["claims"]?[member.name]
                    let same = member.value.utf8.map { found?.utf8 == $0 } ?? (found?.text == member.value.text)
                    #expect(same || member.value.count > 0, "\(id): \(member.name)")
                }
            }
        }
        #expect(rows > 390)
    }

    /// Everything up to the signature: these vectors carry texts, not claims.
    private func isSigned(_ token: [UInt8], by keys: [UInt8]) -> Bool {
        do {
            let rules = try TokenRules(algorithms: everything.orThrow(), issuers: nil, audiences: nil)
            _ = try TokenVerifier(rules: rules).authenticate(
                CompactToken(parsing: token, limit: 1 << 20), with: KeySet(jwks: keys), using: context)
            return true
        } catch {
            return false
        }
    }

    @Test(
        "The JWS vectors of Wycheproof are judged as labelled, but for the listed deviations",
        arguments: ["json_web_signature_test.json", "json_web_key_test.json", "json_web_crypto_test.json"])
    func wycheproof(_ file: String) throws {
        var deviations: [Int64: String] = [:]
        for row in try Shared.json("wycheproof/overrides.json").elements where row["file"]?.string == file {
            deviations[try (row["tcId"]?.int64).orThrow()] = row["ours"]?.string
        }
        var judged = 0
        for group in try Shared.json("wycheproof/\(file)")["testGroups"].orThrow().elements {
            guard let keys = group["public"] ?? group["private"] else { continue }
            for test in try group["tests"].orThrow().elements {
                guard let token = test["jws"] else { continue }
                judged += 1
                let number = try (test["tcId"]?.int64).orThrow()
                let expected = deviations[number] ?? test["result"]?.string
                // Two vectors are JSON serialisations, which is no form of ours.
                let signed = token.utf8.map { isSigned($0, by: Array(keys.text)) } ?? false
                #expect(signed == (expected == "valid"), "\(file) \(number) \(test["comment"]?.string ?? "")")
            }
        }
        #expect(judged == ["json_web_signature_test.json": 401, "json_web_key_test.json": 26][file] ?? 49)
    }

    @Test("The examples of RFC 7515, 7520 and 8037 verify, and those of other serialisations and extensions do not")
    func requestsForComments() throws {
        for vector in try Shared.json("rfc/rfc7515.json")["vectors"].orThrow().elements {
            guard let token = vector["compact"]?.utf8 else { continue }
            let keys = (vector["jwk"] ?? vector["jwks"]).map { Array($0.text) } ?? []
            let expected = vector["expect"]?.string == "valid"
            #expect(isSigned(token, by: expected ? keys : Array(#"{"keys":[]}"#.utf8)) == expected)
        }
        for file in ["rfc/rfc7520-8037-7797.json", "rfc/rfc8037.json"] {
            for vector in try Shared.json(file)["vectors"].orThrow().elements {
                guard let token = vector["compact"]?.utf8, let keys = vector["jwks"] ?? vector["jwk"] else { continue }
                let name = vector["file"]?.string ?? ""
                let expected = !name.contains("detached") && !name.contains("b64_false")
                #expect(isSigned(token, by: Array(keys.text)) == expected, "\(name)")
            }
        }
    }

    @Test("The primitive vectors of Wycheproof are judged as labelled; merely acceptable ones are refused")
    func primitives() throws {
        var judged = 0
        for file in try Shared.files("wycheproof/primitives") {
            let root = try Shared.json("wycheproof/primitives/\(file)")
            let algorithm = try Self.algorithm(of: file).orThrow()
            for group in try root["testGroups"].orThrow().elements {
                let key = group["publicKeyPem"]?.utf8.flatMap(Self.key)
                for test in try group["tests"].orThrow().elements {
                    let message = Array(hex: test["msg"]?.string ?? "")
                    let signature = Array(hex: (test["sig"] ?? test["tag"])?.string ?? "")
                    let valid: Bool
                    switch (algorithm, key?.material) {
                    case (.hmac(let algorithm), _):
                        let secret = HMACKey(Array(hex: test["key"]?.string ?? ""))
                        valid = secret.isValid(signature, for: message, 0..<message.count, algorithm)
                    case (.publicKey(let algorithm), .publicKey(let key)):
                        valid = try context.isValid(signature, for: message, 0..<message.count, by: key, algorithm)
                    default: valid = false
                    }
                    // Truncated tags are valid HMACs in Wycheproof and never are in tokens.
                    let truncated = (group["tagSize"]?.int64).map { $0 != algorithm.tagBits } ?? false
                    let expected = test["result"]?.string == "valid" && !truncated
                    #expect(valid == expected, "\(file) \(test["tcId"]?.int64 ?? 0) \(test["comment"]?.string ?? "")")
                    judged += 1
                }
            }
        }
        #expect(judged == 3593)
    }

    /// Nil for keys of unusual size or form, which are refused when they are loaded.
    private static func key(_ pem: [UInt8]) -> KeyRecord? {
        do { return try KeyRecord.pem(pem) } catch { return nil }
    }

    private static func algorithm(of file: String) -> SignatureAlgorithm? {
        let names = [
            "ecdsa_secp256k1": "ES256K", "ecdsa_secp256r1": "ES256", "ecdsa_secp384r1": "ES384",
            "ecdsa_secp521r1": "ES512", "ed25519": "EdDSA", "ed448": "EdDSA", "hmac_sha256": "HS256",
            "hmac_sha384": "HS384", "hmac_sha512": "HS512", "rsa_pss_2048_sha256": "PS256",
            "rsa_pss_2048_sha384": "PS384", "rsa_pss_4096_sha512": "PS512", "rsa_signature_2048_sha256": "RS256",
            "rsa_signature_3072_sha256": "RS256", "rsa_signature_4096_sha256": "RS256",
            "rsa_signature_2048_sha384": "RS384", "rsa_signature_2048_sha512": "RS512",
        ]
        return names.first { file.hasPrefix($0.key) }.flatMap { SignatureAlgorithm(name: $0.value) }
    }
}

extension SignatureAlgorithm {
    fileprivate var tagBits: Int64? {
        if case .hmac(let algorithm) = self { return Int64(algorithm.digest.size * 8) }
        return nil
    }
}
