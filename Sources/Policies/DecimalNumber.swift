/// An exact decimal number as the numeric condition operators compare it: no rounding, no limit on digits.
package struct DecimalNumber: Sendable, Hashable {
    /// Zero is never negative.
    let isNegative: Bool
    /// Place of the decimal point, counted from before the first digit: 12.5 is the digits 125 with 2.
    let exponent: Int
    /// Digits 0 to 9 without leading or trailing zeros; empty for zero.
    let digits: [UInt8]

    /// Reads `-12.50`, `+3`, `.5`, `1e3`, with blanks around; nil for anything else, also infinities.
    package init?(_ text: [UInt8]) {
        var bytes = text[...]
        while let first = bytes.first, DecimalNumber.isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, DecimalNumber.isBlank(last) { bytes.removeLast() }
        var negative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var collected: [UInt8] = []
        var point: Int?
        var shift = 0
        scan: while let byte = bytes.popFirst() {
            switch byte {
            case 0x30...0x39: collected.append(byte - 0x30)
            case UInt8(ascii: ".") where point == nil: point = collected.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let value = DecimalNumber.exponent(bytes) else { return nil }
                shift = value
                break scan
            default: return nil
            }
        }
        guard !collected.isEmpty else { return nil }
        var place = (point ?? collected.count) + shift
        let leading = collected.prefix { $0 == 0 }.count
        collected.removeFirst(leading)
        place -= leading
        while collected.last == 0 { collected.removeLast() }
        digits = collected
        exponent = collected.isEmpty ? 0 : place
        isNegative = negative && !collected.isEmpty
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// Nine digits are more than any real number needs and cannot overflow.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int? {
        var bytes = text
        var negative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return negative ? -value : value
    }
}

extension DecimalNumber: Comparable {
    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.magnitudeIsLess(than: left) : left.magnitudeIsLess(than: right)
    }

    private func magnitudeIsLess(than other: DecimalNumber) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if exponent != other.exponent { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
