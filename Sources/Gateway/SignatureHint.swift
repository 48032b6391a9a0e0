import Authorizers
import Routes
import Tokens

/// Tries the usual mistakes with a shared secret and says which one explains a bad signature. The token is not accepted
/// by it: nothing but a sentence comes out. Only for the owner's terminal, never on the way of a request.
enum SignatureHint {
    static func find(
        for token: CompactToken, _ authorizer: DeclarativeAuthorizer, _ document: GatewayDocument, at now: WallTime
    ) -> [String] {
        guard case .hmac(let algorithm)? = token.header.algorithm else { return [] }
        var tried: [String] = []
        for name in authorizer.rules.keys.map(\.value) {
            guard case .secret(let secret, _)? = document.key(named: name)?.material else { continue }
            for (variant, words) in variants(of: secret.bytes) {
                if signs(variant, token, algorithm, authorizer.tokenRules, now) {
                    return ["probable cause: the token was signed with key \(name) \(words)"]
                }
            }
            tried.append(name)
        }
        for key in document.keys where !tried.contains(key.name) {
            guard case .secret(let secret, _) = key.material else { continue }
            if signs(secret.bytes, token, algorithm, authorizer.tokenRules, now) {
                let authorizer = authorizer.definition.name
                return ["probable cause: the token was signed with key \(key.name), which \(authorizer) does not use"]
            }
        }
        return tried.isEmpty
            ? []
            : ["also checked: base64-decoded secret, trailing newline, hex, other keys of this file: none of these"]
    }

    private static func variants(of secret: [UInt8]) -> [([UInt8], String)] {
        var found: [([UInt8], String)] = []
        let body = secret.prefix { $0 != UInt8(ascii: "=") }.map { byte in
            byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
        }
        if let decoded = Base64URL.decode(body) {
            found.append((decoded, "after base64-decoding it: set \"encoding\": \"base64\" on the key"))
        }
        if let decoded = hex(secret) {
            found.append((decoded, "after hex-decoding it: set \"encoding\": \"hex\" on the key"))
        }
        found.append((secret + [0x0A], "and a newline at its end: the signer reads a file and does not trim it"))
        found.append(
            (Base64URL.encode(secret), "in its base64 form: remove \"encoding\" from the key"))
        return found
    }

    private static func hex(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        var high: UInt8?
        for byte in text {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            if let upper = high {
                out.append(upper << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return out
    }

    private static func signs(
        _ secret: [UInt8], _ token: CompactToken, _ algorithm: HMACAlgorithm, _ rules: TokenRules, _ now: WallTime
    ) -> Bool {
        do {
            let record = try KeyRecord.secret(
                secret, algorithm: algorithm, keyID: token.header.keyID, allowWeak: true)
            let verifier = TokenVerifier(rules: rules)
            _ = try verifier.verify(
                token, with: KeySet(records: [record]), at: now, using: VerificationContext())
            return true
        } catch let error as TokenError {
            // A complaint about the claims means that the signature was right.
            return switch error.code {
            case .badSignature, .internal, .weakKey, .keyNotFound, .keyAmbiguous, .keyAlgMismatch: false
            default: true
            }
        } catch {
            return false
        }
    }
}
