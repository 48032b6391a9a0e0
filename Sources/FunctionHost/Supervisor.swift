import CPlatform
import EventLoop

/// The process that forks functions, started when the first one is needed and again when it was killed.
final class Supervisor {
    private let executable: String
    private let thread: EventThread
    private var fd: Int32 = -1
    private var pid: pid_t = 0
    private var watch = WatchID.none

    /// The hidden word of the command line that makes a process the supervisor.
    static let verb = "function-supervisor"

    /// `executable` is a gatehouse.
    init(executable: String, thread: EventThread) {
        self.executable = executable
        self.thread = thread
    }

    func descriptor() throws(SystemError) -> Int32 {
        if fd >= 0 { return fd }
        fd = try SystemError.check(unsafe gh_supervisor_start(executable, Self.verb, &pid), "posix_spawn")
        watch = try thread.watch(fd, for: .readable, EndWatcher(self))
        return fd
    }

    /// Its other end is closed: it is gone. Functions that run have keepers of their own.
    fileprivate func gone() { close() }

    func close() {
        guard fd >= 0 else { return }
        thread.unwatch(watch, fd: fd)
        Socket.close(fd)
        fd = -1
        let pid = pid
        // It ends within moments, but must not be waited for here.
        ThreadStart(name: "reaper") { gh_reap(pid) }.launch()
    }
}

private final class EndWatcher: Watcher {
    private weak var supervisor: Supervisor?
    init(_ supervisor: Supervisor) { self.supervisor = supervisor }
    func ready(_ readiness: Readiness) { supervisor?.gone() }
}

/// What a process does that was started as supervisor.
package enum SupervisorProcess {
    /// Does not return when `arguments` (without the program's name) are those of a supervisor and the gateway started
    /// this process.
    package static func runIfAsked(_ arguments: [String]) {
        if arguments == [Supervisor.verb] { gh_supervisor_run() }
    }
}
