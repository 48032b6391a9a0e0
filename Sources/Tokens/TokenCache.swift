/// One worker's memory of tokens that were found good, so that a token in use is not verified again and again.
///
/// Only successes are kept. An entry answers for exactly the same octets, under the same policy and the same key
/// generation, and only while the token's times hold by the clock of the question. Entries and bytes are bounded, and
/// tokens that come once cannot push out tokens in use. Not `Sendable`: each worker has its own.
package final class TokenCache<Value> {
    private var state: TokenCacheState
    private var values: [Value?] = []

    /// - Parameter seed: random, so that nobody outside can make tokens collide.
    package init(limits: TokenCacheLimits = .standard, seed: (UInt64, UInt64)) {
        state = TokenCacheState(limits: limits, seed: seed)
    }

    /// What was kept for this token; nil means that it must be verified.
    ///
    /// - Parameters:
    ///   - policy: stands for the rules and the source of the keys.
    ///   - generation: of the keys in force now.
    package func value(
        for token: Span<UInt8>, policy: PolicyID, generation: UInt64, at now: WallTime
    ) -> Value? {
        let slot = state.find(token, policy, generation, now.value)
        if slot >= 0 { return values[slot] }
        letGo()
        return nil
    }

    package func value(
        for token: [UInt8], policy: PolicyID, generation: UInt64, at now: WallTime
    ) -> Value? {
        value(for: token.span, policy: policy, generation: generation, at: now)
    }

    package func value(
        for token: ArraySlice<UInt8>, policy: PolicyID, generation: UInt64, at now: WallTime
    ) -> Value? {
        value(for: token.span, policy: policy, generation: generation, at: now)
    }

    /// Keeps a value for a token that has just been verified under this policy.
    ///
    /// - Parameter valueBytes: what the value occupies, as far as the owner can tell.
    package func insert(
        _ value: Value, for token: VerifiedToken, policy: PolicyID, at now: WallTime, valueBytes: Int = 512
    ) {
        let slot = state.insert(
            token.bytes, policy, token.keyGeneration, from: token.validFrom, until: token.validUntil, now: now.value,
            valueBytes: valueBytes)
        letGo()
        if slot < 0 { return }
        while values.count <= slot { values.append(nil) }
        values[slot] = value
    }

    /// Releases the values of entries that are gone.
    private func letGo() {
        while let freed = state.takeFreedSlot() {
            if freed < values.count { values[freed] = nil }
        }
    }

    /// Forgets everything, for example when the configuration was replaced.
    package func removeAll() {
        state.removeAll()
        letGo()
    }

    package var count: Int { state.count }
    package var byteCount: Int { state.byteCount }
    package var statistics: TokenCacheStatistics { state.statistics }
}

/// A number that stands for one set of rules together with one source of keys.
///
/// Whoever builds a snapshot gives every such pair its own number and never uses a number for another pair, so that a
/// token accepted under one policy is never taken for one accepted under another.
package struct PolicyID: Sendable, Hashable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// The bounds of a ``TokenCache``.
package struct TokenCacheLimits: Sendable, Hashable {
    package var entries = 10_000
    /// Tokens and values together.
    package var bytes = 32 << 20
    /// Longer tokens are verified each time.
    package var tokenBytes = 8192
    /// Seconds until a token is verified again although its times still hold.
    package var lifetime = 60.0
    /// Seconds that the clock may go back before everything is forgotten.
    package var clockTolerance = 1.0

    package static let standard = TokenCacheLimits()

    package init() {}
}

/// Counts since the cache was made.
package struct TokenCacheStatistics: Sendable, Hashable {
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    package var evictions: UInt64 = 0
    /// How often the clock went back and everything was forgotten.
    package var clears: UInt64 = 0
}
