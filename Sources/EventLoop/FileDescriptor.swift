import Glibc

/// An open file and the few calls that are made on it; closed with its last reference.
package final class FileDescriptor: Sendable {
    /// What the system says about a failed call.
    package struct Failure: Error, Sendable, Hashable {
        package var code: Int32

        package init(code: Int32) {
            self.code = code
        }

        package var reason: String {
            guard let text = unsafe strerror(code) else { return "error \(code)" }
            return unsafe String(cString: text)
        }
    }

    package let number: Int32
    private let isOwned: Bool

    private init(_ number: Int32, isOwned: Bool) {
        self.number = number
        self.isOwned = isOwned
    }

    deinit { if isOwned { Glibc.close(number) } }

    /// Standard input.
    package static let standardInput = 0 as Int32

    /// For reading; `-` is standard input.
    package static func reading(_ path: String) throws(Failure) -> FileDescriptor {
        if path == "-" { return FileDescriptor(standardInput, isOwned: false) }
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw Failure(code: errno) }
        return FileDescriptor(number, isOwned: true)
    }

    /// For appending, and for looking at what is there; made with mode 0600 when there is none.
    package static func appending(_ path: String) throws(Failure) -> FileDescriptor {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw Failure(code: errno) }
        return FileDescriptor(number, isOwned: true)
    }

    /// A new file of mode 0600; nil when there is one already.
    package static func creating(_ path: String) throws(Failure) -> FileDescriptor? {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if number >= 0 { return FileDescriptor(number, isOwned: true) }
        if errno == EEXIST { return nil }
        throw Failure(code: errno)
    }

    /// False when another process holds it.
    package func lock() -> Bool { flock(number, LOCK_EX | LOCK_NB) == 0 }

    package var size: Int64 { Int64(lseek(number, 0, SEEK_END)) }

    /// Whether this is a plain file, which can be cut and looked at anywhere.
    package var isRegular: Bool {
        var status = stat()
        return unsafe fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Octets from the current place on; empty at the end.
    package func read(upTo count: Int) throws(Failure) -> [UInt8] {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while true {
                let got = unsafe Glibc.read(number, buffer.baseAddress, count)
                if got >= 0 {
                    filled = got
                    return
                }
                if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        if code != 0 { throw Failure(code: code) }
        return bytes
    }

    /// Octets at a place, without moving.
    package func read(at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, unsafe pread(number, buffer.baseAddress, count, off_t(offset)))
        }
    }

    package func write(_ bytes: [UInt8]) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(number, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw Failure(code: errno) }
            if count == 0 { throw Failure(code: EIO) }
            done += count
        }
    }

    package func truncate(to size: Int64) throws(Failure) {
        if ftruncate(number, off_t(size)) != 0 { throw Failure(code: errno) }
    }

    /// From now on writes go to the current place, which is the end: what the kernel moves cannot go to a file that only
    /// appends.
    package func goToEnd() {
        _ = fcntl(number, F_SETFL, 0)
        _ = lseek(number, 0, SEEK_END)
    }

    /// Takes away what others may do with the file.
    package func makePrivate() { _ = fchmod(number, 0o600) }

    /// Waits until what was written would survive the loss of power.
    package func sync() throws(Failure) {
        if fdatasync(number) != 0 { throw Failure(code: errno) }
    }

    /// Whether this name still leads to this file.
    package func isStill(at path: String) -> Bool {
        var (own, named) = (stat(), stat())
        return unsafe fstat(number, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino
            && own.st_dev == named.st_dev
    }

    /// Existing or not: an empty file of mode 0600.
    package static func emptying(_ path: String) throws(Failure) -> FileDescriptor {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw Failure(code: errno) }
        return FileDescriptor(number, isOwned: true)
    }

    package static func rename(_ from: String, to: String) throws(Failure) {
        if unsafe Glibc.rename(from, to) != 0 { throw Failure(code: errno) }
    }

    /// Takes a file's name away; one that is not there is left as it is.
    package static func remove(_ path: String) { unsafe _ = unlink(path) }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Existing folders are left alone.
    package static func makeFolder(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw Failure(code: errno) }
    }
}
