import CKeeper
import EventLoop

/// A pipe between those who make lines and the one who writes them. What it holds survives the process: its keeper, a
/// small process of its own, writes the rest to the file. Its ends never block.
final class KeptPipe: Sendable {
    /// As much as Linux grants without privileges.
    private static let capacity = 1 << 20

    private let ends: gh_kept_pipe

    /// `path` is where the keeper appends to.
    init(path: String) throws(FileDescriptor.Failure) {
        var ends = gh_kept_pipe()
        let code = unsafe path.withCString { unsafe gh_kept_pipe_open(&ends, Self.capacity, $0) }
        guard code == 0 else { throw FileDescriptor.Failure(code: code) }
        self.ends = ends
    }

    deinit {
        var ends = ends
        unsafe gh_kept_pipe_close(&ends)
    }

    /// How many bytes the pipe took; 0 when it is full.
    func offer(_ bytes: [UInt8]) -> Int {
        let count = unsafe bytes.withUnsafeBytes { unsafe gh_kept_pipe_write(ends.writing, $0.baseAddress, $0.count) }
        return max(0, count)
    }

    /// Moves so many bytes to the file's end without taking them into memory.
    func move(_ count: UInt64, to file: FileDescriptor) throws(FileDescriptor.Failure) {
        var rest = count
        while rest > 0 {
            let moved = gh_kept_pipe_move(ends.reading, file.number, Int(rest))
            if moved < 0 {
                discard(rest)
                throw FileDescriptor.Failure(code: Int32(-moved))
            }
            if moved == 0 { return }
            rest -= UInt64(moved)
        }
    }

    private func discard(_ count: UInt64) {
        var rest = count
        while rest > 0 {
            let gone = gh_kept_pipe_discard(ends.reading, Int(rest))
            if gone <= 0 { return }
            rest -= UInt64(gone)
        }
    }
}
