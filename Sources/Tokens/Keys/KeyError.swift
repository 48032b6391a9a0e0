/// Why a key cannot be used; says which key and what is wrong with it, and never shows key material.
package struct KeyError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        /// The text is not what it should be.
        case malformed
        /// A kind of key, curve or algorithm that tokens are not verified with.
        case unsupported
        /// The key could be forged with or guessed.
        case weak
        /// A private key where a public one belongs, or the other way round.
        case wrongKind
        /// The text holds no key, or too many.
        case count
    }

    package let reason: Reason
    /// A constant sentence.
    package let problem: String
    /// `kid`, where the key has one.
    package var keyID: [UInt8]?
    /// Position in its key set, from 0.
    package var position: Int?

    package init(_ reason: Reason, _ problem: String, keyID: [UInt8]? = nil, position: Int? = nil) {
        self.reason = reason
        self.problem = problem
        self.keyID = keyID
        self.position = position
    }

    /// One line: `key 2, kid "a": the RSA modulus has fewer than 2048 bits`.
    package var description: String {
        var place: [String] = []
        if let position { place.append("key \(position + 1)") }
        if let keyID { place.append("kid \(TokenError.quoted(keyID))") }
        return place.isEmpty ? problem : "\(place.joined(separator: ", ")): \(problem)"
    }
}
