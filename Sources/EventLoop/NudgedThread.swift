import CPlatform
import Glibc
import Synchronization

/// A thread that sleeps until it is nudged, then works piece by piece until nothing is left.
package final class NudgedThread: Sendable {
    private let wake: Int32
    private let isStopping = Atomic<Bool>(false)

    /// `start` is called once on the thread and gives what does one piece of work: false when there is none.
    package init(name: String, start: @escaping @Sendable () -> () -> Bool) throws(SystemError) {
        wake = try SystemError.check(gh_eventfd_create(), "eventfd")
        ThreadStart(name: name) { [self] in
            let work = start()
            while !isStopping.load(ordering: .acquiring) {
                var entry = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                unsafe _ = poll(&entry, 1, -1)
                gh_eventfd_clear(wake)
                while !isStopping.load(ordering: .acquiring), work() {}
            }
        }.launch()
    }

    deinit { _ = gh_close(wake) }

    /// There is work. May be called from any thread.
    package func nudge() { gh_eventfd_signal(wake) }

    /// Ends the thread after the piece it is at; what is left is not done.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        nudge()
    }
}
