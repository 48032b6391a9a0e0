import Synchronization
import Testing
import Tokens

@testable import Authorizers

/// Does nothing: the tests say when a fetch has ended.
private final class SilentFetcher: KeyFetcher {
    func fetch(_ slot: KeySlot) {}
}

@Suite("Waiting for keys of several issuers")
struct KeyWaitTests {
    private static let keys = Array(
        #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
            .utf8)

    private func loaded(_ name: String) -> KeySlot {
        let slot = KeySlot(name: name, settings: .init(), fetcher: SilentFetcher())
        slot.tick(at: 0)
        slot.fetched(Self.keys, lifetime: nil, at: 0, jitter: 0)
        return slot
    }

    @Test("All are asked, and the request goes on when the last has answered")
    func all() {
        let slots = [loaded("one"), loaded("two")]
        let calls = Atomic<Int>(0)
        let wait = KeyWait(ring: KeyRing(slots: slots), keyID: Array("new".utf8))
        let waits = wait.begin(at: 100) { calls.add(1, ordering: .relaxed) }
        #expect(waits)
        #expect(calls.load(ordering: .relaxed) == 0)
        slots[0].fetched(Self.keys, lifetime: nil, at: 101, jitter: 0)
        #expect(calls.load(ordering: .relaxed) == 0)
        slots[1].failed("down", at: 102, jitter: 0)
        #expect(calls.load(ordering: .relaxed) == 1)
    }

    @Test("Whoever refuses is not waited for; when all do there is no wait and no call")
    func refusals() {
        let slots = [loaded("one"), loaded("two")]
        slots[0].stillMissing(Array("new".utf8), at: 100)
        let calls = Atomic<Int>(0)
        let wait = KeyWait(ring: KeyRing(slots: slots), keyID: Array("new".utf8))
        let waits = wait.begin(at: 100) { calls.add(1, ordering: .relaxed) }
        #expect(waits)
        slots[1].fetched(Self.keys, lifetime: nil, at: 101, jitter: 0)
        #expect(calls.load(ordering: .relaxed) == 1)
        slots[1].stillMissing(Array("new".utf8), at: 101)
        let waitsAgain = wait.begin(at: 102) { calls.add(1, ordering: .relaxed) }
        #expect(!waitsAgain)
        #expect(calls.load(ordering: .relaxed) == 1)
    }
}
