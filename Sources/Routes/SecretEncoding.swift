/// How the octets of a secret are written in the configuration.
package enum SecretEncoding: String, Sendable, CaseIterable {
    case raw
    case base64
    case base64url
    case hex

    /// Nil when the text is not of this encoding. Padding is optional in base64url and checked in base64.
    package func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        switch self {
        case .raw: Array(text)
        case .base64: Self.decodeBase64(text, plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"), isPadded: true)
        case .base64url: Self.decodeBase64(text, plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"), isPadded: false)
        case .hex: Self.decodeHex(text)
        }
    }

    private static func decodeHex(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 2)
        var high: UInt8?
        for byte in text {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            if let upper = high {
                out.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return out
    }

    private static func decodeBase64(
        _ text: ArraySlice<UInt8>, plus: UInt8, slash: UInt8, isPadded: Bool
    ) -> [UInt8]? {
        var body = text
        while body.last == UInt8(ascii: "="), text.count - body.count < 2 { body = body.dropLast() }
        let padding = text.count - body.count
        if isPadded || padding > 0 { guard text.count.isMultiple(of: 4) else { return nil } }
        guard body.count % 4 != 1 else { return nil }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in body {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case plus: digit = 62
            case slash: digit = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return bits == 0 ? out : nil
    }
}
