import Authorizers
import Testing
import Tokens

struct KeyCacheStateTests {
    /// A set with one good key.
    private let set: KeySet

    init() throws {
        set = try KeySet(
            jwks: Array(
                #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
                    .utf8))
    }

    private func loaded(_ settings: KeyCacheState.Settings = .init()) -> KeyCacheState {
        var state = KeyCacheState(settings: settings)
        _ = state.tick(at: 0)
        _ = state.succeeded(set, lifetime: nil, at: 0, jitter: 0.5)
        return state
    }

    @Test("Nothing is served before the first set, and nothing when the first fetch has failed")
    func first() {
        var state = KeyCacheState(settings: .init())
        if case .loading = state.availability(at: 0) {} else { Issue.record("it is loading") }
        let answer1 = state.tick(at: 0)
        #expect(answer1)
        let answer2 = state.tick(at: 0)
        #expect(!answer2, "one fetch at a time")
        let answer3 = state.missed(nil, at: 0)
        #expect(answer3 == .wait)
        state.failed(at: 1, jitter: 0.5)
        if case .unavailable = state.availability(at: 1) {} else { Issue.record("there are no keys") }
    }

    @Test("A set without a usable key does not replace a good one")
    func unusable() {
        var state = loaded()
        let answer4 = state.tick(at: 1000)
        #expect(answer4)
        let answer5 = state.succeeded(.empty, lifetime: nil, at: 1000, jitter: 0.5)
        #expect(answer5 == nil)
        #expect(state.keys?.generation == 1)
        #expect(state.failures == 1)
    }

    @Test("Failures are tried again after 1, 2, 4 … 60 seconds, and the good set is used until it is too old")
    func backOff() {
        var state = loaded(.init(refreshSeconds: 600, cooldownSeconds: 30, maxStaleSeconds: 1000))
        var now = 480.0
        for wait in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            let answer6 = state.tick(at: now)
            #expect(answer6)
            state.failed(at: now, jitter: 0.5)
            let answer7 = state.tick(at: now + wait - 0.01)
            #expect(!answer7)
            now += wait + 0.01
        }
        if case .ready = state.availability(at: 1000) {} else { Issue.record("the good set is not too old") }
        if case .unavailable = state.availability(at: 1000.5) {} else { Issue.record("the good set is too old") }
        let answer8 = state.tick(at: now)
        #expect(answer8)
        let answer9 = state.succeeded(set, lifetime: nil, at: now, jitter: 0.5)
        #expect(answer9?.generation == 2)
        if case .ready = state.availability(at: now + 1) {} else { Issue.record("the keys are back") }
    }

    @Test(
        "A refresh is due at 80 percent of the lifetime, which the answer may shorten within limits",
        arguments: [(nil, 480.0), (100.0, 80.0), (5.0, 48.0), (9999.0, 480.0)] as [(Double?, Double)])
    func refresh(lifetime: Double?, due: Double) {
        var state = KeyCacheState(settings: .init())
        _ = state.tick(at: 0)
        _ = state.succeeded(set, lifetime: lifetime, at: 0, jitter: 0.5)
        #expect(state.nextTick == due)
        let answer10 = state.tick(at: due - 0.1)
        #expect(!answer10)
        let answer11 = state.tick(at: due)
        #expect(answer11)
    }

    @Test("Jitter moves the refresh by at most five percent")
    func jitter() {
        for (jitter, due) in [(0.0, 456.0), (1.0, 504.0)] {
            var state = KeyCacheState(settings: .init())
            _ = state.tick(at: 0)
            _ = state.succeeded(set, lifetime: nil, at: 0, jitter: jitter)
            #expect(abs((state.nextTick ?? 0) - due) < 0.001)
        }
    }

    @Test("However many unknown key ids come, one fetch is made per cooldown")
    func storm() {
        var state = loaded()
        var answers: [KeyCacheState.Miss] = []
        for number in 0..<10_000 {
            let now = 1 + Double(number) * 0.01
            let answer = state.missed(Array("kid-\(number)".utf8), at: now)
            answers.append(answer)
            if answer == .fetch { _ = state.succeeded(set, lifetime: nil, at: now, jitter: 0.5) }
        }
        #expect(answers.count { $0 == .fetch } == 4, "100 seconds with a cooldown of 30")
        #expect(answers.count { $0 == .refuse } == 9996)
    }

    @Test("The cooldown counts from the attempt, not from its success")
    func cooldown() {
        var state = loaded()
        let answer12 = state.missed([1], at: 10)
        #expect(answer12 == .fetch)
        let answer13 = state.missed([2], at: 11)
        #expect(answer13 == .wait)
        state.failed(at: 12, jitter: 0)
        let answer14 = state.missed([3], at: 39.9)
        #expect(answer14 == .refuse)
        let answer15 = state.missed([3], at: 40)
        #expect(answer15 == .fetch)
    }

    @Test("A key id that stays unknown is not asked for again for a minute")
    func negative() {
        var state = loaded(.init(refreshSeconds: 600, cooldownSeconds: 0, maxStaleSeconds: 86_400))
        let answer16 = state.missed([7], at: 1)
        #expect(answer16 == .fetch)
        _ = state.succeeded(set, lifetime: nil, at: 1, jitter: 0)
        state.stillMissing([7], at: 1)
        let answer17 = state.missed([7], at: 60.9)
        #expect(answer17 == .refuse)
        let answer18 = state.missed([8], at: 2)
        #expect(answer18 == .fetch)
        _ = state.succeeded(set, lifetime: nil, at: 2, jitter: 0)
        let answer19 = state.missed([7], at: 3)
        #expect(answer19 == .fetch, "a new set may hold it")
    }

    @Test("A token without a key id never asks for a fetch")
    func withoutKeyID() {
        var state = loaded()
        let answer20 = state.missed(nil, at: 100)
        #expect(answer20 == .refuse)
        #expect(state.fetches == 1)
    }
}

/// Counts fetches and does nothing.
private final class CountingFetcher: KeyFetcher {
    func fetch(_ slot: KeySlot) {}
}

struct KeySlotTests {
    private static let keys = Array(
        #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
            .utf8)

    private func slot() -> KeySlot { KeySlot(name: "k", settings: .init(), fetcher: CountingFetcher()) }

    @Test("A set from the network never brings secrets")
    func noSecrets() {
        let slot = slot()
        slot.tick(at: 0)
        slot.fetched(
            Array(#"{"keys":[{"kty":"oct","kid":"s","k":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"}]}"#.utf8),
            lifetime: nil, at: 1, jitter: 0)
        #expect(slot.keys == nil)
        #expect(slot.problem != nil)
    }

    @Test("The same set again changes no generation, so that cached tokens stay; another one does")
    func generations() {
        let slot = slot()
        slot.tick(at: 0)
        let before = slot.generation
        slot.fetched(Self.keys, lifetime: nil, at: 1, jitter: 0)
        #expect(slot.generation == before + 1)
        slot.tick(at: 1000)
        slot.fetched(Self.keys, lifetime: nil, at: 1001, jitter: 0)
        #expect(slot.generation == before + 1)
        slot.tick(at: 2000)
        slot.fetched(Self.keys + [0x20], lifetime: nil, at: 2001, jitter: 0)
        #expect(slot.generation == before + 2)
    }

    @Test("Keys that grew too old are withdrawn, which changes the generation")
    func withdrawn() {
        let slot = KeySlot(
            name: "k", settings: .init(refreshSeconds: 10, cooldownSeconds: 1, maxStaleSeconds: 50),
            fetcher: CountingFetcher())
        slot.tick(at: 0)
        slot.fetched(Self.keys, lifetime: nil, at: 0, jitter: 0)
        let before = slot.generation
        slot.tick(at: 20)
        slot.failed("down", at: 20, jitter: 0)
        slot.tick(at: 40)
        #expect(slot.keys != nil)
        slot.failed("down", at: 40, jitter: 0)
        slot.tick(at: 51)
        #expect(slot.keys == nil)
        #expect(slot.generation > before)
    }

    @Test("Those who wait are called once, whether the fetch succeeds or fails")
    func waiters() async {
        for succeeds in [true, false] {
            let slot = slot()
            slot.tick(at: 0)
            let (stream, continuation) = AsyncStream<Int>.makeStream()
            for number in 0..<3 { #expect(slot.request(nil, at: 0) { continuation.yield(number) } == .wait) }
            if succeeds {
                slot.fetched(Self.keys, lifetime: nil, at: 1, jitter: 0)
            } else {
                slot.failed("x", at: 1, jitter: 0)
            }
            slot.failed("again", at: 2, jitter: 0)
            continuation.finish()
            var called: [Int] = []
            for await number in stream { called.append(number) }
            #expect(called == [0, 1, 2])
        }
    }

    @Test("No more than a thousand requests wait for one slot")
    func bounded() {
        let slot = slot()
        slot.tick(at: 0)
        let answers = (0..<1500).map { _ in slot.request(nil, at: 0) {} }
        #expect(answers.count { $0 == .wait } == 1000)
    }
}
