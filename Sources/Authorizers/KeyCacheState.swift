package import Tokens

/// The life of one key set that is fetched over the network, as a pure value: times and outcomes go in, decisions come
/// out. Times are seconds of a monotonic clock; randomness comes in as a number from 0 to 1.
///
/// | situation | what happens |
/// |---|---|
/// | nothing loaded yet | requests wait for the first fetch, a few seconds at most |
/// | a good set, not old | served; refreshed in the background at 80 % of its lifetime |
/// | a fetch fails | the good set stays; another try after 1, 2, 4 … 60 seconds |
/// | failing for longer than `maxStaleSeconds` | nothing is served: the keys are unavailable |
/// | a set without any usable key arrives | counts as a failure: it does not replace a good one |
/// | a token names a key that is not there | one fetch, then none before `cooldownSeconds` have passed, however many tokens come |
package struct KeyCacheState: Sendable {
    package struct Settings: Sendable, Hashable {
        /// Lifetime of a set whose answer does not say one.
        package var refreshSeconds: Double
        /// Between two fetches that unknown key ids ask for.
        package var cooldownSeconds: Double
        /// For how long the last good set is used while fetches fail.
        package var maxStaleSeconds: Double

        package init(refreshSeconds: Double = 600, cooldownSeconds: Double = 30, maxStaleSeconds: Double = 86_400) {
            self.refreshSeconds = refreshSeconds
            self.cooldownSeconds = cooldownSeconds
            self.maxStaleSeconds = maxStaleSeconds
        }
    }

    /// What a request can have now.
    package enum Availability: Sendable {
        case ready(KeySet)
        /// The first fetch is on its way.
        case loading
        /// There is no good set, or it has grown too old.
        case unavailable
    }

    /// What becomes of a token that names an unknown key.
    package enum Miss: Sendable, Hashable {
        /// Start a fetch, and wait for it.
        case fetch
        /// A fetch is on its way: wait for it.
        case wait
        /// No key of that name can be had now.
        case refuse
    }

    package let settings: Settings
    /// The last good set.
    package private(set) var keys: KeySet?
    package private(set) var isFetching = false
    /// When the good set arrived.
    package private(set) var loadedAt: Double?
    /// Fetches that failed since the last good one.
    package private(set) var failures = 0
    /// Fetches ever begun; for metrics and tests.
    package private(set) var fetches = 0
    private var nextFetch: Double = 0
    private var lastForced: Double?
    private var unknown: [[UInt8]: Double] = [:]
    private var generation: UInt64 = 0

    /// An answer's own lifetime counts within these limits.
    private static let lifetimeLimits = 60.0...3600.0
    /// Unknown key ids that are remembered, and for how long.
    private static let unknownLimit = 128
    private static let unknownSeconds = 60.0
    /// A first fetch that is to begin within this time is worth a request's wait.
    private static let patienceSeconds = 2.0

    package init(settings: Settings) {
        self.settings = settings
    }

    // MARK: Questions

    package func availability(at now: Double) -> Availability {
        if let keys, let loadedAt, now - loadedAt <= settings.maxStaleSeconds || failures == 0 { return .ready(keys) }
        return keys == nil && failures == 0 ? .loading : .unavailable
    }

    /// When ``tick(at:)`` should be called next; nil while a fetch is on its way.
    package var nextTick: Double? { isFetching ? nil : nextFetch }

    // MARK: Events

    /// True when a background fetch is due; the caller starts it.
    package mutating func tick(at now: Double) -> Bool {
        guard !isFetching, now >= nextFetch else { return false }
        begin()
        return true
    }

    /// A token that passed every check before its key names one that is not in the set.
    package mutating func missed(_ keyID: [UInt8]?, at now: Double) -> Miss {
        // Before the first set has come every key is unknown, and its fetch needs no further reason.
        if isFetching { return .wait }
        guard let keyID, keys != nil else { return nextFetch - now < Self.patienceSeconds ? .wait : .refuse }
        if let until = unknown[keyID], now < until { return .refuse }
        if let lastForced, now - lastForced < settings.cooldownSeconds { return .refuse }
        lastForced = now
        begin()
        return .fetch
    }

    /// The key id is still unknown after the fetch that it had asked for.
    package mutating func stillMissing(_ keyID: [UInt8], at now: Double) {
        if unknown.count >= Self.unknownLimit { unknown = unknown.filter { $0.value > now } }
        // A full memory of bad names only means that the cooldown alone protects the issuer.
        if unknown.count < Self.unknownLimit { unknown[keyID] = now + Self.unknownSeconds }
    }

    /// A set arrived. Returns it with its generation when it takes effect; nil when it holds no usable key.
    package mutating func succeeded(
        _ set: KeySet, lifetime: Double?, at now: Double, jitter: Double
    ) -> KeySet? {
        guard set.hasUsableKey else {
            failed(at: now, jitter: jitter)
            return nil
        }
        isFetching = false
        failures = 0
        loadedAt = now
        unknown = [:]
        let given = lifetime.map { min(max($0, Self.lifetimeLimits.lowerBound), Self.lifetimeLimits.upperBound) }
        let seconds = min(given ?? settings.refreshSeconds, max(settings.refreshSeconds, 1))
        // Ten percent of jitter, so that many gateways do not ask in step.
        nextFetch = now + seconds * 0.8 * (0.95 + 0.1 * jitter)
        generation += 1
        let numbered = set.withGeneration(generation)
        keys = numbered
        return numbered
    }

    package mutating func failed(at now: Double, jitter: Double) {
        isFetching = false
        failures += 1
        let seconds = min(60, Double(1 << min(failures - 1, 6)))
        nextFetch = now + seconds * (0.95 + 0.1 * jitter)
    }

    private mutating func begin() {
        isFetching = true
        fetches += 1
    }
}
