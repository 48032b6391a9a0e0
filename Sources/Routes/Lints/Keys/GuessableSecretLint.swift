internal import Documents

/// A secret that is long enough and yet no secret.
struct GuessableSecretLint: Lint {
    static let rule = LintRule(
        "GH4315", .warning, "guessable secret",
        why:
            "RFC 7518 §3.2 asks for the length; it means random bytes. A secret of words or of few characters is found "
            + "by trying, offline, with a single token in hand: nobody notices, and whoever finds it signs tokens.",
        example: "\"secret\": \"${env:SECRET}\" with SECRET=my-super-secret-jwt-signing-key-2026",
        remedy: "Make one with: openssl rand -base64 48.")

    /// The texts say nothing that would help to guess the rest.
    private enum Weakness: String {
        case word = "it holds a word that is tried first"
        case repeated = "it repeats a short text"
        case fewCharacters = "it has only a few different bytes"
        case sequence = "its bytes follow each other in order"
    }

    /// What secrets in tutorials, samples and word lists are made of.
    private static let words = [
        "secret", "passw", "changeme", "change-me", "change_me", "your-", "your_", "qwerty", "letmein", "jwt-key",
        "jwtkey", "signing-key", "signingkey", "private-key", "default", "example", "sample", "12345678", "abcdefgh",
    ].map { Array($0.utf8) }

    func run(_ context: LintContext) {
        for key in context.document.keys {
            guard case .secret(let secret, _) = key.material, !secret.bytes.isEmpty,
                let weakness = Self.weakness(of: secret.bytes)
            else { continue }
            let value = context.member(key.name, of: "keys")?.value
            let place = (value?["secret"] ?? value?["secretFile"])?.range ?? key.span.range
            context.report(
                Self.rule, place, "the secret can be guessed", label: weakness.rawValue,
                help: "make one with: openssl rand -base64 48",
                note: "one token is enough to try secrets without anybody noticing")
        }
    }

    private static func weakness(of secret: [UInt8]) -> Weakness? {
        if hasPeriod(secret) { return .repeated }
        if isSequence(secret) { return .sequence }
        // Random bytes or random base64 of 32 have about 28; hexadecimal digits have 16 at most and about 14.
        if secret.count >= 16, Set(secret).count < 8 { return .fewCharacters }
        let lower = secret.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return words.contains { holds(lower, $0) } ? .word : nil
    }

    /// Whether the whole secret repeats a beginning of less than 16 bytes.
    private static func hasPeriod(_ secret: [UInt8]) -> Bool {
        guard secret.count > 2 else { return false }
        return (1..<min(16, secret.count / 2 + 1)).contains { length in
            (length..<secret.count).allSatisfy { secret[$0] == secret[$0 - length] }
        }
    }

    private static func isSequence(_ secret: [UInt8]) -> Bool {
        guard secret.count > 3 else { return false }
        return secret.indices.dropFirst().allSatisfy { secret[$0] == secret[$0 - 1] &+ 1 }
    }

    private static func holds(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
    }
}
