import EventLoop

/// Appends to a recording from one place, as imports do; remembers the first failure.
package final class RecordingWriter {
    private let file: RecordingFile
    /// Nothing is written after it.
    package private(set) var failure: RecordingProblem?

    /// Opens or makes the recording and writes the line that begins a part of it.
    package init(path: String, opening: [UInt8]) throws(RecordingProblem) {
        file = try RecordingFile(path) { opening }
    }

    /// Leaves the recording as it was found: nothing of this writer stays.
    package func takeBack() { file.takeBack() }

    package func append(_ lines: [UInt8]) {
        if failure != nil || lines.isEmpty { return }
        do throws(FileDescriptor.Failure) {
            try file.append(lines)
        } catch {
            failure = RecordingProblem("GH6001", "\(file.path): \(error.reason)")
        }
    }
}
