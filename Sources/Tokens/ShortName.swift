internal import Documents

/// The member names of headers and claims that this module reads, in the form of ``JSONShortMember/name``.
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
        for index in octets.indices {
            let octet = octets[index]
            // Text with an escape spells something shorter than itself.
            if bytes[start + index] != octet || octet == 0x5C { return false }
        }
        return true
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
