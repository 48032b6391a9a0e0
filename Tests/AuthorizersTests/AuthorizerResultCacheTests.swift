import Policies
import Synchronization
import Testing

@testable import Authorizers

@Suite("Results of authorizer functions")
struct AuthorizerResultCacheTests {
    /// What became of a lookup, with the ticket where there is one.
    private enum Found: Equatable {
        case principal(String)
        case ask
        case wait
        case full
    }

    private let cache = AuthorizerResultCache()
    private let woken = Counter()

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }

    private func key(_ parts: String..., authorizer: UInt64 = 1) -> AuthorizerResultCache.Key {
        AuthorizerResultCache.Key(authorizer: authorizer, parts: parts.map { Array($0.utf8) })
    }

    private func result(_ principal: String) throws -> AuthorizerResult {
        let policy = try #require(AuthorizedIdentity.everything)
        return .identity(
            AuthorizedIdentity(principalID: Array(principal.utf8), context: AuthorizerContext([]), policy: policy))
    }

    private func look(
        _ key: AuthorizerResultCache.Key, at now: Double, _ ticket: inout AuthorizerResultCache.Ticket?
    ) -> Found {
        switch cache.look(up: key, at: now, waiting: { [woken] in woken.add() }) {
        case .hit(.identity(let identity)): return .principal(String(decoding: identity.principalID, as: UTF8.self))
        case .hit: return .full
        case .ask(let given):
            ticket = given
            return .ask
        case .wait: return .wait
        case .full: return .full
        }
    }

    private func look(_ key: AuthorizerResultCache.Key, at now: Double) -> Found {
        var ticket: AuthorizerResultCache.Ticket?
        return look(key, at: now, &ticket)
    }

    private func ask(_ key: AuthorizerResultCache.Key, at now: Double = 0) throws -> AuthorizerResultCache.Ticket {
        var ticket: AuthorizerResultCache.Ticket?
        #expect(look(key, at: now, &ticket) == .ask)
        return try #require(ticket)
    }

    @Test("Failures, errors and a time to live of 0 leave nothing behind")
    func notKept() throws {
        let failure = AuthorizerFailure(reason: "function_error", detail: "")
        for result in [AuthorizerResult.unauthorized, .failed(failure), nil] {
            cache.finish(try ask(key("a")), result, ttl: 300, at: 0)
        }
        cache.finish(try ask(key("a")), try result("p"), ttl: 0, at: 0)
        #expect(look(key("a"), at: 0) == .ask)
        #expect(cache.count == 0)
    }

    @Test("A result is given until its time to live has passed, and not a moment longer", arguments: [1.0, 300, 3600])
    func expiry(_ ttl: Double) throws {
        cache.finish(try ask(key("a"), at: 1000), try result("p"), ttl: ttl, at: 1000)
        #expect(look(key("a"), at: 1000) == .principal("p"))
        #expect(look(key("a"), at: (1000 + ttl).nextDown) == .principal("p"))
        #expect(cache.result(for: key("a"), at: 1000 + ttl).map { _ in true } == nil)
        // The time runs from the answer, not from the last use.
        let ticket = try ask(key("a"), at: 1000 + ttl)
        cache.finish(ticket, try result("q"), ttl: ttl, at: 1000 + ttl)
        #expect(look(key("a"), at: 1000 + ttl) == .principal("q"))
    }

    @Test("The parts of an identity are kept apart, and so are authorizers")
    func keys() throws {
        cache.finish(try ask(key("dev", "ab", "c")), try result("p"), ttl: 300, at: 0)
        let others = [
            key("dev", "a", "bc"), key("dev", "abc"), key("de", "vab", "c"), key("dev", "ab", "c", ""),
            key("dev", "ab", "c", authorizer: 2), key("dev", "AB", "c"),
        ]
        for other in others { #expect(look(other, at: 0) == .ask) }
        #expect(look(key("dev", "ab", "c"), at: 0) == .principal("p"))
    }

    @Test("While one asks, others of the same identity wait, and are called when the answer is there")
    func waiting() throws {
        let ticket = try ask(key("a"))
        for _ in 0..<3 { #expect(look(key("a"), at: 0) == .wait) }
        #expect(look(key("b"), at: 0) == .ask)
        #expect(woken.value == 0)
        cache.finish(ticket, try result("p"), ttl: 300, at: 0)
        #expect(woken.value == 3)
        cache.finish(ticket, try result("q"), ttl: 300, at: 0)
        #expect(woken.value == 3)
        #expect(look(key("a"), at: 0) == .principal("p"))
    }

    @Test("No more than a thousand wait for one answer")
    func crowd() throws {
        let ticket = try ask(key("a"))
        for _ in 0..<1000 { #expect(look(key("a"), at: 0) == .wait) }
        #expect(look(key("a"), at: 0) == .full)
        cache.finish(ticket, nil, ttl: 300, at: 0)
        #expect(woken.value == 1000)
    }

    @Test("A flush forgets every identity and says how many there were")
    func flush() throws {
        for name in ["a", "b", "c"] { cache.finish(try ask(key(name)), try result(name), ttl: 300, at: 0) }
        #expect(cache.flush() == 3)
        #expect(cache.flush() == 0)
        for name in ["a", "b", "c"] { #expect(look(key(name), at: 0) == .ask) }
    }

    @Test("An answer to a question from before a flush is not kept, and nobody new waits for it")
    func overtaken() throws {
        let early = try ask(key("a"))
        #expect(look(key("a"), at: 0) == .wait)
        cache.flush()
        // Whoever comes after the flush asks anew.
        let late = try ask(key("a"))
        #expect(look(key("a"), at: 0) == .wait)
        cache.finish(early, try result("old"), ttl: 300, at: 0)
        #expect(woken.value == 1)
        #expect(cache.count == 0)
        #expect(look(key("a"), at: 0) == .wait)
        cache.finish(late, try result("new"), ttl: 300, at: 0)
        #expect(woken.value == 3)
        #expect(look(key("a"), at: 0) == .principal("new"))
    }

    @Test("The old answer does not come back when it is later than the new one")
    func overtakenLate() throws {
        let early = try ask(key("a"))
        cache.flush()
        cache.finish(try ask(key("a")), try result("new"), ttl: 300, at: 0)
        cache.finish(early, try result("old"), ttl: 300, at: 0)
        #expect(look(key("a"), at: 0) == .principal("new"))
    }

    @Test("Room is limited in identities and in bytes; the oldest go")
    func room() throws {
        let small = AuthorizerResultCache(entries: 160, bytes: 1 << 30)
        for number in 0..<1000 {
            let one = key("\(number)")
            guard case .ask(let ticket) = small.look(up: one, at: 0, waiting: {}) else { continue }
            small.finish(ticket, try result("p"), ttl: 300, at: 0)
            guard case .hit = small.look(up: one, at: 0, waiting: {}) else {
                Issue.record("the newest is gone")
                continue
            }
        }
        #expect(small.count <= 160)
        #expect(small.count > 100)
    }
}
