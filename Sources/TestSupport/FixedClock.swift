import Gateway
import Synchronization
package import Tokens

/// A clock that stands still until a test moves it.
package final class FixedClock: WallClock {
    private let time: Mutex<WallTime>

    /// 2025-10-09T08:53:20Z unless told otherwise.
    package init(seconds: Int64 = 1_760_000_000) {
        time = Mutex(WallTime(seconds: seconds))
    }

    package func now() -> WallTime { time.withLock { $0 } }

    package var seconds: Int64 { now().seconds }

    package var uptime: Double {
        let time = now()
        return Double(time.seconds) + Double(time.nanoseconds) / 1e9
    }

    package func advance(seconds: Int64) { time.withLock { $0.seconds += seconds } }
}
