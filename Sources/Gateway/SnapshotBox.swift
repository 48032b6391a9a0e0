import Synchronization

/// The configuration in force. Writers replace it under a mutex; workers compare one number per request and take the
/// new reference only when it has changed.
package final class SnapshotBox: Sendable {
    private let held: Mutex<GatewaySnapshot>
    private let counter: Atomic<UInt64>

    package init(_ snapshot: GatewaySnapshot) {
        held = Mutex(snapshot)
        counter = Atomic(1)
    }

    /// Counts replacements.
    package var generation: UInt64 { counter.load(ordering: .acquiring) }

    /// The snapshot with the generation it belongs to or a later one.
    package func current() -> (GatewaySnapshot, UInt64) {
        let generation = generation
        return (held.withLock { $0 }, generation)
    }

    package func replace(with snapshot: GatewaySnapshot) {
        held.withLock { $0 = snapshot }
        counter.add(1, ordering: .releasing)
    }
}
