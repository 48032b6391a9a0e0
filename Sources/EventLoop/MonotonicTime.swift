import CPlatform

/// A point on the monotonic clock, in nanoseconds since an arbitrary start. Deadlines are values of this type, so
/// that a step of the wall clock moves no timer.
// Inlinable, because other modules count and compare with it at every step.
@usableFromInline
package struct MonotonicTime: Sendable, Hashable, Comparable {
    @usableFromInline package var nanoseconds: UInt64

    @inlinable package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    package static func now() -> MonotonicTime { MonotonicTime(nanoseconds: gh_monotonic_nanoseconds()) }

    /// Never reached.
    @inlinable package static var distantFuture: MonotonicTime { MonotonicTime(nanoseconds: .max) }

    @inlinable package func advanced(milliseconds: Int) -> MonotonicTime {
        let (more, overflow) = UInt64(max(0, milliseconds)).multipliedReportingOverflow(by: 1_000_000)
        return advanced(nanoseconds: overflow ? .max : more)
    }

    @inlinable package func advanced(nanoseconds more: UInt64) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(more)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    /// Nanoseconds from `earlier` to this point, 0 when it lies before.
    @inlinable package func since(_ earlier: MonotonicTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }

    @inlinable package static func == (first: MonotonicTime, second: MonotonicTime) -> Bool {
        first.nanoseconds == second.nanoseconds
    }

    @inlinable package static func < (first: MonotonicTime, second: MonotonicTime) -> Bool {
        first.nanoseconds < second.nanoseconds
    }
}

/// The system's wall clock.
package enum WallReading {
    /// Seconds since 1970 and nanoseconds of the second.
    package static func now() -> (seconds: Int64, nanoseconds: UInt32) {
        let total = gh_wall_nanoseconds()
        return (total / 1_000_000_000, UInt32(truncatingIfNeeded: total % 1_000_000_000))
    }
}
