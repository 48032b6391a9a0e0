import Gateway
import Tokens

/// Moments and spans of time as recordings write them.
enum Moment {
    /// `2026-11-21T12:02:12.090Z` with so many digits behind the point, at most nine.
    static func text(_ time: WallTime, digits: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(32)
        Timestamp.append(time.seconds, nanoseconds: time.nanoseconds, digits: digits, to: &out)
        return out
    }

    /// Milliseconds with three digits behind the point, as a JSON number.
    static func milliseconds(_ nanoseconds: UInt64) -> [UInt8] {
        let micros = nanoseconds / 1000
        var out = Array(String(micros / 1000).utf8)
        if micros % 1000 > 0 {
            out.append(UInt8(ascii: "."))
            pad(Int(micros % 1000), 3, &out)
        }
        return out
    }

    /// The moment of an RFC 3339 text, such as HAR files have: with any fraction and any offset. Nil for anything else.
    static func parse(_ text: [UInt8]) -> WallTime? {
        var reader = DigitReader(text[...])
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
            let second = reader.number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60, year >= 1
        else { return nil }
        let fraction = reader.skip(".") ? reader.fraction() : 0
        guard let fraction, let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        return WallTime(seconds: seconds, nanoseconds: UInt32(fraction))
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    static func days(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March, so that the leap day is the last one.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func pad(_ value: Int, _ digits: Int, _ out: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            out.append(0x30 &+ UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}

/// Reads numbers of fixed width.
struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for byte in rest.prefix(digits) {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        rest = rest.dropFirst(digits)
        return value
    }

    /// Nanoseconds; digits behind the ninth are passed over.
    mutating func fraction() -> Int? {
        var value = 0
        var digits = 0
        while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
            if digits < 9 { value = value * 10 + Int(byte - 0x30) }
            digits += 1
            rest.removeFirst()
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 9)..<9 { value *= 10 }
        return value
    }

    /// Seconds east of Greenwich.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let isEast = rest.first == UInt8(ascii: "+")
        guard skip("+") || skip("-"), let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return (isEast ? 1 : -1) * (hours * 3600 + minutes * 60)
    }
}
