import Tokens

extension FuzzTarget {
    /// JWK and JWKS, public and private.
    package static let jwk = FuzzTarget("jwk") { input in
        if let set = keySet(input) {
            if set.records.count + set.skipped.count > 100 { return "more keys than the limit" }
            for record in set.records where record.isUsable && record.permittedAlgorithms.isEmpty {
                return "a usable key permits nothing"
            }
            if set.hasUsableKey != set.records.contains(where: \.isUsable) { return "hasUsableKey" }
            for record in KeySet(merging: [set, set], generation: 2).records where record.keyID == nil {
                _ = record.permittedAlgorithms
            }
            for problem in set.skipped + set.weaknesses where problem.description.isEmpty { return "no words" }
        }
        if let key = signingKey({ try SigningKey(jwk: input) }) { return signs(key, input) }
        return nil
    }

    /// PEM texts of keys and certificates.
    package static let pem = FuzzTarget("pem") { input in
        do throws(KeyError) {
            let record = try KeyRecord.pem(input)
            if !record.isUsable || record.permittedAlgorithms.isEmpty { return "a PEM key that nothing can use" }
            if record.permittedAlgorithms.contains(where: \.isHMAC) { return "a PEM key for HMAC" }
        } catch {
            if error.description.isEmpty { return "no words" }
        }
        if let key = signingKey({ try SigningKey(pem: input) }) { return signs(key, input) }
        return nil
    }

    private static func keySet(_ input: [UInt8]) -> KeySet? {
        do throws(KeyError) {
            return try KeySet(jwks: input, generation: 1)
        } catch {
            return nil
        }
    }

    private static func signingKey(_ make: () throws -> SigningKey) -> SigningKey? {
        do { return try make() } catch { return nil }
    }

    /// A private key that can be read either signs or says why it cannot. Signing costs as much as a hundred inputs,
    /// so only some of them are signed with.
    private static func signs(_ key: SigningKey, _ input: [UInt8]) -> String? {
        if input.reduce(0, &+) & 31 != 0 { return nil }
        do {
            let token = try TokenSigner(key: key).sign(payload: Array("{}".utf8))
            return token.count { $0 == UInt8(ascii: ".") } == 2 ? nil : "signed something else"
        } catch {
            return nil
        }
    }
}
