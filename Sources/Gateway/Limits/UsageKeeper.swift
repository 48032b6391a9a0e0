import EventLoop
import Limits
import Synchronization
import Tokens

/// Writes the counts of quotas down, on a thread of its own: what has changed, twice a second and at the end. A process
/// that is killed loses less than a second of them.
final class UsageKeeper: Sendable {
    private struct State {
        var file: UsageFile
        /// Why the last attempt failed.
        var problem: String?
    }

    private final class Book: Sendable {
        let ledger: QuotaLedger
        let clock: any WallClock
        let state: Mutex<State>

        init(_ file: UsageFile, _ ledger: QuotaLedger, _ clock: any WallClock) {
            state = Mutex(State(file: file))
            self.ledger = ledger
            self.clock = clock
        }

        func write() {
            let changes = ledger.changes()
            if changes.isEmpty { return }
            state.withLock { state in
                do throws(UsageFile.Problem) {
                    try state.file.write(changes) { ledger.records(at: clock.now().seconds) }
                    state.problem = nil
                    ledger.noteWritten(changes)
                } catch {
                    // They are still changes the next time.
                    state.problem = error.reason
                }
            }
        }
    }

    static let idleMillis: Int32 = 500

    /// What was repaired on opening; nil when nothing was.
    let repair: String?
    let path: String
    private let book: Book
    private let queue: BackgroundQueue<Never>

    init(_ file: UsageFile, _ ledger: QuotaLedger, _ clock: any WallClock) throws(SystemError) {
        let book = Book(file, ledger, clock)
        self.book = book
        repair = file.repair
        path = file.path
        queue = try BackgroundQueue(name: "usage", entries: 0, bytes: 0, idleMillis: Self.idleMillis) { _ in
            book.write()
        }
    }

    /// Why counts cannot be written just now; nil when they are.
    var problem: String? { book.state.withLock { $0.problem } }

    /// Writes the last counts and ends the thread.
    func stop() { queue.stop(milliseconds: 5000) }
}
