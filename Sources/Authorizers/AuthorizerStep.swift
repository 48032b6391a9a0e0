import Synchronization
import Tokens

/// What an authorizer can say at once: a verdict, or what it needs first.
package enum AuthorizerStep: Sendable {
    case decided(AuthorizerOutcome)
    /// A key may be on its way.
    case waits(KeyWait)
    /// A function must be asked.
    case asks(FunctionQuestion)
    /// The signature is to be checked elsewhere, because it takes long.
    case verifies(SlowVerification)

    static func refused(_ error: TokenError, _ cache: AuthorizerOutcome.Cache) -> AuthorizerStep {
        .decided(AuthorizerOutcome(verdict: .unauthorized(error), cache: cache))
    }

    /// The outcome, where nothing can be waited for any more.
    package var outcome: AuthorizerOutcome? {
        if case .decided(let outcome) = self { outcome } else { nil }
    }
}

/// A request's wait for keys.
package struct KeyWait: Sendable {
    private let ring: KeyRing
    /// What the token names; nil when no keys have been loaded at all.
    package let keyID: [UInt8]?

    init(ring: KeyRing, keyID: [UInt8]?) {
        self.ring = ring
        self.keyID = keyID
    }

    /// How long a request waits at most: for the very first keys, or for one that nobody has heard of.
    package var limitInMillis: Int { keyID == nil ? 3000 : 2000 }

    /// Asks every slot for the keys: any of them may have the one that is missing. False when there is nothing to wait
    /// for; else `continuation` is called once, from any thread, when all have answered. `now` is in seconds of the
    /// monotonic clock.
    package func begin(at now: Double, then continuation: @escaping @Sendable () -> Void) -> Bool {
        // One more than there are answers to wait for, so that none is the last before all have been asked.
        let open = OpenAnswers(1)
        var waits = false
        for slot in ring.slots where slot.isRemote {
            open.add()
            let answer = slot.request(keyID, at: now) { if open.isLast() { continuation() } }
            if answer == .wait { waits = true } else { _ = open.isLast() }
        }
        if open.isLast(), waits { continuation() }
        return waits
    }

    /// The wait is over and the key is still unknown: the next such token need not ask again.
    package func wasInVain(at now: Double) {
        guard let keyID else { return }
        for slot in ring.slots where slot.isRemote { slot.stillMissing(keyID, at: now) }
    }
}

/// Counts answers that are still to come.
private final class OpenAnswers: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) {
        self.count = Atomic(count)
    }

    func add() { count.add(1, ordering: .acquiringAndReleasing) }

    /// Takes one answer; true for the last.
    func isLast() -> Bool { count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
