internal import COpenSSL

/// libcrypto refused to work: out of memory, an algorithm that this build lacks, or a key it will not take.
///
/// A signature that does not match is not a failure but an answer.
package struct CryptoFailure: Error, Sendable, CustomStringConvertible {
    /// What was attempted, as a constant phrase: `importing an RSA key`.
    package let action: String
    /// libcrypto's own words, oldest first; they name functions and reasons, never data.
    package let reasons: [String]

    package var description: String {
        reasons.isEmpty ? "\(action) failed" : "\(action) failed: \(reasons.joined(separator: "; "))"
    }

    /// Takes everything out of this thread's error queue, so that the next caller does not find it.
    init(_ action: String) {
        self.action = action
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            // The queue is cleared in any case; more than a few lines help nobody.
            if reasons.count < 4, let text = unsafe ERR_reason_error_string(code) {
                unsafe reasons.append(String(cString: text))
            }
        }
        self.reasons = reasons
    }

    /// Forgets what libcrypto noted about a signature that did not match.
    static func clear() {
        ERR_clear_error()
    }
}
