/// A point in time as the date condition operators compare it: the W3C profile of ISO 8601, or epoch seconds.
package struct PolicyInstant: Sendable, Hashable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    package let seconds: Int64
    /// The rest in units of 10^-18 seconds.
    let fraction: UInt64

    /// Reads `2026`, `2026-11`, `2026-11-21`, `2026-11-21T12:00Z`, `2026-11-21T12:00:00.5+01:00` (without a zone: UTC)
    /// and epoch seconds of five digits and more, with a sign and a fraction.
    package init?(_ text: [UInt8]) {
        var reader = Reader(bytes: text)
        if let epoch = PolicyInstant.epoch(text) {
            self = epoch
            return
        }
        guard let year = reader.number(4), year > 0 else { return nil }
        var month = 1
        var day = 1
        var clock = 0
        var fraction: UInt64 = 0
        if reader.take(UInt8(ascii: "-")) {
            guard let value = reader.number(2), value >= 1, value <= 12 else { return nil }
            month = value
            if reader.take(UInt8(ascii: "-")) {
                guard let value = reader.number(2), value >= 1, value <= PolicyInstant.days(in: month, of: year) else {
                    return nil
                }
                day = value
                if reader.take(UInt8(ascii: "T")) {
                    guard let hour = reader.number(2), hour <= 23, reader.take(UInt8(ascii: ":")),
                        let minute = reader.number(2), minute <= 59
                    else { return nil }
                    clock = hour * 3600 + minute * 60
                    if reader.take(UInt8(ascii: ":")) {
                        guard let second = reader.number(2), second <= 59 else { return nil }
                        clock += second
                        if reader.take(UInt8(ascii: ".")) {
                            guard let value = reader.fraction() else { return nil }
                            fraction = value
                        }
                    }
                    guard let offset = reader.zone() else { return nil }
                    clock -= offset
                }
            }
        }
        guard reader.isAtEnd else { return nil }
        seconds = Int64(PolicyInstant.dayNumber(year, month, day)) * 86400 + Int64(clock)
        self.fraction = fraction
    }

    private init(seconds: Int64, fraction: UInt64) {
        self.seconds = seconds
        self.fraction = fraction
    }

    private static func epoch(_ text: [UInt8]) -> PolicyInstant? {
        var reader = Reader(bytes: text)
        let negative = reader.take(UInt8(ascii: "-"))
        let digits = reader.digits()
        // Fewer digits are a year; more than eighteen do not fit and mean nothing.
        guard digits.count >= 5, digits.count <= 18 else { return nil }
        let whole = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        var fraction: UInt64 = 0
        if reader.take(UInt8(ascii: ".")) {
            guard let value = reader.fraction() else { return nil }
            fraction = value
        }
        guard reader.isAtEnd else { return nil }
        if !negative { return PolicyInstant(seconds: whole, fraction: fraction) }
        if fraction == 0 { return PolicyInstant(seconds: -whole, fraction: 0) }
        return PolicyInstant(seconds: -whole - 1, fraction: Reader.unit - fraction)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar; years count from March so that leap days come last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        return shifted * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1 - 719_468
    }

    private struct Reader {
        static let unit: UInt64 = 1_000_000_000_000_000_000
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func digits() -> ArraySlice<UInt8> {
            let start = index
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
            return bytes[start..<index]
        }

        mutating func number(_ width: Int) -> Int? {
            guard index + width <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[index..<index + width] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += width
            return value
        }

        /// Up to eighteen digits after the point; further ones must be zeros.
        mutating func fraction() -> UInt64? {
            let digits = digits()
            guard !digits.isEmpty, digits.dropFirst(18).allSatisfy({ $0 == 0x30 }) else { return nil }
            var value: UInt64 = 0
            for place in 0..<18 {
                let digit = place < digits.count ? digits[digits.startIndex + place] - 0x30 : 0
                value = value * 10 + UInt64(digit)
            }
            return value
        }

        /// Seconds east of UTC.
        mutating func zone() -> Int? {
            if isAtEnd || take(UInt8(ascii: "Z")) { return 0 }
            let east = take(UInt8(ascii: "+"))
            guard east || take(UInt8(ascii: "-")), let hour = number(2), take(UInt8(ascii: ":")),
                let minute = number(2)
            else { return nil }
            let offset = hour * 3600 + minute * 60
            return east ? offset : -offset
        }
    }
}

extension PolicyInstant: Comparable {
    package static func < (left: PolicyInstant, right: PolicyInstant) -> Bool {
        left.seconds == right.seconds ? left.fraction < right.fraction : left.seconds < right.seconds
    }
}
