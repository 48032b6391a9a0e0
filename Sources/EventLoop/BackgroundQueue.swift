import CPlatform
import Glibc
import Synchronization

/// A bounded queue with a thread of its own, for work that must never hold up those who ask for it. What finds the
/// queue full is dropped and counted.
package final class BackgroundQueue<Element: Sendable>: Sendable {
    private struct State {
        var pending: [Element] = []
        var bytes = 0
        var dropped: UInt64 = 0
        var isStopping = false
        var isStopped = false
    }

    /// What is handed to the thread's body.
    package struct Batch: Sendable {
        package let elements: [Element]
        /// How many were dropped since the start.
        package let dropped: UInt64
        /// No batch follows.
        package let isLast: Bool
    }

    private let entries: Int
    private let bytes: Int
    private let batchMillis: Int
    private let state = Mutex(State())
    private let wake: Int32

    /// Starts the thread. `entries` and `bytes` bound what waits; `batchMillis` is how long elements are collected
    /// before the body gets them together. The body is called on the thread, and at least every `idleMillis`.
    package init(
        name: String, entries: Int, bytes: Int, batchMillis: Int = 5, idleMillis: Int32 = 1000,
        body: @escaping @Sendable (Batch) -> Void
    ) throws(SystemError) {
        self.entries = entries
        self.bytes = bytes
        self.batchMillis = batchMillis
        wake = try SystemError.check(gh_eventfd_create(), "eventfd")
        ThreadStart(name: name) { [self] in run(idleMillis, body) }.launch()
    }

    deinit { _ = gh_close(wake) }

    /// Queues an element that occupies about `size` bytes. False when it was dropped. Never waits.
    @discardableResult
    package func offer(_ element: Element, size: Int) -> Bool {
        // How many wait now; 0 when there was no room.
        let waiting = state.withLock { state in
            if state.isStopping || state.pending.count >= entries || state.bytes + size > bytes {
                state.dropped += 1
                return 0
            }
            state.pending.append(element)
            state.bytes += size
            return state.pending.count
        }
        // A sleeping thread is woken once for all that comes until it looks.
        if waiting == 1 { gh_eventfd_signal(wake) }
        return waiting > 0
    }

    package var dropped: UInt64 { state.withLock { $0.dropped } }

    /// Takes nothing more, lets the body have the rest, and returns when it is through or `milliseconds` are over.
    /// False when they were.
    @discardableResult
    package func stop(milliseconds: Int) -> Bool {
        let deadline = MonotonicTime.now().advanced(milliseconds: milliseconds)
        state.withLock { $0.isStopping = true }
        gh_eventfd_signal(wake)
        while !state.withLock({ $0.isStopped }) {
            if .now() >= deadline { return false }
            usleep(1000)
        }
        return true
    }

    private func run(_ idleMillis: Int32, _ body: (Batch) -> Void) {
        while true {
            var entry = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
            unsafe _ = poll(&entry, 1, idleMillis)
            gh_eventfd_clear(wake)
            if !state.withLock({ $0.isStopping || $0.pending.isEmpty }) { usleep(UInt32(batchMillis) * 1000) }
            let batch = state.withLock { state in
                let batch = Batch(elements: state.pending, dropped: state.dropped, isLast: state.isStopping)
                state.pending = []
                state.bytes = 0
                return batch
            }
            body(batch)
            if batch.isLast {
                state.withLock { $0.isStopped = true }
                return
            }
        }
    }
}
