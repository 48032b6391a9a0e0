#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that others append to, read as it grows: through renaming, as logrotate does, and through truncation.
final class FollowedFile {
    private let path: String
    private var descriptor: Int32 = -1
    private var offset: off_t = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Fails when the file is not there yet, and for folders and pipes, which have no place to read on from.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw CommandFailure(
                "\(path): it is no regular file; what comes through a pipe is read from standard input",
                ExitCodes.missingInput)
        }
        guard open() else { throw CommandFailure("\(path): it cannot be read", ExitCodes.missingInput) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// More of the file; empty when there is nothing new at the moment.
    func more() -> [UInt8] {
        let bytes = next()
        if !bytes.isEmpty { return bytes }
        // All of the old file has been read; whatever stands at the path by now is the next one.
        guard wasReplaced(), open() else { return [] }
        return next()
    }

    private func next() -> [UInt8] {
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_size < offset { offset = 0 }
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard count > 0 else { return [] }
        offset += off_t(count)
        return Array(buffer.prefix(count))
    }

    private func wasReplaced() -> Bool {
        var mine = stat()
        var there = stat()
        guard unsafe fstat(descriptor, &mine) == 0, unsafe stat(path, &there) == 0 else { return false }
        return mine.st_ino != there.st_ino || mine.st_dev != there.st_dev
    }

    private func open() -> Bool {
        #if canImport(Glibc)
            let opened = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        #else
            let opened = unsafe Darwin.open(path, O_RDONLY | O_CLOEXEC)
        #endif
        guard opened >= 0 else { return false }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        offset = 0
        return true
    }
}
