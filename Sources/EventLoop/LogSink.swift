import CPlatform
import Glibc
import Synchronization

/// Writes log lines to a descriptor on a thread of its own, so that a full disk or a stopped reader never holds up a
/// request. The queue is bounded: lines that find it full are dropped and counted.
package final class LogSink: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var dropped: UInt64 = 0
        /// When a stop was asked for: until then the rest may still be written.
        var stopDeadline: MonotonicTime?
        var isStopping: Bool { stopDeadline != nil }
        var isStopped = false
    }

    private let fd: Int32
    private let capacity: Int
    private let state = Mutex(State())
    private let wake: Int32

    /// Milliseconds for which lines are collected before they are written together.
    private static let batchMillis: Int32 = 5
    /// Bytes of room that are kept for the next lines.
    private static let keptCapacity = 1 << 18

    /// `fd` stays the caller's. `capacity` is the queue in bytes.
    package init(fd: Int32, capacity: Int = 4 << 20) throws(SystemError) {
        self.fd = fd
        self.capacity = capacity
        wake = try SystemError.check(gh_eventfd_create(), "eventfd")
        ThreadStart(name: "log") { [self] in run() }.launch()
    }

    deinit { _ = gh_close(wake) }

    /// Queues complete lines, `count` of them; all of them are dropped when they do not fit.
    package func append(_ lines: [UInt8], count: Int) {
        let wasEmpty = state.withLock { state in
            if state.pending.count + lines.count > capacity || state.isStopping {
                state.dropped += UInt64(count)
                return false
            }
            let wasEmpty = state.pending.isEmpty
            state.pending.append(contentsOf: lines)
            return wasEmpty
        }
        if wasEmpty { gh_eventfd_signal(wake) }
    }

    /// Lines that were lost so far.
    package var droppedLines: UInt64 { state.withLock { $0.dropped } }

    /// Writes what is queued, waiting at most `milliseconds` for it, and ends the thread.
    package func stop(milliseconds: Int = 1000) {
        let deadline = MonotonicTime.now().advanced(milliseconds: milliseconds)
        state.withLock { $0.stopDeadline = deadline }
        gh_eventfd_signal(wake)
        while !state.withLock({ $0.isStopped }), .now() < deadline { usleep(1000) }
    }

    private func run() {
        // Two arrays take turns, so that lines find room that is there.
        var lines: [UInt8] = []
        while true {
            wait(wake, POLLIN, -1)
            gh_eventfd_clear(wake)
            // A moment's patience turns thousands of small writes into a few.
            let stopping = state.withLock { $0.isStopping }
            if !stopping { usleep(UInt32(Self.batchMillis) * 1000) }
            state.withLock { swap(&$0.pending, &lines) }
            write(lines)
            lines.removeAll(keepingCapacity: lines.capacity <= Self.keptCapacity)
            if stopping {
                state.withLock { $0.isStopped = true }
                return
            }
        }
    }

    private func write(_ lines: [UInt8]) {
        var done = 0
        while done < lines.count {
            let count = unsafe lines.withUnsafeBytes { buffer in
                unsafe Glibc.write(fd, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count > 0 {
                done += count
                continue
            }
            let code = count < 0 ? errno : EIO
            if code == EINTR { continue }
            if code == EAGAIN, .now() < state.withLock({ $0.stopDeadline ?? .distantFuture }) {
                wait(fd, POLLOUT, 20)
                continue
            }
            // A full disk, a reader that is gone or stands still: what could not be written is lost, and counted.
            let lost = lines[done...].reduce(UInt64(0)) { $0 + ($1 == 0x0A ? 1 : 0) }
            state.withLock { $0.dropped += lost }
            return
        }
    }

    private func wait(_ fd: Int32, _ events: Int32, _ milliseconds: Int32) {
        var entry = pollfd(fd: fd, events: Int16(events), revents: 0)
        unsafe _ = poll(&entry, 1, milliseconds)
    }
}
