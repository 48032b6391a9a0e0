import EventLoop
import Foundation
import Glibc

/// Runs the built `gatehouse` as its users do.
///
/// Not by Foundation's Process: it looks through the list of open descriptors before it starts a child, and has ended
/// the test run when other tests opened and closed theirs at that moment.
package enum Program {
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package struct NotBuilt: Error {}

    /// The binary beside the one that runs the tests.
    package static func path() throws(NotBuilt) -> String {
        var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("gatehouse").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        let built = Fixture.packageRoot.appendingPathComponent(".build/debug/gatehouse").path
        if FileManager.default.isExecutableFile(atPath: built) { return built }
        throw NotBuilt()
    }

    /// Runs to the end in the package's root, without input; blocks.
    package static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let output = try makePipe()
        let errors = try makePipe()
        let started = Result {
            try spawn(arguments, environment, output: output.writing, errors: errors.writing)
        }
        Socket.close(output.writing)
        Socket.close(errors.writing)
        // What a command prints fits into a pipe, so one can be read after the other.
        let texts = [errors, output].map { String(decoding: readAll($0.reading), as: UTF8.self) }
        return Outcome(status: wait(for: try started.get()), output: texts[1], errors: texts[0])
    }

    /// Starts in the package's root, without input, and returns at once.
    package static func start(
        _ arguments: [String], environment: [String: String] = [:], output: LogCapture, errors: LogCapture
    ) throws -> RunningProgram {
        let child = try spawn(arguments, environment, output: output.writingEnd, errors: errors.writingEnd)
        return RunningProgram(child: child)
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String: String], output: Int32, errors: Int32
    ) throws -> pid_t {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let program = try path()
        // The shell only changes the folder.
        let words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", Fixture.packageRoot.path, program] + arguments
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // A thread of the test run may block signals, which the program would inherit.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child = pid_t()
        let code = unsafe withStrings(words) { argv in
            unsafe withStrings(variables.map { "\($0.key)=\($0.value)" }) { environment in
                unsafe posix_spawn(&child, words[0], &actions, &attributes, argv, environment)
            }
        }
        guard code == 0 else { throw SystemError(code: code, call: "posix_spawn") }
        return child
    }

    /// The exit status; 128 and more for the signal that ended it.
    fileprivate static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func makePipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SystemError(code: errno, call: "pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        defer { Socket.close(descriptor) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count > 0 { all += buffer[..<count] } else if count == 0 || errno != EINTR { return all }
        }
    }

    /// Lends the strings as a list of C strings that ends with null.
    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies)
    }
}

/// A program that runs until it is told to end.
package struct RunningProgram: Sendable {
    fileprivate let child: pid_t

    package func send(signal: Int32) { kill(child, signal) }

    /// Gives the exit status once it has ended by itself; blocks.
    package func wait() -> Int32 { Program.wait(for: child) }

    /// Sends TERM and gives the exit status; blocks.
    package func end() -> Int32 {
        send(signal: SIGTERM)
        return Program.wait(for: child)
    }
}
