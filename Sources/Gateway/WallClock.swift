import EventLoop
package import Tokens

/// Tells the date: tokens and logs follow the wall clock, timers never do.
package protocol WallClock: Sendable {
    func now() -> WallTime
}

/// The system's clock.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> WallTime {
        let (seconds, nanoseconds) = WallReading.now()
        return WallTime(seconds: seconds, nanoseconds: nanoseconds)
    }
}
