import Glibc

/// Processor time of this process, so that what else the machine does counts less.
package enum Stopwatch {
    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// Nanoseconds of one call, the mean over `count`.
    package static func nanoseconds(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = now()
        for _ in 0..<count { try body() }
        return (now() - start) / Double(count)
    }
}

/// The least of several rounds: noise only ever adds.
package struct Least {
    package init() {}

    package private(set) var value = Double.infinity

    package mutating func add(_ other: Double) { value = min(value, other) }

    package var text: String { Figure.text(value) }
}

package enum Figure {
    /// Nanoseconds, with micro- and milliseconds where they read better.
    package static func text(_ nanoseconds: Double) -> String {
        if nanoseconds < 1000 { return "\(Int(nanoseconds.rounded())) ns" }
        if nanoseconds < 1_000_000 { return "\(rounded(nanoseconds / 1000)) us" }
        return "\(rounded(nanoseconds / 1_000_000)) ms"
    }

    package static func rounded(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    package static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}
