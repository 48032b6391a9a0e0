/// How many requests may pass: a steady rate, and how many at once.
package struct RateLimit: Sendable, Hashable {
    /// Millionths of a request a second, so that rates such as 0.2 are exact.
    package let microsPerSecond: UInt64
    /// Size of the bucket, in requests.
    package let burst: UInt64

    /// `rate` in requests a second, from 0 to a million and exact to six digits; `burst` from 0 to a billion. Values
    /// outside are taken as the nearest inside. A rate above 0 never becomes 0.
    package init(rate: Double, burst: Int) {
        microsPerSecond = rate > 0 ? max(1, UInt64((min(rate, 1_000_000) * 1_000_000).rounded())) : 0
        self.burst = UInt64(min(max(burst, 0), 1_000_000_000))
    }
}
