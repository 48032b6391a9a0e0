import Synchronization

/// Lines on their way from those who make them to the one who writes them. They stand in a pipe that outlives the
/// process; what a full pipe does not take waits in memory, and what finds that full too is dropped and counted. Nobody
/// waits for anybody here.
final class LineStream: Sendable {
    /// What is to be written now, in this order.
    struct Piece {
        var pipeBytes: UInt64
        var pipeEntries: Int
        var lines: [UInt8]
        var lineEntries: Int
        /// Entries, since the start.
        var dropped: UInt64
    }

    private struct State {
        var pipeBytes: UInt64 = 0
        var pipeEntries = 0
        var waiting: [UInt8] = []
        var waitingEntries = 0
        var dropped: UInt64 = 0
        /// Whoever writes has been told that there is something.
        var isAnnounced = false
    }

    let pipe: KeptPipe
    private let largestBacklog: Int
    private let state = Mutex(State())

    /// `backlog` bounds the bytes that wait behind a full pipe.
    init(pipe: KeptPipe, backlog: Int) {
        self.pipe = pipe
        largestBacklog = backlog
    }

    /// Takes a whole line. True when whoever writes is to be woken for it.
    func append(_ line: [UInt8], isEntry: Bool = true) -> Bool {
        state.withLock { state in
            let entries = isEntry ? 1 : 0
            var taken = 0
            if state.waiting.isEmpty {
                taken = pipe.offer(line)
                state.pipeBytes += UInt64(taken)
                if taken == line.count { state.pipeEntries += entries }
            }
            if taken < line.count {
                guard taken > 0 || state.waiting.count + line.count <= largestBacklog else {
                    state.dropped += UInt64(entries)
                    return false
                }
                state.waiting += line[taken...]
                state.waitingEntries += entries
            }
            defer { state.isAnnounced = true }
            return !state.isAnnounced
        }
    }

    /// Everything up to now. Its end is the end of a line.
    func take() -> Piece {
        state.withLock { state in
            defer {
                // A backlog is rare and may be large; its memory is given back.
                state = State(dropped: state.dropped)
            }
            return Piece(
                pipeBytes: state.pipeBytes, pipeEntries: state.pipeEntries, lines: state.waiting,
                lineEntries: state.waitingEntries, dropped: state.dropped)
        }
    }

    var dropped: UInt64 { state.withLock { $0.dropped } }
}
