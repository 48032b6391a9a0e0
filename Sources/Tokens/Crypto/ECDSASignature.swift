/// The two numbers of an ECDSA signature: fixed width in tokens (RFC 7518 §3.4), DER in libcrypto (RFC 3279 §2.2.3).
enum ECDSASignature {
    /// The DER form of r and s as they stand in a token; nil when the width is wrong or a number is not in 1..<n.
    static func der(_ signature: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        let size = curve.size
        guard signature.count == 2 * size else { return nil }
        let order = curve.order
        guard isInRange(signature, 0, order), isInRange(signature, size, order) else { return nil }
        let r = integer(signature, 0..<size)
        let s = integer(signature, size..<2 * size)
        let length = r.length + s.length + 4
        var out: [UInt8] = []
        out.reserveCapacity(length + 3)
        out.append(0x30)
        // P-521 needs one length octet more than the short form has.
        if length > 127 { out.append(0x81) }
        out.append(UInt8(truncatingIfNeeded: length))
        append(signature, r, to: &out)
        append(signature, s, to: &out)
        return out
    }

    /// The fixed-width form of what libcrypto made; nil when that is not such a signature.
    static func fixedWidth(_ der: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        var index = 0
        func byte() -> UInt8? {
            guard index < der.count else { return nil }
            defer { index += 1 }
            return der[index]
        }
        guard byte() == 0x30, var length = byte() else { return nil }
        if length == 0x81 {
            guard let long = byte() else { return nil }
            length = long
        }
        guard index + Int(length) == der.count else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(2 * curve.size)
        for _ in 0..<2 {
            guard byte() == 0x02, let count = byte(), index + Int(count) <= der.count else { return nil }
            let digits = der[index..<index + Int(count)].drop { $0 == 0 }
            index += Int(count)
            guard digits.count <= curve.size else { return nil }
            out.append(contentsOf: repeatElement(0, count: curve.size - digits.count))
            out.append(contentsOf: digits)
        }
        return index == der.count ? out : nil
    }

    /// 0 < number < order, octet by octet from the top.
    private static func isInRange(_ bytes: [UInt8], _ start: Int, _ order: [UInt8]) -> Bool {
        var isZero = true
        for index in order.indices where bytes[start + index] != 0 {
            isZero = false
            break
        }
        if isZero { return false }
        for index in order.indices where bytes[start + index] != order[index] {
            return bytes[start + index] < order[index]
        }
        return false
    }

    private struct Number {
        /// Without leading zeros.
        let digits: Range<Int>
        /// A zero in front keeps the number from being negative.
        let needsZero: Bool
        var length: Int { digits.count + (needsZero ? 1 : 0) }
    }

    private static func integer(_ bytes: [UInt8], _ range: Range<Int>) -> Number {
        var start = range.lowerBound
        while start + 1 < range.upperBound, bytes[start] == 0 { start += 1 }
        return Number(digits: start..<range.upperBound, needsZero: bytes[start] & 0x80 != 0)
    }

    private static func append(_ bytes: [UInt8], _ number: Number, to out: inout [UInt8]) {
        out.append(0x02)
        out.append(UInt8(truncatingIfNeeded: number.length))
        if number.needsZero { out.append(0) }
        out.append(contentsOf: bytes[number.digits])
    }
}
