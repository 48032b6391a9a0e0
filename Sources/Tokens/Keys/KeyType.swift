/// The `kty` of a JWK (RFC 7518 §6.1, RFC 8037 §2).
package enum KeyType: String, Sendable, Hashable, CaseIterable {
    case rsa = "RSA"
    case ec = "EC"
    case okp = "OKP"
    case oct

    init?(octets: [UInt8]) {
        guard let found = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(octets) }) else { return nil }
        self = found
    }
}
