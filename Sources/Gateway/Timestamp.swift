import HTTP

/// The times of log lines: the part down to the second is made once for all lines of that second.
struct SecondText {
    private var second = Int64.min
    /// `{"ts":"2026-11-21T12:00:00.`
    private var text: [UInt8] = []

    /// Makes the text for a second, unless it stands there already.
    mutating func turn(to seconds: Int64) {
        guard seconds != second else { return }
        second = seconds
        text = Array("{\"ts\":\"".utf8)
        Timestamp.append(seconds, nanoseconds: 0, to: &text)
        // Without the digits and the letter at the end.
        text.removeLast(4)
    }

    /// The beginning of a JSON line, as ``Timestamp/append(_:nanoseconds:digits:to:)`` would write the time with three
    /// digits.
    func put(_ nanoseconds: UInt32, to room: inout ByteRoom) {
        room.put(text.span)
        room.put(threeDigitsOf: UInt64(nanoseconds / 1_000_000))
        room.put(UInt8(ascii: "Z"))
    }
}

/// Times in UTC, as logs, policies and recordings show them.
package enum Timestamp {
    /// `2026-11-21T12:00:00.123Z`, with so many digits behind the point: one to nine.
    package static func append(_ seconds: Int64, nanoseconds: UInt32, digits: Int = 3, to out: inout [UInt8]) {
        let time = CivilTime(secondsSince1970: seconds)
        pad(time.year, 4, &out)
        out.append(UInt8(ascii: "-"))
        pad(time.month, 2, &out)
        out.append(UInt8(ascii: "-"))
        pad(time.day, 2, &out)
        out.append(UInt8(ascii: "T"))
        append(time, nanoseconds, digits, to: &out)
        out.append(UInt8(ascii: "Z"))
    }

    /// `12:02:11.412`
    package static func appendTime(_ seconds: Int64, nanoseconds: UInt32, to out: inout [UInt8]) {
        append(CivilTime(secondsSince1970: seconds), nanoseconds, 3, to: &out)
    }

    private static func append(_ time: CivilTime, _ nanoseconds: UInt32, _ digits: Int, to out: inout [UInt8]) {
        pad(time.hour, 2, &out)
        out.append(UInt8(ascii: ":"))
        pad(time.minute, 2, &out)
        out.append(UInt8(ascii: ":"))
        pad(time.second, 2, &out)
        out.append(UInt8(ascii: "."))
        var fraction = Int(nanoseconds)
        for _ in digits..<9 { fraction /= 10 }
        pad(fraction, digits, &out)
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
