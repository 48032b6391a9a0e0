import CPlatform
import Glibc

/// Asks many connections at once whether something has come: bytes, or the end.
///
/// One call to the kernel for all of them costs little more than one for the first.
package struct QuietCheck {
    private var entries: [pollfd] = []

    package init() {}

    package var count: Int { entries.count }

    // The end of a connection can be read like bytes can, and failures are told unasked.

    /// Adds a connection; its place is the count before.
    package mutating func add(_ fd: Int32) {
        entries.append(pollfd(fd: fd, events: Int16(POLLIN), revents: 0))
    }

    /// Asks about all that were added. When the kernel cannot tell, none is quiet.
    package mutating func ask() {
        guard !entries.isEmpty else { return }
        let code = unsafe entries.withUnsafeMutableBufferPointer { buffer in
            unsafe gh_poll_now(buffer.baseAddress, UInt32(buffer.count))
        }
        guard code < 0 else { return }
        for index in entries.indices { entries[index].revents = Int16(POLLNVAL) }
    }

    /// Whether nothing had come for the connection at this place when it was asked.
    package func isQuiet(at place: Int) -> Bool { entries[place].revents == 0 }

    /// Forgets all; the room stays.
    package mutating func removeAll() { entries.removeAll(keepingCapacity: true) }
}
