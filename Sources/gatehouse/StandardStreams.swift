import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes in and out of the process: files, standard input and output, in few large system calls.
enum StandardStreams {
    /// Larger inputs are refused: no token, key or batch needs them.
    static let largestInput = 1 << 30

    static func write(_ text: String) { write(Array(text.utf8)) }
    /// Ends the process when nobody can have the output: half an answer must not pass for a whole one.
    static func write(_ bytes: [UInt8]) {
        if writeAll(bytes[...], to: 1) { return }
        writeError("gatehouse: standard output: \(reason())\n")
        exit(ExitCodes.inputOutput.rawValue)
    }

    static func writeError(_ text: String) { _ = writeAll(Array(text.utf8)[...], to: 2) }

    /// Opens what the caller has closed, so that no socket gets the number of a standard stream and receives the log.
    static func fillGaps() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one.
            unsafe _ = open("/dev/null", O_RDWR)
        }
    }

    /// How many processors there are to work with.
    static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Ends the process without the C library's exit handlers: threads of ours may still be at work with what those take
    /// away, and nothing is left to be written.
    static func end(_ code: Int32) -> Never { _exit(code) }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Signs in a line of the terminal behind a descriptor; 80 where none says.
    static func columns(_ descriptor: Int32) -> Int {
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// False when the other end is gone or the disk is full.
    private static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The whole of a file; `-` is standard input.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] { try read(path, limit: largestInput) }

    /// The same; refused when there are more than `limit` bytes.
    static func read(_ path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        if path == "-" { return try readAll(0, "standard input", limit) }
        if path.isEmpty { throw CommandFailure("the name of a file is empty", ExitCodes.usage) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(reason())", ExitCodes.missingInput) }
        defer { close(descriptor) }
        return try readAll(descriptor, path, limit)
    }

    private static func readAll(
        _ descriptor: Int32, _ name: String, _ limit: Int
    ) throws(CommandFailure) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return all }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure("\(name): \(reason())", ExitCodes.missingInput)
            }
            all.append(contentsOf: buffer.prefix(count))
            if all.count > limit { throw CommandFailure("\(name) is too large", ExitCodes.missingInput) }
        }
    }

    /// What has come on a descriptor, waiting for it; nil at the end.
    static func readPiece(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return Array(buffer.prefix(count)) }
            if count == 0 || errno != EINTR { return nil }
        }
    }

    /// What waits on standard input; nil when nothing does, empty at its end.
    static func readWaiting() -> [UInt8]? {
        var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, 0) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(0, $0.baseAddress, $0.count) }
        return Array(buffer.prefix(max(0, count)))
    }

    /// Makes a file, which only its owner can read unless `mode` says otherwise; never replaces one.
    static func create(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            // To name a file that exists already is a mistake of the caller.
            let code = errno == EEXIST ? ExitCodes.usage : ExitCodes.inputOutput
            throw CommandFailure("\(path): \(reason())", code)
        }
        let isComplete = writeAll(bytes[...], to: descriptor)
        guard close(descriptor) == 0, isComplete else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput)
        }
    }

    /// Writes a whole file, whatever was there before.
    static func overwrite(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput) }
        let isComplete = writeAll(bytes[...], to: descriptor)
        guard close(descriptor) == 0, isComplete else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput)
        }
    }

    /// Adds to a file that this process has made.
    static func add(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput) }
        let isComplete = writeAll(bytes[...], to: descriptor)
        guard close(descriptor) == 0, isComplete else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput)
        }
    }

    /// Puts new content into a file at once: a reader sees the old text or the new one, and a crash leaves one of them.
    /// Mode and owner stay, a link keeps pointing where it did. Refused when the file no longer holds `old`.
    static func replace(_ path: String, _ old: [UInt8], with new: [UInt8]) throws(CommandFailure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.missingInput)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure("\(path): it is no regular file; nothing was written", ExitCodes.inputOutput)
        }
        guard let resolved = unsafe realpath(path, nil) else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.missingInput)
        }
        defer { unsafe free(resolved) }
        let target = unsafe String(cString: resolved)
        let temporary = "\(target).\(getpid()).new"
        try create(temporary, new)
        do throws(CommandFailure) {
            let descriptor = unsafe open(temporary, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw CommandFailure("\(temporary): \(reason())", ExitCodes.inputOutput) }
            defer { close(descriptor) }
            // The owner can only be kept by the superuser; others own what they may write here anyway.
            _ = fchown(descriptor, status.st_uid, status.st_gid)
            guard fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0 else {
                throw CommandFailure("\(temporary): \(reason())", ExitCodes.inputOutput)
            }
            guard try read(target) == old else {
                throw CommandFailure("\(path) has changed meanwhile; nothing was written", ExitCodes.inputOutput)
            }
            guard unsafe rename(temporary, target) == 0 else {
                throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput)
            }
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// Appends a line in one write and waits until it is on the disk. A line that a crash had left unfinished is ended
    /// first, so that it spoils nothing but itself.
    static func append(_ path: String, _ line: [UInt8]) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput) }
        defer { close(descriptor) }
        var last: UInt8 = 0x0A
        let end = lseek(descriptor, 0, SEEK_END)
        if end > 0 { unsafe _ = pread(descriptor, &last, 1, end - 1) }
        let bytes = last == 0x0A ? line : [0x0A] + line
        guard writeAll(bytes[...], to: descriptor), fsync(descriptor) == 0 else {
            throw CommandFailure("\(path): \(reason())", ExitCodes.inputOutput)
        }
    }

    /// Makes a folder and those above it; existing ones are left alone.
    static func makeFolder(_ path: String) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += prefix.isEmpty || prefix == "/" ? "\(part)" : "/\(part)"
            if part.isEmpty { prefix += "/" } else { unsafe _ = mkdir(prefix, 0o755) }
        }
    }

    static func remove(_ path: String) { unsafe _ = unlink(path) }

    /// Whether anything has this name, readable or not, a link that leads nowhere too.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    private static func reason() -> String {
        guard let text = unsafe strerror(errno) else { return "error \(errno)" }
        return unsafe String(cString: text)
    }

    // The names of the C functions are taken by the methods of this type.
    private static func systemWrite(_ descriptor: Int32, _ from: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, from, count)
        #else
            unsafe Darwin.write(descriptor, from, count)
        #endif
    }

    private static func systemRead(_ descriptor: Int32, _ into: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, into, count)
        #else
            unsafe Darwin.read(descriptor, into, count)
        #endif
    }

    /// Cuts a batch into its lines; a last line need not be ended, and empty ones are left out.
    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
    }
}
