internal import Documents

/// The member names of headers and claims that this module reads, as numbers: a 1 and then the octets.
///
/// The leading 1 keeps names of different length apart, so that a name with a NUL in front is another number.
enum ShortName: UInt64 {
    case alg = 0x01_61_6C_67
    case kid = 0x01_6B_69_64
    case typ = 0x01_74_79_70
    case b64 = 0x01_62_36_34
    case crit = 0x01_63_72_69_74
    case iss = 0x01_69_73_73
    case sub = 0x01_73_75_62
    case aud = 0x01_61_75_64
    case exp = 0x01_65_78_70
    case nbf = 0x01_6E_62_66
    case iat = 0x01_69_61_74
    case jti = 0x01_6A_74_69
    case scp = 0x01_73_63_70
    case scope = 0x01_73_63_6F_70_65

    /// The name of a member; nil when it is none of these.
    init?(_ document: JSONDocument, _ key: JSONDocument.Position) {
        let word: UInt64?
        if document.isEscaped(at: key) {
            word = Self.word(document.value(at: key).utf8 ?? [])
        } else {
            let range = document.content(at: key)
            guard range.count <= 7 else { return nil }
            let bytes = document.bytes
            var all: UInt64 = 1
            for index in range { all = all << 8 | UInt64(bytes[index]) }
            word = all
        }
        guard let word else { return nil }
        self.init(rawValue: word)
    }

    private static func word(_ octets: [UInt8]) -> UInt64? {
        guard octets.count <= 7 else { return nil }
        return octets.reduce(1) { $0 << 8 | UInt64($1) }
    }
}

extension JSONValue {
    /// True when this is a string of exactly these octets; the common case of a string without escapes is compared in
    /// place.
    func isString(_ octets: [UInt8]) -> Bool {
        guard kind == .string else { return false }
        let range = range
        let start = range.lowerBound + 1
        let bytes = document.bytes
        let length = range.count - 2
        if length > octets.count {
            // Only an escape can make the text longer than what it spells.
            return bytes[start..<range.upperBound - 1].contains(0x5C) && utf8 == octets
        }
        guard length == octets.count else { return false }
        for index in octets.indices where bytes[start + index] != octets[index] { return false }
        // Text with an escape spells something shorter than itself.
        return !octets.contains(0x5C)
    }

    /// The string's octets, or those of every string in an array; nil for anything else.
    var stringOrStrings: [[UInt8]]? {
        if let single = utf8 { return [single] }
        guard kind == .array else { return nil }
        var all: [[UInt8]] = []
        all.reserveCapacity(count)
        for element in elements {
            guard let octets = element.utf8 else { return nil }
            all.append(octets)
        }
        return all
    }

    /// True when ``stringOrStrings`` would not be nil.
    var isStringOrStrings: Bool {
        if kind == .string { return true }
        return kind == .array && elements.allSatisfy { $0.kind == .string }
    }
}
