/// A queue of slot numbers from which a slot can also be taken out of the middle: a doubly linked list in arrays.
struct SlotQueue {
    private struct Link {
        var before = -1
        var after = -1
        var isIn = false
    }

    private var links: [Link] = []
    private var first = -1
    private var last = -1
    private(set) var count = 0

    /// `slot` must not be in the queue.
    mutating func append(_ slot: Int) {
        while links.count <= slot { links.append(Link()) }
        links[slot] = Link(before: last, after: -1, isIn: true)
        if last >= 0 { links[last].after = slot } else { first = slot }
        last = slot
        count += 1
    }

    mutating func popFirst() -> Int? {
        let slot = first
        return slot >= 0 && remove(slot) ? slot : nil
    }

    /// False when the slot was not in the queue.
    mutating func remove(_ slot: Int) -> Bool {
        guard slot < links.count, links[slot].isIn else { return false }
        let link = links[slot]
        if link.before >= 0 { links[link.before].after = link.after } else { first = link.after }
        if link.after >= 0 { links[link.after].before = link.before } else { last = link.before }
        links[slot] = Link()
        count -= 1
        return true
    }
}

/// The hashes of what was lately pushed out of the short queue, as many as there may be entries.
///
/// A fixed table in which a newer hash overwrites an older one of the same place: forgetting one early costs a little
/// efficiency and nothing else.
struct GhostList {
    private var hashes: [UInt64]
    private let mask: Int

    init(capacity: Int) {
        var size = 16
        while size < capacity { size *= 2 }
        hashes = [UInt64](repeating: 0, count: size)
        mask = size - 1
    }

    mutating func insert(_ hash: UInt64) {
        hashes[Int(truncatingIfNeeded: hash >> 20) & mask] = hash
    }

    /// True when the hash was there.
    mutating func remove(_ hash: UInt64) -> Bool {
        let place = Int(truncatingIfNeeded: hash >> 20) & mask
        guard hashes[place] == hash, hash != 0 else { return false }
        hashes[place] = 0
        return true
    }

    mutating func removeAll() {
        for place in hashes.indices { hashes[place] = 0 }
    }
}
