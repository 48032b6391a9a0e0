/// A UTC date and time taken apart; the proleptic Gregorian calendar.
package struct CivilTime: Sendable, Hashable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    /// 0 is Thursday, the day of 1 January 1970.
    package var dayOfWeek: Int

    package init(secondsSince1970 seconds: Int64) {
        // Far outside any real clock the arithmetic is kept from overflowing by clamping to years 0 to 9999.
        let clamped = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = Int(clamped >= 0 ? clamped / 86_400 : -((86_399 - clamped) / 86_400))
        let rest = Int(clamped) - days * 86_400
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        dayOfWeek = ((days % 7) + 7) % 7
        // Days are counted from 1 March of year 0, so that the leap day ends a year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
