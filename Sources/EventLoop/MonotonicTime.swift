import CPlatform

/// A point on the monotonic clock, in nanoseconds since an arbitrary start. Deadlines are values of this type, so
/// that a step of the wall clock moves no timer.
package struct MonotonicTime: Sendable, Hashable, Comparable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    package static func now() -> MonotonicTime { MonotonicTime(nanoseconds: gh_monotonic_nanoseconds()) }

    /// Never reached.
    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    package func advanced(milliseconds: Int) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(max(0, milliseconds)) &* 1_000_000)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    package func advanced(nanoseconds more: UInt64) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(more)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    /// Nanoseconds from `earlier` to this point, 0 when it lies before.
    package func since(_ earlier: MonotonicTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }

    package static func < (first: MonotonicTime, second: MonotonicTime) -> Bool {
        first.nanoseconds < second.nanoseconds
    }
}
