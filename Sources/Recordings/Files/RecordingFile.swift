import EventLoop

/// The file that a recorder appends to: one write for each batch, or one move inside the kernel; what an earlier process
/// had left unfinished is cut off or closed on opening.
final class RecordingFile {
    let path: String
    private let opening: @Sendable () -> [UInt8]
    private var file: FileDescriptor
    /// Bytes in the file as far as lines are whole.
    private(set) var size: Int64
    /// Bytes that were there before this process wrote.
    private let before: Int64
    /// What was found wrong on opening, for the owner.
    private(set) var repair: String?

    /// Opens or makes the file and writes the line that begins a recording. `opening` gives that line with its end.
    init(_ path: String, opening: @escaping @Sendable () -> [UInt8]) throws(RecordingProblem) {
        self.path = path
        self.opening = opening
        let found = try Self.open(path)
        (file, size, repair) = found
        before = found.1
        try begin()
    }

    private func begin() throws(RecordingProblem) {
        do throws(FileDescriptor.Failure) {
            try append(opening())
        } catch {
            throw Self.problem(path, error)
        }
    }

    private static func problem(_ path: String, _ failure: FileDescriptor.Failure) -> RecordingProblem {
        RecordingProblem("GH6001", "\(path): \(failure.reason)", help: "name a file in a folder that may be written")
    }

    private static func open(_ path: String) throws(RecordingProblem) -> (FileDescriptor, Int64, String?) {
        let file: FileDescriptor
        do throws(FileDescriptor.Failure) {
            file = try FileDescriptor.appending(path)
        } catch {
            throw problem(path, error)
        }
        guard file.isRegular else { throw RecordingProblem("GH6001", "\(path) is not a plain file") }
        guard file.lock() else { throw RecordingProblem("GH6001", "\(path) is being recorded to by another process") }
        var size = file.size
        guard size > 0 else { return (file, 0, nil) }
        // A mistyped name must not spoil somebody's file.
        guard file.read(at: 0, count: RecordingFormat.opening.count) == RecordingFormat.opening else {
            throw RecordingProblem(
                "GH6003", "\(path) exists and is not a recording", help: "name another file, or remove this one")
        }
        var repair: String?
        do throws(FileDescriptor.Failure) {
            let torn = tornLine(file, size)
            if let torn {
                if JSONText.parse(file.read(at: torn, count: Int(size - torn))) != nil {
                    try file.write([0x0A])
                    size += 1
                    repair = "its last line was closed"
                } else {
                    try file.truncate(to: torn)
                    repair = "\(size - torn) bytes of an unfinished line were cut off"
                    size = torn
                }
            }
        } catch {
            throw problem(path, error)
        }
        return (file, size, repair)
    }

    /// Where the last line begins when it has no end.
    private static func tornLine(_ file: FileDescriptor, _ size: Int64) -> Int64? {
        var end = size
        let step: Int64 = 65_536
        while end > 0 {
            let start = max(0, end - step)
            let bytes = file.read(at: start, count: Int(end - start))
            if let newline = bytes.lastIndex(of: 0x0A) {
                let begin = start + Int64(newline) + 1
                return begin == size ? nil : begin
            }
            end = start
        }
        return 0
    }

    /// Takes away what was written since the file was opened, and the file when it was made then.
    func takeBack() {
        do throws(FileDescriptor.Failure) { try file.truncate(to: before) } catch {}
        if before == 0 { FileDescriptor.remove(path) }
        size = before
    }

    /// Appends whole lines. When that fails nothing of them stays in the file.
    func append(_ lines: [UInt8]) throws(FileDescriptor.Failure) {
        do throws(FileDescriptor.Failure) {
            file.goToEnd()
            try file.write(lines)
            size += Int64(lines.count)
        } catch {
            do throws(FileDescriptor.Failure) { try file.truncate(to: size) } catch {}
            throw error
        }
    }

    /// Appends whole lines that wait in a pipe. When that fails nothing of them stays in the file, nor in the pipe.
    func append(_ count: UInt64, from pipe: KeptPipe) throws(FileDescriptor.Failure) {
        if count == 0 { return }
        file.goToEnd()
        do throws(FileDescriptor.Failure) {
            try pipe.move(count, to: file)
            size += Int64(count)
        } catch {
            do throws(FileDescriptor.Failure) { try file.truncate(to: size) } catch {}
            throw error
        }
    }

    /// Gives the file another name, with `stamp` before its extension, and begins a new one.
    func rotate(stamp: String) throws(RecordingProblem) {
        var name = Self.name(path, stamp)
        var number = 1
        while FileDescriptor.exists(name) {
            number += 1
            name = Self.name(path, "\(stamp)-\(number)")
        }
        do throws(FileDescriptor.Failure) {
            try FileDescriptor.rename(path, to: name)
        } catch {
            throw Self.problem(path, error)
        }
        (file, size, _) = try Self.open(path)
        try begin()
    }

    /// `monday.gtr.jsonl` with `20261122T060952Z` is `monday.20261122T060952Z.gtr.jsonl`.
    static func name(_ path: String, _ stamp: String) -> String {
        for ending in [".gtr.jsonl", ".jsonl"] where path.hasSuffix(ending) {
            return "\(path.dropLast(ending.count)).\(stamp)\(ending)"
        }
        return "\(path).\(stamp)"
    }
}
