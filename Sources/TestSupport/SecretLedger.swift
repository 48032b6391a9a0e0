import Foundation
import Synchronization

/// Everything that the suite uses and that nothing it prints may hold: tokens, signatures, payloads, secrets, and the
/// values of claims other than the subject.
package enum SecretLedger {
    private static let secrets = Mutex<[[UInt8]: String]>([:])

    /// Pieces under eight bytes would be found by chance.
    package static func note(_ secret: [UInt8], as kind: String) {
        if secret.count >= 8 { secrets.withLock { $0[secret] = kind } }
    }

    package static func note(_ secret: String, as kind: String) { note(Array(secret.utf8), as: kind) }

    /// A token, its payload and its signature each on their own.
    package static func note(token: [UInt8]) {
        note(token, as: "token")
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        note(Array(parts[1]), as: "payload")
        note(Array(parts[2]), as: "signature")
    }

    package static var count: Int { secrets.withLock { $0.count } }

    /// What of all that stands in `text`, by kind.
    package static func found(in text: [UInt8]) -> [String] {
        let text = Data(text)
        return secrets.withLock { secrets in
            secrets.filter { text.range(of: Data($0.key)) != nil }.map { secret in
                "\(secret.value) \(String(decoding: secret.key.prefix(12), as: UTF8.self))…"
            }
        }
    }
}
