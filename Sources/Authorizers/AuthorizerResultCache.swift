import Synchronization

/// The results of authorizer functions, shared by all workers: AWS counts one call for each identity.
///
/// Kept is what the function said (principal, policy, context), never a verdict: each request's own method ARN is judged
/// against it again. Failures are not kept. While a function is being asked about an identity, further requests of that
/// identity wait for the same answer. Times are seconds of a monotonic clock.
package final class AuthorizerResultCache: Sendable {
    /// One identity of one authorizer and stage. The parts are kept apart, so that no border between them can shift.
    package struct Key: Sendable, Hashable {
        let authorizer: UInt64
        let parts: [[UInt8]]

        package init(authorizer: UInt64, parts: [[UInt8]]) {
            self.authorizer = authorizer
            self.parts = parts
        }

        var bytes: Int { parts.reduce(64) { $0 + $1.count + 32 } }
    }

    /// The right and the duty to ask about one identity.
    package struct Ticket: Sendable, Hashable {
        package let key: Key
        fileprivate let number: UInt64
    }

    package enum Lookup: Sendable {
        case hit(AuthorizerResult)
        /// Nobody has asked: the caller asks the function and must end with ``finish(_:_:ttl:at:)``.
        case ask(Ticket)
        /// Somebody is asking; the closure given will be called when the answer is there.
        case wait
        /// Too many wait already: ask without the cache.
        case full
    }

    private struct Entry {
        var result: AuthorizerResult
        var until: Double
        var bytes: Int
    }

    private struct Question {
        var number: UInt64
        var waiting: [@Sendable () -> Void] = []
    }

    private struct Stripe {
        var entries: [Key: Entry] = [:]
        var order: [Key] = []
        var asking: [Key: Question] = [:]
        /// Questions that a flush has overtaken, by number: their answers are told to those who wait, and not kept.
        var overtaken: [UInt64: Question] = [:]
        var lastNumber: UInt64 = 0
        var bytes = 0
    }

    // A copy of one stripe's lock holds up only the sixteenth part of all identities.
    private final class Shard: Sendable {
        let state = Mutex(Stripe())
    }

    private let shards: [Shard]
    private let entriesPerShard: Int
    private let bytesPerShard: Int

    /// Requests that may wait for one answer.
    private static let waitingLimit = 1000

    package init(entries: Int = 16_384, bytes: Int = 64 << 20) {
        shards = (0..<16).map { _ in Shard() }
        entriesPerShard = max(1, entries / 16)
        bytesPerShard = max(1024, bytes / 16)
    }

    private func shard(_ key: Key) -> Shard { shards[Int(UInt(bitPattern: key.hashValue) % 16)] }

    /// What is known about an identity. After ``Lookup/ask`` the caller is the one who asks.
    package func look(up key: Key, at now: Double, waiting: @escaping @Sendable () -> Void) -> Lookup {
        shard(key).state.withLock { stripe in
            if let entry = stripe.entries[key] {
                if now < entry.until { return .hit(entry.result) }
                stripe.bytes -= entry.bytes
                stripe.entries[key] = nil
            }
            guard let question = stripe.asking[key] else {
                stripe.lastNumber += 1
                stripe.asking[key] = Question(number: stripe.lastNumber)
                return .ask(Ticket(key: key, number: stripe.lastNumber))
            }
            guard question.waiting.count < Self.waitingLimit else { return .full }
            stripe.asking[key]?.waiting.append(waiting)
            return .wait
        }
    }

    /// A kept result, without any claim to ask.
    package func result(for key: Key, at now: Double) -> AuthorizerResult? {
        shard(key).state.withLock { stripe in
            guard let entry = stripe.entries[key], now < entry.until else { return nil }
            return entry.result
        }
    }

    /// The function has answered or failed; those who waited are called. Only results that may be kept are kept, and
    /// only when nobody has flushed since the question was put: such an answer may be what the flush was to remove.
    package func finish(_ ticket: Ticket, _ result: AuthorizerResult?, ttl: Double, at now: Double) {
        let key = ticket.key
        let waiting: [@Sendable () -> Void] = shard(key).state.withLock { stripe in
            guard let question = stripe.asking[key], question.number == ticket.number else {
                return stripe.overtaken.removeValue(forKey: ticket.number)?.waiting ?? []
            }
            stripe.asking[key] = nil
            if let result, result.isLasting, ttl > 0 { store(result, for: key, until: now + ttl, in: &stripe) }
            return question.waiting
        }
        for continuation in waiting { continuation() }
    }

    private func store(_ result: AuthorizerResult, for key: Key, until: Double, in stripe: inout Stripe) {
        let bytes = key.bytes + result.estimatedBytes
        // One that fills the room alone would drive out all others; its function is asked each time.
        if bytes > bytesPerShard { return }
        if let old = stripe.entries[key] { stripe.bytes -= old.bytes } else { stripe.order.append(key) }
        stripe.entries[key] = Entry(result: result, until: until, bytes: bytes)
        stripe.bytes += bytes
        var index = 0
        while stripe.entries.count > entriesPerShard || stripe.bytes > bytesPerShard, index < stripe.order.count {
            let oldest = stripe.order[index]
            index += 1
            if oldest == key { continue }
            if let entry = stripe.entries.removeValue(forKey: oldest) { stripe.bytes -= entry.bytes }
        }
        // The order also holds keys that have expired since; it is cut when they are many.
        if index > 0 || stripe.order.count > 2 * entriesPerShard {
            stripe.order = stripe.order.dropFirst(index).filter { stripe.entries[$0] != nil }
            if !stripe.order.contains(key) { stripe.order.append(key) }
        }
    }

    /// Forgets everything, as FlushStageAuthorizersCache does, and says how many results that were. Whoever looks up
    /// after this returns gets only what a function was asked later; questions under way are answered, not kept.
    @discardableResult
    package func flush() -> Int {
        shards.reduce(0) { count, shard in
            shard.state.withLock { stripe in
                defer {
                    stripe.entries = [:]
                    stripe.order = []
                    stripe.bytes = 0
                    for question in stripe.asking.values { stripe.overtaken[question.number] = question }
                    stripe.asking = [:]
                }
                return count + stripe.entries.count
            }
        }
    }

    package var count: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.entries.count } } }
}
