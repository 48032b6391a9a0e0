import ArgumentParser
import Gateway
import Tokens

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A moment on the command line: `2026-11-21T12:00:00Z`, or seconds since 1970.
struct ClockArgument: ExpressibleByArgument {
    let time: WallTime

    init?(argument: String) {
        if let seconds = Int64(argument) {
            // Far beyond any calendar, and far from the end of the numbers that are added to it.
            guard seconds.magnitude < 1 << 50 else { return nil }
            time = WallTime(seconds: seconds)
            return
        }
        guard let date = Self.date(argument) else { return nil }
        let seconds = date.timeIntervalSince1970
        guard let whole = Int64(exactly: seconds.rounded(.down)) else { return nil }
        time = WallTime(seconds: whole)
    }

    private static func date(_ text: String) -> Date? {
        do { return try Date(text, strategy: .iso8601) } catch { return nil }
    }

    static var now: WallTime {
        let seconds = Date().timeIntervalSince1970
        let whole = seconds.rounded(.down)
        return WallTime(seconds: Int64(whole), nanoseconds: UInt32((seconds - whole) * 1e9))
    }
}

/// When a token ends: `+90s`, `+30m`, `+1h`, `+7d`, or a moment.
struct ExpirationArgument: ExpressibleByArgument {
    private enum Form {
        case span(Int64)
        case moment(Int64)
    }

    private let form: Form

    init?(argument: String) {
        guard let sign = argument.first, sign == "+" || sign == "-" else {
            guard let clock = ClockArgument(argument: argument) else { return nil }
            form = .moment(clock.time.seconds)
            return
        }
        let sizes: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last, let size = sizes[unit], let number = Int64(argument.dropFirst().dropLast()),
            number >= 0
        else { return nil }
        let (span, overflow) = number.multipliedReportingOverflow(by: size)
        guard !overflow, span < 1 << 40 else { return nil }
        form = .span(sign == "-" ? -span : span)
    }

    func seconds(from now: WallTime) -> Int64 {
        switch form {
        case .span(let span): now.seconds + span
        case .moment(let moment): moment
        }
    }
}
