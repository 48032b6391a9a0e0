/// The IMF-fixdate of RFC 9110 §5.6.7, remade once a second.
package struct HTTPDate {
    private var second = Int64.min
    private var text: [UInt8] = []

    package init() {}

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for seconds since 1970.
    package mutating func bytes(at seconds: Int64) -> [UInt8] {
        if seconds != second {
            second = seconds
            text = Self.format(seconds)
        }
        return text
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"].map { Array($0.utf8) }
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map { Array($0.utf8) }

    static func format(_ seconds: Int64) -> [UInt8] {
        let date = CivilTime(secondsSince1970: seconds)
        var out: [UInt8] = []
        out.reserveCapacity(29)
        out += days[date.dayOfWeek]
        out += [UInt8(ascii: ","), 0x20]
        append2(date.day, to: &out)
        out.append(0x20)
        out += months[date.month - 1]
        out.append(0x20)
        append2(date.year / 100, to: &out)
        append2(date.year % 100, to: &out)
        out.append(0x20)
        append2(date.hour, to: &out)
        out.append(UInt8(ascii: ":"))
        append2(date.minute, to: &out)
        out.append(UInt8(ascii: ":"))
        append2(date.second, to: &out)
        out += Array(" GMT".utf8)
        return out
    }

    private static func append2(_ value: Int, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10))
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }
}
