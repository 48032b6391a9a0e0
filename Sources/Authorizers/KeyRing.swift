import Synchronization
package import Tokens

/// All keys of one authorizer: the slots of its `jwt.keys`, merged.
package final class KeyRing: Sendable {
    /// In the order of `jwt.keys`.
    package let slots: [KeySlot]
    private let merged = Mutex<(generation: UInt64, keys: KeySet?)>((0, nil))

    package init(slots: [KeySlot]) {
        self.slots = slots
    }

    /// Grows whenever any of the keys have changed.
    package var generation: UInt64 { slots.reduce(0) { $0 &+ $1.generation } }

    /// The keys in force together; nil when no slot has any.
    package func keys(at generation: UInt64) -> KeySet? {
        merged.withLock { merged in
            if merged.generation != generation {
                let sets = slots.compactMap(\.keys)
                merged = (generation, sets.isEmpty ? nil : KeySet(merging: sets, generation: generation))
            }
            return merged.keys
        }
    }

    /// Whether some of the keys are fetched.
    package var isRemote: Bool { slots.contains { $0.isRemote } }
}
