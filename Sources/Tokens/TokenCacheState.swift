/// The places and times of a ``TokenCache``, without its values.
///
/// Eviction is S3-FIFO: new entries stand in a short queue and reach the main queue only when they were used again;
/// what was pushed out of the short queue and comes back soon goes to the main queue at once. A flood of tokens that
/// come once therefore only passes through the short queue.
struct TokenCacheState {
    private struct Entry {
        var token: [UInt8] = []
        var hash: UInt64 = 0
        var policy = PolicyID(0)
        var generation: UInt64 = 0
        var from = 0.0
        var until = 0.0
        var bytes = 0
        /// Uses since the last look of the eviction, at most 3.
        var uses: UInt8 = 0
        var isFree = true
    }

    private let limits: TokenCacheLimits
    private let hasher: TokenHash
    private var entries: [Entry] = []
    private var freeSlots: [Int] = []
    private var freed: [Int] = []
    /// Open addressing with linear probing: slot + 1, or 0. Kept at most half full.
    private var table: [UInt32]
    private var mask: Int
    private var young = SlotQueue()
    private var main = SlotQueue()
    private var ghosts: GhostList
    private var latest = -Double.infinity
    private(set) var count = 0
    private(set) var byteCount = 0
    private(set) var statistics = TokenCacheStatistics()

    init(limits: TokenCacheLimits, seed: (UInt64, UInt64)) {
        self.limits = limits
        hasher = TokenHash(seed: seed)
        table = [UInt32](repeating: 0, count: 64)
        mask = 63
        ghosts = GhostList(capacity: max(16, min(limits.entries, 1 << 20)))
    }

    // MARK: Looking up

    /// The slot of a token whose times hold now, or -1.
    mutating func find(_ token: Span<UInt8>, _ policy: PolicyID, _ generation: UInt64, _ now: Double) -> Int {
        watchClock(now)
        guard token.count <= limits.tokenBytes, count > 0 else {
            statistics.misses &+= 1
            return -1
        }
        let hash = hasher.hash(token, policy.rawValue)
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place] != 0 {
            let slot = Int(table[place]) - 1
            if entries[slot].hash == hash, entries[slot].policy == policy,
                TokenHash.isSame(entries[slot].token, token)
            {
                guard entries[slot].generation == generation, now < entries[slot].until else {
                    // It will not be good again: other keys, or past its time.
                    remove(slot)
                    break
                }
                if now < entries[slot].from { break }
                if entries[slot].uses < 3 { entries[slot].uses += 1 }
                statistics.hits &+= 1
                return slot
            }
            place = (place + 1) & mask
        }
        statistics.misses &+= 1
        return -1
    }

    /// A clock that went back could make entries live longer than their lifetime.
    private mutating func watchClock(_ now: Double) {
        if now < latest - limits.clockTolerance {
            removeAll()
            statistics.clears &+= 1
        }
        latest = max(latest, now)
    }

    // MARK: Changing

    /// The slot for the token's value, or -1 when it is not kept.
    mutating func insert(
        _ token: [UInt8], _ policy: PolicyID, _ generation: UInt64, from: Double, until: Double, now: Double,
        valueBytes: Int
    ) -> Int {
        watchClock(now)
        let until = min(until, now + limits.lifetime)
        let bytes = token.count + max(0, min(valueBytes, limits.bytes)) + Self.overhead
        guard token.count <= limits.tokenBytes, limits.entries > 0, bytes <= limits.bytes, now < until, now >= from
        else { return -1 }
        let hash = hasher.hash(token.span, policy.rawValue)
        if let old = slot(hash, policy, token) { remove(old) }
        while count >= limits.entries || byteCount + bytes > limits.bytes { evict() }
        let slot = freeSlots.popLast() ?? entries.count
        if slot == entries.count { entries.append(Entry()) }
        entries[slot] = Entry(
            token: token, hash: hash, policy: policy, generation: generation, from: from, until: until, bytes: bytes,
            uses: 0, isFree: false)
        count += 1
        byteCount += bytes
        link(slot)
        if ghosts.remove(hash) { main.append(slot) } else { young.append(slot) }
        return slot
    }

    /// The next slot whose value is to be let go; call until nil after every change.
    mutating func takeFreedSlot() -> Int? { freed.popLast() }

    mutating func removeAll() {
        for slot in entries.indices where !entries[slot].isFree {
            entries[slot] = Entry()
            freed.append(slot)
        }
        freeSlots = Array(entries.indices)
        table = [UInt32](repeating: 0, count: table.count)
        young = SlotQueue()
        main = SlotQueue()
        ghosts.removeAll()
        count = 0
        byteCount = 0
    }

    /// What an entry costs beside its token and value.
    private static let overhead = 160

    private func slot(_ hash: UInt64, _ policy: PolicyID, _ token: [UInt8]) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place] != 0 {
            let slot = Int(table[place]) - 1
            if entries[slot].hash == hash, entries[slot].policy == policy, entries[slot].token == token { return slot }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Takes an entry out of the table and out of its queue.
    private mutating func remove(_ slot: Int) {
        unlink(slot)
        if !young.remove(slot) { _ = main.remove(slot) }
        release(slot)
    }

    private mutating func release(_ slot: Int) {
        count -= 1
        byteCount -= entries[slot].bytes
        entries[slot] = Entry()
        freeSlots.append(slot)
        freed.append(slot)
    }

    private mutating func evict() {
        statistics.evictions &+= 1
        while true {
            // The short queue gives way while it holds more than a tenth.
            if young.count > 0, main.count == 0 || young.count * 10 >= count {
                guard let slot = young.popFirst() else { continue }
                if entries[slot].uses > 0 {
                    entries[slot].uses = 0
                    main.append(slot)
                    continue
                }
                ghosts.insert(entries[slot].hash)
                unlink(slot)
                return release(slot)
            }
            guard let slot = main.popFirst() else { return }
            if entries[slot].uses > 0 {
                entries[slot].uses -= 1
                main.append(slot)
                continue
            }
            unlink(slot)
            return release(slot)
        }
    }

    // MARK: Table

    private mutating func link(_ slot: Int) {
        if count * 2 > table.count { grow() } else { place(slot) }
    }

    private mutating func place(_ slot: Int) {
        var place = Int(truncatingIfNeeded: entries[slot].hash) & mask
        while table[place] != 0 { place = (place + 1) & mask }
        table[place] = UInt32(slot + 1)
    }

    private mutating func grow() {
        table = [UInt32](repeating: 0, count: table.count * 2)
        mask = table.count - 1
        for slot in entries.indices where !entries[slot].isFree { place(slot) }
    }

    /// Takes a slot out of the table and closes the gap, so that probing needs no tombstones.
    private mutating func unlink(_ slot: Int) {
        var gap = Int(truncatingIfNeeded: entries[slot].hash) & mask
        while table[gap] != UInt32(slot + 1) {
            if table[gap] == 0 { return }
            gap = (gap + 1) & mask
        }
        var place = gap
        while true {
            place = (place + 1) & mask
            if table[place] == 0 { break }
            let home = Int(truncatingIfNeeded: entries[Int(table[place]) - 1].hash) & mask
            // An entry may move back only if its home is not between the gap and its place.
            if (place - home) & mask >= (place - gap) & mask {
                table[gap] = table[place]
                gap = place
            }
        }
        table[gap] = 0
    }
}
