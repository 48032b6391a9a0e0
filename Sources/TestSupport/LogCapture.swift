import Foundation
import Synchronization

/// Reads a pipe to its end and keeps everything.
package final class LogCapture: Sendable {
    private let pipe = Pipe()
    /// Told after every change of the state.
    private let changed = NSCondition()
    private let state = Mutex((bytes: [UInt8](), hasEnded: false))

    package init() {
        let thread = Thread { [self] in
            while true {
                let data = pipe.fileHandleForReading.availableData
                changed.withLock {
                    state.withLock { state in
                        state.bytes += data
                        state.hasEnded = data.isEmpty
                    }
                    changed.broadcast()
                }
                if data.isEmpty { return }
            }
        }
        thread.name = "log-capture"
        thread.start()
    }

    package var writingEnd: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    package var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }

    /// Complete lines so far.
    package var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The lines once there are `count` of them; all there are when they do not come within ten seconds.
    package func waitForLines(_ count: Int) -> [String] {
        wait { $0.count(where: { $0 == 0x0A }) >= count }
        return lines
    }

    /// How many bytes have come.
    package var count: Int { state.withLock { $0.bytes.count } }

    /// What has come after the first `start` bytes, once the part stands in it; all there is when it does not come
    /// within ten seconds.
    package func wait(for part: String, after start: Int = 0) -> String {
        let wanted = Data(part.utf8)
        wait { Data($0.dropFirst(start)).range(of: wanted) != nil }
        return String(decoding: state.withLock { $0.bytes.dropFirst(start) }, as: UTF8.self)
    }

    /// Closes the writing end and waits for what is still in the pipe.
    package func finish() {
        try? pipe.fileHandleForWriting.close()
        wait { _ in false }
    }

    private func wait(until condition: ([UInt8]) -> Bool) {
        let deadline = Date(timeIntervalSinceNow: 10)
        changed.withLock {
            while !state.withLock({ $0.hasEnded || condition($0.bytes) }), changed.wait(until: deadline) {}
        }
    }
}
