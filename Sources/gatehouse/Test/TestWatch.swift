import Documents
import PolicyTests

/// `--watch`: runs again whenever something that the last run has read changes, or a test file comes. A letter and Enter
/// run at once: `a` all, `f` what failed last, `u` all with new snapshots; `q` ends.
struct TestWatch {
    let command: TestCommand
    let options: TestSession.Options

    /// How often files are looked at.
    private static let pollInMillis = 300

    private enum Wish {
        case all
        case failed
        case update
        case quit
    }

    func run() async throws {
        var watched: [String] = []
        var failed: Set<String> = []
        var wish = Wish.all
        var keys = KeyLines()
        while true {
            if StandardStreams.isTerminal(1) { StandardStreams.write("\u{1B}[2J\u{1B}[H") }
            var now = options
            if wish == .update { now.updates = true }
            if wish == .failed, !failed.isEmpty { now.selection.names = failed }
            do {
                let result = try await command.runOnce(now, failuresFirst: true)
                watched = result.inputs
                failed = Set(result.report.runs.flatMap { run in run.failures.map(\.check.name) })
            } catch let refusal as TestSession.Refusal {
                StandardStreams.writeError(command.output.diagnostics.render(refusal.diagnostics))
            } catch let failure as CommandFailure {
                StandardStreams.writeError("gatehouse: \(failure.message)\n")
            }
            StandardStreams.write("watching \(watched.count) files   a all, f failed, u update snapshots, q quit\n")
            wish = try await next(&watched, &keys)
            if wish == .quit { return }
        }
    }

    /// Waits for a letter, a file with another time, or other files.
    private func next(_ paths: inout [String], _ keys: inout KeyLines) async throws -> Wish {
        let before = TestFiles.stamps(paths + found().filter { !paths.contains($0) })
        while true {
            switch keys.next() {
            case "a": return .all
            case "f": return .failed
            case "u": return .update
            case "q": return .quit
            default: break
            }
            let now = paths + found().filter { !paths.contains($0) }
            if TestFiles.stamps(now) != before {
                paths = now
                return .all
            }
            try await Task.sleep(for: .milliseconds(Self.pollInMillis))
        }
    }

    private func found() -> [String] {
        do throws(CommandFailure) { return try TestFiles.find(command.files) } catch { return [] }
    }
}

/// The first letters of the lines on standard input, as they come.
private struct KeyLines {
    private var pending: [UInt8] = []
    private var hasEnded = false

    mutating func next() -> Character? {
        if !hasEnded, !pending.contains(0x0A) {
            guard let bytes = StandardStreams.readWaiting() else { return nil }
            hasEnded = bytes.isEmpty
            pending += bytes
        }
        guard let end = pending.firstIndex(of: 0x0A) else { return nil }
        let first = pending[..<end].first
        pending.removeSubrange(...end)
        return first.map { Character(Unicode.Scalar($0)) }
    }
}
