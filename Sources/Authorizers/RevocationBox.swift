import Synchronization
package import Tokens

/// The list of revoked tokens in force, replaced as a whole when its file changes.
package final class RevocationBox: Sendable {
    private let held = Mutex(RevocationList())
    private let counter = Atomic<UInt64>(1)

    package init() {}

    /// Counts replacements.
    package var generation: UInt64 { counter.load(ordering: .acquiring) }

    package var list: RevocationList { held.withLock { $0 } }

    package func replace(with list: RevocationList) {
        held.withLock { $0 = list }
        counter.add(1, ordering: .releasing)
    }
}
