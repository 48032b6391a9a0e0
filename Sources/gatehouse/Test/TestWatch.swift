import PolicyTests

/// `--watch`: runs again whenever something that the last run has read changes, or a test file comes.
struct TestWatch {
    let command: TestCommand
    var options: TestSession.Options

    /// How often files are looked at.
    private static let pollInMillis = 300

    func run() async throws {
        var watched: [String] = []
        while true {
            if StandardStreams.isTerminal(1) { StandardStreams.write("\u{1B}[2J\u{1B}[H") }
            do {
                watched = try await command.runOnce(options).inputs
            } catch let refusal as TestSession.Refusal {
                StandardStreams.writeError(refusal.text)
            } catch let failure as CommandFailure {
                StandardStreams.writeError("gatehouse: \(failure.message)\n")
            }
            StandardStreams.write("watching \(watched.count) files; Ctrl-C ends\n")
            watched = try await change(of: watched)
        }
    }

    /// Waits until a file has another time, or others are found; gives the files to look at.
    private func change(of paths: [String]) async throws -> [String] {
        let before = TestFiles.stamps(paths + found())
        while true {
            try await Task.sleep(for: .milliseconds(Self.pollInMillis))
            let now = paths + found()
            if TestFiles.stamps(now) != before { return now }
        }
    }

    private func found() -> [String] {
        do throws(CommandFailure) { return try TestFiles.find(command.files) } catch { return [] }
    }
}
