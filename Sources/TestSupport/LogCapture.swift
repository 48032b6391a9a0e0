import Foundation

/// Reads a pipe to its end and keeps everything.
package final class LogCapture: @unchecked Sendable {
    private let pipe = Pipe()
    private let changed = NSCondition()
    private var bytes: [UInt8] = []
    private var hasEnded = false

    package init() {
        let thread = Thread { [self] in
            while true {
                let data = pipe.fileHandleForReading.availableData
                changed.lock()
                bytes += data
                hasEnded = data.isEmpty
                changed.broadcast()
                changed.unlock()
                if data.isEmpty { return }
            }
        }
        thread.name = "log-capture"
        thread.start()
    }

    package var writingEnd: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    package var text: String {
        changed.withLock { String(decoding: bytes, as: UTF8.self) }
    }

    package var all: [UInt8] { changed.withLock { bytes } }

    /// Complete lines so far.
    package var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The lines once there are `count` of them; all there are when they do not come within ten seconds.
    package func waitForLines(_ count: Int) -> [String] {
        let deadline = Date(timeIntervalSinceNow: 10)
        changed.lock()
        while bytes.count(where: { $0 == 0x0A }) < count, !hasEnded, changed.wait(until: deadline) {}
        changed.unlock()
        return lines
    }

    /// Closes the writing end and waits for what is still in the pipe.
    package func finish() {
        try? pipe.fileHandleForWriting.close()
        changed.lock()
        while !hasEnded, changed.wait(until: Date(timeIntervalSinceNow: 10)) {}
        changed.unlock()
    }
}
