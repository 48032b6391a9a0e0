import Tokens

/// Stands for values that a recording must not hold: the same value gives the same name under the same salt, and the
/// name tells nothing without it.
struct Pseudonyms: Sendable {
    private let hash: KeyedHash
    /// Tells the salts of projects apart, and nothing else about them.
    let saltID: [UInt8]

    init(salt: [UInt8]) {
        hash = KeyedHash(secret: salt)
        saltID = Hexadecimal.digits(hash.code(Array("gatehouse salt id".utf8)).prefix(4))
    }

    /// `h:` and 16 digits, in place of cookies, API keys and other opaque secrets.
    func opaque(_ secret: some Collection<UInt8>) -> [UInt8] { Array("h:".utf8) + digits("secret", secret, octets: 8) }

    /// 16 digits that name something without a format of its own, such as a token or a configuration.
    func fingerprint(_ value: some Collection<UInt8>, of kind: String) -> [UInt8] { digits(kind, value, octets: 8) }

    /// A value of the same format: an address keeps its domain, a telephone number its punctuation, a date is a date.
    func personal(_ value: [UInt8]) -> [UInt8] {
        let code = code("person", value)
        let name = Array("p-".utf8) + Hexadecimal.digits(code.prefix(5))
        if let at = Self.separator(ofAddress: value) { return name + value[at...] }
        if Self.isDate(value) { return Self.date(code) }
        if Self.isTelephoneNumber(value) { return Self.telephoneNumber(value, code) }
        for scheme in ["https://", "http://"] where value.starts(with: scheme.utf8) {
            let host = value.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            return Array(scheme.utf8) + host + [UInt8(ascii: "/")] + name
        }
        return name
    }

    /// A number with as many digits.
    func personal(number: some Collection<UInt8>) -> [UInt8] {
        let code = code("person", number)
        return number.enumerated().map { place, _ in
            let digit = code[place % code.count] % 10
            return UInt8(ascii: "0") + (place == 0 && digit == 0 ? 7 : digit)
        }
    }

    /// Octets for a network address.
    func address(_ value: [UInt8]) -> [UInt8] { code("address", value) }

    private func code(_ kind: String, _ value: some Collection<UInt8>) -> [UInt8] {
        hash.code(Array(kind.utf8) + [0] + value)
    }

    private func digits(_ kind: String, _ value: some Collection<UInt8>, octets: Int) -> [UInt8] {
        Hexadecimal.digits(code(kind, value).prefix(octets))
    }

    // MARK: Formats

    /// The place of the `@` when this is one address: one `@`, something before it, a host name behind it.
    static func separator(ofAddress value: [UInt8]) -> Int? {
        guard let at = value.firstIndex(of: UInt8(ascii: "@")), at > 0, at + 1 < value.count,
            value[(at + 1)...].allSatisfy({ ByteKind.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E })
        else { return nil }
        return at
    }

    private static func isDate(_ value: [UInt8]) -> Bool {
        value.count == 10
            && value.enumerated().allSatisfy { $0 == 4 || $0 == 7 ? $1 == 0x2D : $1 >= 0x30 && $1 <= 0x39 }
    }

    private static func date(_ code: [UInt8]) -> [UInt8] {
        func two(_ value: UInt8) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return Array("19\(two(30 + code[0] % 70))-\(two(1 + code[1] % 12))-\(two(1 + code[2] % 28))".utf8)
    }

    private static func isTelephoneNumber(_ value: [UInt8]) -> Bool {
        var digits = 0
        for byte in value {
            if byte >= 0x30 && byte <= 0x39 { digits += 1 } else if !"+-(). ".utf8.contains(byte) { return false }
        }
        return digits >= 6
    }

    private static func telephoneNumber(_ value: [UInt8], _ code: [UInt8]) -> [UInt8] {
        value.enumerated().map { place, byte in
            byte >= 0x30 && byte <= 0x39 ? UInt8(ascii: "0") + code[place % code.count] % 10 : byte
        }
    }
}

enum Hexadecimal {
    private static let alphabet = Array("0123456789abcdef".utf8)

    static func digits(_ octets: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for octet in octets {
            out.append(alphabet[Int(octet >> 4)])
            out.append(alphabet[Int(octet & 15)])
        }
        return out
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

/// What bytes are to the search for secrets.
enum ByteKind {
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        // Comparisons rather than a table: asked for every byte, a global would cost more than the answer.
        let lower = byte | 0x20
        return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7A)
    }

    /// The alphabet of base64url.
    static func isBase64URL(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x2D || byte == 0x5F }
    /// Both alphabets of base64, and their padding.
    static func isBase64(_ byte: UInt8) -> Bool {
        isBase64URL(byte) || byte == 0x2B || byte == 0x2F || byte == 0x3D
    }
    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
