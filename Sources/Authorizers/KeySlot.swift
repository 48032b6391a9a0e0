import Synchronization
package import Tokens

/// Fetches key sets over the network. Implemented outside, so that authorizers need no socket.
package protocol KeyFetcher: Sendable {
    /// Starts one fetch and returns at once; the outcome comes through ``KeySlot/fetched(_:lifetime:at:jitter:)`` or
    /// ``KeySlot/failed(_:at:jitter:)``. Called from any thread.
    func fetch(_ slot: KeySlot)
}

/// The keys of one entry of `keys` as they are now: fixed, replaced when their file changes, or fetched.
///
/// Shared by all workers. Reading is one atomic number and, when that has changed, one short lock.
package final class KeySlot: Sendable {
    /// What a request that lacks a key may do.
    package enum Answer: Sendable, Hashable {
        /// Wait; the closure given will be called.
        case wait
        /// The key cannot be had.
        case refuse
    }

    private struct State {
        var keys: KeySet?
        var cache: KeyCacheState?
        var waiting: [@Sendable () -> Void] = []
        var problem: String?
        /// The text of the set in force: an unchanged answer changes nothing.
        var text: [UInt8] = []
    }

    package let name: String
    package let isRemote: Bool
    private let state: Mutex<State>
    private let counter: Atomic<UInt64>
    private let fetcher: (any KeyFetcher)?

    /// Requests that may wait for one slot at the same time.
    private static let waitingLimit = 1000

    /// Keys that are here already.
    package init(name: String, keys: KeySet) {
        self.name = name
        isRemote = false
        fetcher = nil
        state = Mutex(State(keys: keys))
        counter = Atomic(1)
    }

    /// Keys that are fetched; there are none before the first fetch has ended.
    package init(name: String, settings: KeyCacheState.Settings, fetcher: any KeyFetcher) {
        self.name = name
        isRemote = true
        self.fetcher = fetcher
        state = Mutex(State(cache: KeyCacheState(settings: settings)))
        counter = Atomic(1)
    }

    // MARK: Reading

    /// Grows whenever the keys have changed or have become unavailable.
    package var generation: UInt64 { counter.load(ordering: .acquiring) }

    /// The keys in force; nil when there are none that may be used.
    package var keys: KeySet? { state.withLock { $0.keys } }

    /// Why the last fetch failed, for the owner; nil after a good one.
    package var problem: String? { state.withLock { $0.problem } }

    /// Whether a token verified by a key of this id (or without one) may have been verified by a key from here.
    package func holds(keyID: [UInt8]?) -> Bool {
        state.withLock { $0.keys?.records.contains { $0.keyID == keyID } ?? false }
    }

    // MARK: Changing

    /// Puts other keys in force, for a file that has changed.
    package func replace(with keys: KeySet) {
        state.withLock { $0.keys = keys }
        counter.add(1, ordering: .releasing)
    }

    /// When ``tick(at:)`` is due, in seconds of the same clock; nil when nothing is to be done.
    package var nextTick: Double? { state.withLock { $0.cache?.nextTick } }

    /// Starts a background fetch that is due, and withdraws keys that have grown too old.
    package func tick(at now: Double) {
        let (fetches, withdrawn) = state.withLock { state in
            let fetches = state.cache?.tick(at: now) ?? false
            guard let cache = state.cache, state.keys != nil, case .unavailable = cache.availability(at: now) else {
                return (fetches, false)
            }
            state.keys = nil
            return (fetches, true)
        }
        if withdrawn { counter.add(1, ordering: .releasing) }
        if fetches { fetcher?.fetch(self) }
    }

    /// A request lacks a key: `keyID` is what its token names, nil when nothing has been loaded yet.
    package func request(
        _ keyID: [UInt8]?, at now: Double, then continuation: @escaping @Sendable () -> Void
    ) -> Answer {
        guard isRemote else { return .refuse }
        let (answer, fetches) = state.withLock { state in
            guard state.waiting.count < Self.waitingLimit, var cache = state.cache else {
                return (Answer.refuse, false)
            }
            // Before anything was loaded the first fetch is under way or has failed; only the former is worth a wait.
            let missed = cache.missed(keyID, at: now)
            state.cache = cache
            guard missed != .refuse else { return (.refuse, false) }
            state.waiting.append(continuation)
            return (.wait, missed == .fetch)
        }
        if fetches { fetcher?.fetch(self) }
        return answer
    }

    /// The key id is unknown even after the fetch that it asked for.
    package func stillMissing(_ keyID: [UInt8], at now: Double) {
        state.withLock { $0.cache?.stillMissing(keyID, at: now) }
    }

    /// A key set has arrived. `lifetime` is what its answer said, in seconds; `jitter` lies between 0 and 1.
    package func fetched(_ json: [UInt8], lifetime: Double?, at now: Double, jitter: Double) {
        let set: KeySet
        do throws(KeyError) {
            set = try KeySet(jwks: json)
        } catch {
            return failed("the key set is malformed: \(error.description)", at: now, jitter: jitter)
        }
        // A set from the network never holds secrets that tokens are verified with.
        let safe = KeySet(records: set.records.filter { $0.type != .oct }, skipped: set.skipped)
        let (waiting, changed) = state.withLock { state in
            let accepted = state.cache?.succeeded(safe, lifetime: lifetime, at: now, jitter: jitter)
            let changed = accepted != nil && (state.text != json || state.keys == nil)
            if let accepted, changed {
                state.keys = accepted
                state.text = json
            }
            state.problem = accepted == nil ? "the key set holds no usable key" : nil
            let waiting = state.waiting
            state.waiting = []
            return (waiting, changed)
        }
        if changed { counter.add(1, ordering: .releasing) }
        for continuation in waiting { continuation() }
    }

    package func failed(_ problem: String, at now: Double, jitter: Double) {
        let waiting = state.withLock { state in
            state.cache?.failed(at: now, jitter: jitter)
            state.problem = problem
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for continuation in waiting { continuation() }
    }
}
