extension TokenError {
    /// A time claim that failed, against the clock.
    package struct Timing: Sendable, Hashable {
        /// `exp`, `nbf` or `iat`.
        package let name: String
        /// Seconds since 1970.
        package let claim: Double
        package let now: Double
        /// Seconds of clock skew or age that were granted.
        package let allowance: Double

        /// `exp 23 h 2 min ago`, `nbf in 5 min`.
        package var text: String {
            let distance = TimeText.span(abs(now - claim))
            return claim <= now ? "\(name) \(distance) ago" : "\(name) in \(distance)"
        }
    }

    /// Present when a time claim of an authenticated token was the reason, so that it may be logged: the signature is
    /// checked before any time.
    package var timing: Timing? {
        guard case .time(let claim, let now, let allowance) = detail, let claimName else { return nil }
        return Timing(name: claimName, claim: claim, now: now, allowance: allowance)
    }
}

/// Spans of time for people.
package enum TimeText {
    /// `1 h 30 min`; two units at most.
    package static func span(_ seconds: Double) -> String { CivilTime.span(seconds) }
}
