import Synchronization

/// A file that log lines are appended to, with a queue and a thread of its own. The file can be opened anew under its
/// name, after somebody has moved the former one away.
package final class LogFile: Sendable {
    private struct State {
        var sink: LogSink?
        var file: FileDescriptor?
        /// Lines that former sinks have lost.
        var lost: UInt64 = 0
    }

    package let path: String
    private let state = Mutex(State())

    /// Nothing is opened yet.
    package init(path: String) {
        self.path = path
    }

    /// Opens the file, or makes it with mode 0600; when it is open already, the name is followed again and what is
    /// queued goes to the former file. May wait up to a second for that.
    package func open() throws(SystemError) {
        let file: FileDescriptor
        do throws(FileDescriptor.Failure) {
            file = try FileDescriptor.appending(path)
        } catch {
            throw SystemError(code: error.code, call: "open \(path)")
        }
        let sink = try LogSink(fd: file.number)
        let former = state.withLock { state in
            let former = (state.sink, state.file)
            state.sink = sink
            state.file = file
            return former
        }
        retire(former.0, former.1)
    }

    /// Queues complete lines, `count` of them. Lines for a file that is not open are lost, and counted.
    package func append(_ lines: [UInt8], count: Int) {
        let sink = state.withLock { state in
            if state.sink == nil { state.lost += UInt64(count) }
            return state.sink
        }
        sink?.append(lines, count: count)
    }

    package var droppedLines: UInt64 {
        let (lost, sink) = state.withLock { ($0.lost, $0.sink) }
        return lost + (sink?.droppedLines ?? 0)
    }

    /// Writes what is queued, waiting at most a second, and closes the file.
    package func close() {
        let former = state.withLock { state in
            let former = (state.sink, state.file)
            state.sink = nil
            state.file = nil
            return former
        }
        retire(former.0, former.1)
    }

    /// The file stays open until its sink has stopped.
    private func retire(_ sink: LogSink?, _ file: FileDescriptor?) {
        guard let sink, let file else { return }
        sink.stop()
        withExtendedLifetime(file) { state.withLock { $0.lost += sink.droppedLines } }
    }
}
