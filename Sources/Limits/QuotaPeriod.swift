/// How long a quota lasts. Periods begin at midnight UTC: weeks on Sunday, months on their first day.
package enum QuotaPeriod: String, Sendable, Hashable, CaseIterable {
    case day = "DAY"
    case week = "WEEK"
    case month = "MONTH"

    private static let secondsPerDay: Int64 = 86_400

    /// The second (since 1970, UTC) at which the period begins that holds the moment.
    package func start(of seconds: Int64) -> Int64 {
        let day = Self.floor(seconds, Self.secondsPerDay)
        switch self {
        case .day: return day * Self.secondsPerDay
        // 1970 began on a Thursday, four days after a Sunday.
        case .week: return (Self.floor(day + 4, 7) * 7 - 4) * Self.secondsPerDay
        case .month: return (day - Self.dayOfMonth(day) + 1) * Self.secondsPerDay
        }
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// 1 to 31, of the proleptic Gregorian calendar. Years are counted from March, so that the leap day is their last.
    private static func dayOfMonth(_ day: Int64) -> Int64 {
        // Days since 1 March of year 0; eras of 400 years all have 146,097 days.
        let shifted = day + 719_468
        let dayOfEra = shifted - floor(shifted, 146_097) * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return dayOfYear - (153 * month + 2) / 5 + 1
    }
}
