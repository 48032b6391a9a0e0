import Glibc

/// Processor time of this process, so that what else the machine does counts less.
enum Stopwatch {
    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// Nanoseconds of one call, the mean over `count`.
    static func nanoseconds(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = now()
        for _ in 0..<count { try body() }
        return (now() - start) / Double(count)
    }
}

/// The least of several rounds: noise only ever adds.
struct Least {
    private(set) var value = Double.infinity

    mutating func add(_ other: Double) { value = min(value, other) }

    var text: String { Figure.text(value) }
}

enum Figure {
    /// Nanoseconds, with micro- and milliseconds where they read better.
    static func text(_ nanoseconds: Double) -> String {
        if nanoseconds < 1000 { return "\(Int(nanoseconds.rounded())) ns" }
        if nanoseconds < 1_000_000 { return "\(rounded(nanoseconds / 1000)) us" }
        return "\(rounded(nanoseconds / 1_000_000)) ms"
    }

    static func rounded(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}
