import Glibc

/// Runs a command of the user's with a text on its standard input, and takes what it prints.
enum ChildCommand {
    enum Failure: Error, Hashable {
        case notStarted
        case tookTooLong
        case stopped
        case printedTooMuch
        case ended(status: Int32)

        /// Behind "it".
        var text: String {
            switch self {
            case .notStarted: "could not be started"
            case .tookTooLong: "took too long"
            case .stopped: "was stopped"
            case .printedTooMuch: "printed more than a token"
            case .ended(let status): "ended with status \(status)"
            }
        }
    }

    private static let look: Int32 = 50

    /// Runs `/bin/sh -c command` in a process group of its own, which is killed when it takes longer than `milliseconds`
    /// or `isStopping` says so. What it writes to standard error goes to ours.
    static func output(
        of command: String, input: [UInt8], milliseconds: Int, limit: Int, isStopping: () -> Bool = { false }
    ) throws(Failure) -> [UInt8] {
        guard let ours = Pipe(), let theirs = Pipe() else { throw .notStarted }
        guard let child = spawn(command, input: theirs.reading, output: ours.writing) else {
            ours.close()
            theirs.close()
            throw .notStarted
        }
        close(theirs.reading)
        close(ours.writing)
        let outcome = Result { () throws(Failure) in
            try converse(input, theirs.writing, ours.reading, milliseconds, limit, isStopping) { hasEnded(child) }
        }
        close(ours.reading)
        if case .failure = outcome { kill(-child, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        // What the command has left running must not outlive it.
        kill(-child, SIGKILL)
        let bytes = try outcome.get()
        guard status == 0 else {
            let signal = status & 0x7F
            throw .ended(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
        }
        return bytes
    }

    /// Whether the shell has ended; its status stays to be asked for.
    private static func hasEnded(_ child: pid_t) -> Bool {
        var info = unsafe siginfo_t()
        guard unsafe waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return false }
        return unsafe info.si_signo == SIGCHLD
    }

    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init?() {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else { return nil }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reading, writing) = (ends[0], ends[1])
        }

        func close() {
            Glibc.close(reading)
            Glibc.close(writing)
        }
    }

    private static func spawn(_ command: String, input: Int32, output: Int32) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
        // Signals that this process ignores or catches are the command's own again.
        var usual = sigset_t()
        unsafe sigemptyset(&usual)
        for number in [SIGPIPE, SIGINT, SIGTERM] { unsafe sigaddset(&usual, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        // This thread may be one that takes no signals; the command must be able to.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var child = pid_t()
        let texts = ["/bin/sh", "-c", command]
        let words = unsafe texts.map { (text: String) in unsafe strdup(text) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        let code = unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ)
        return code == 0 ? child : nil
    }

    /// Writes and reads as the command does, until it closes its output or ends: what it left running in the background
    /// may keep its output open.
    private static func converse(
        _ input: [UInt8], _ sink: Int32, _ source: Int32, _ milliseconds: Int, _ limit: Int, _ isStopping: () -> Bool,
        _ hasEnded: () -> Bool
    ) throws(Failure) -> [UInt8] {
        var isOpen = true
        defer { if isOpen { close(sink) } }
        _ = fcntl(sink, F_SETFL, O_NONBLOCK)
        var rest = input[...]
        var all: [UInt8] = []
        var waited = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        let start = ContinuousClock.now
        while true {
            if isOpen, rest.isEmpty {
                close(sink)
                isOpen = false
            }
            if isStopping() { throw .stopped }
            waited = Int((ContinuousClock.now - start) / .milliseconds(1))
            if waited >= milliseconds { throw .tookTooLong }
            var entries = [
                pollfd(fd: source, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen ? sink : -1, events: Int16(POLLOUT), revents: 0),
            ]
            // Asked before the look: what it had printed by its end is there then.
            let isOver = hasEnded()
            unsafe _ = poll(&entries, 2, isOver ? 0 : min(look, Int32(clamping: milliseconds - waited)))
            if entries[1].revents != 0 {
                let count = unsafe rest.withUnsafeBytes { unsafe write(sink, $0.baseAddress, $0.count) }
                // A command that does not read its input needs none.
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EAGAIN { rest = [] }
            }
            guard entries[0].revents != 0 else {
                if isOver { return all }
                continue
            }
            let count = unsafe read(source, &buffer, buffer.count)
            if count == 0 { return all }
            if count < 0, errno != EINTR { return all }
            if count > 0 { all += buffer[..<count] }
            if all.count > limit { throw .printedTooMuch }
        }
    }
}
