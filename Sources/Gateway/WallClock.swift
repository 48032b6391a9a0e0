import EventLoop
package import Tokens

/// Tells the date: tokens and logs follow the wall clock, timers never do.
package protocol WallClock: Sendable {
    func now() -> WallTime
    /// Seconds of a clock that nobody sets and that only goes forward, for how long results are kept.
    var uptime: Double { get }
}

/// The system's clock.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> WallTime {
        let (seconds, nanoseconds) = WallReading.now()
        return WallTime(seconds: seconds, nanoseconds: nanoseconds)
    }

    package var uptime: Double { Double(MonotonicTime.now().nanoseconds) / 1e9 }
}
