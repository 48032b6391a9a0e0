package import Gateway
import Synchronization

/// Stands where an observer stands for as long as a gateway runs, with a recorder behind it or none. Without one a
/// request costs one look at a flag.
package final class RecordingSwitch: ExchangeObserver {
    private let isOn: Atomic<Bool>
    private let current: Mutex<Recorder?>

    package init(_ recorder: Recorder? = nil) {
        isOn = Atomic(recorder != nil)
        current = Mutex(recorder)
    }

    package var capturedBodyBytes: Int? {
        guard isOn.load(ordering: .relaxed) else { return nil }
        return current.withLock { $0 }?.capturedBodyBytes
    }

    package func observed(_ exchange: Exchange) {
        guard isOn.load(ordering: .relaxed) else { return }
        current.withLock { $0 }?.observed(exchange)
    }

    package var lostEntries: UInt64? { current.withLock { $0 }?.lostEntries }

    /// The file that is being recorded to.
    package var path: String? { current.withLock { $0?.path } }

    /// Puts a recorder in place. False when there is one already.
    package func begin(_ recorder: Recorder) -> Bool {
        current.withLock { current in
            guard current == nil else { return false }
            current = recorder
            isOn.store(true, ordering: .relaxed)
            return true
        }
    }

    /// Takes the recorder away; its owner stops it.
    package func end() {
        current.withLock { current in
            current = nil
            isOn.store(false, ordering: .relaxed)
        }
    }
}
