/// A moment on the civil clock: seconds since 1970-01-01T00:00:00Z without leap seconds (RFC 7519 §2, NumericDate).
///
/// This module never reads a clock; whoever calls it says what time it is.
package struct WallTime: Sendable, Hashable, Comparable {
    package var seconds: Int64
    /// 0 to 999 999 999, always counted forwards.
    package var nanoseconds: UInt32

    package init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(nanoseconds, 999_999_999)
    }

    /// Seconds as a floating-point number, the form in which times are compared: it cannot overflow, and whole
    /// seconds are exact for the next 285 million years.
    package var value: Double { Double(seconds) + Double(nanoseconds) / 1e9 }

    package static func < (first: WallTime, second: WallTime) -> Bool {
        (first.seconds, first.nanoseconds) < (second.seconds, second.nanoseconds)
    }
}
