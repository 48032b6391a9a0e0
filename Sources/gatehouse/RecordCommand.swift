import ArgumentParser
import Documents
import EventLoop
import Glibc

/// `gatehouse record`: records in a gateway that runs already.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record in a gateway that is running, until Ctrl-C.",
        discussion: """
            Examples:
              gatehouse record monday.gtr.jsonl
              gatehouse record monday.gtr.jsonl --for 600
              gatehouse record monday.gtr.jsonl --pid 4711

            Asks the gateway of this gateway.json, run by the same user on this machine, to do from now on what \
            `serve --record` does from the start. The recording ends with this command; requests do not notice.
            """)

    @Argument(help: "The recording, appended to.") var file: String
    @Option(help: "End after so many seconds.") var `for`: Int?
    @Option(help: "The gateway's process number, when several run with the same configuration.") var pid: Int32?
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if let seconds = `for`, seconds < 1 { throw ValidationError("--for is a number of seconds, 1 or more") }
    }

    func run() async throws {
        do throws(CommandFailure) {
            let gateway = try find()
            try await record(in: gateway)
        } catch {
            throw error.report()
        }
    }

    private func find() throws(CommandFailure) -> LocalSocket {
        let configuration = try options.path()
        var found: [(process: Int32, socket: LocalSocket)] = []
        for process in ControlFolder.processes() where pid == nil || pid == process {
            guard let path = ControlFolder.socket(of: process) else { continue }
            guard let socket = LocalSocket.connected(path) else {
                // Its gateway was killed.
                StandardStreams.remove(path)
                continue
            }
            socket.limitReading(seconds: 5)
            guard let line = socket.line(), line.hasPrefix("gateway ") else { continue }
            if pid != nil || ControlFolder.isSame(String(line.dropFirst(8)), configuration) {
                found.append((process, socket))
            }
        }
        if found.count > 1 {
            let numbers = found.map { "\($0.process)" }.joined(separator: ", ")
            throw CommandFailure(
                "several gateways run with \(configuration); choose one of \(numbers) by --pid", ExitCodes.usage)
        }
        guard let only = found.first else {
            let which = pid.map { "process \($0)" } ?? configuration
            throw CommandFailure(
                "no running gateway of yours for \(which); `gatehouse serve --record FILE` starts one that records",
                ExitCodes.unavailable)
        }
        return only.socket
    }

    private func record(in gateway: LocalSocket) async throws(CommandFailure) {
        let path = ControlFolder.absolute(file)
        if path.contains("\n") { throw CommandFailure("a file's name holds no line end here", ExitCodes.usage) }
        let signals: AsyncStream<Int32>
        do throws(SystemError) {
            signals = try Signals.catching([SIGINT, SIGTERM])
        } catch {
            throw CommandFailure("signals cannot be caught: \(error.reason)", ExitCodes.software)
        }
        gateway.write("record \(path)")
        let answer = gateway.line() ?? "error the gateway has ended"
        guard answer.hasPrefix("ok") else {
            throw CommandFailure(String(answer.dropFirst("error ".count)), ExitCodes.inputOutput)
        }
        StandardStreams.writeError("recording to \(DiagnosticPrinter.visible(path)); Ctrl-C ends it\n")
        await Self.wait(for: `for`, signals, gateway)
        gateway.endWriting()
        gateway.limitReading(seconds: 15)
        guard let last = gateway.line(), case let words = last.split(separator: " "), words.count == 4,
            words[0] == "done", let written = Int(words[1]), let missing = Int(words[2])
        else {
            throw CommandFailure("the gateway has ended; what it had recorded is in \(path)", ExitCodes.unavailable)
        }
        StandardStreams.write(
            "recorded \(written) request\(written == 1 ? "" : "s") in \(DiagnosticPrinter.visible(file))\n")
        if missing > 0 || words[3] != "whole" {
            throw CommandFailure("[GH6008] \(missing) requests are not in the recording", ExitCodes.inputOutput)
        }
    }

    /// Until a signal, the time is over, or the gateway has ended.
    private static func wait(for seconds: Int?, _ signals: AsyncStream<Int32>, _ gateway: LocalSocket) async {
        let (events, sink) = AsyncStream<Void>.makeStream()
        let caught = Task { for await _ in signals { sink.yield() } }
        let number = gateway.number
        let looks = Task {
            let deadline = seconds.map { MonotonicTime.now().advanced(milliseconds: $0 * 1000) }
            while !Task.isCancelled {
                if let deadline, .now() >= deadline { sink.yield() }
                if LocalSocket.isReadable(number) { sink.yield() }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        for await _ in events { break }
        caught.cancel()
        looks.cancel()
    }
}
