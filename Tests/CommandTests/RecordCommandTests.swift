import Foundation
import TestSupport
import Testing

@Suite("gatehouse record")
struct RecordCommandTests {
    private struct Folder {
        let url: URL
        var runtime: URL { url.appendingPathComponent("run") }
        var configuration: String { url.appendingPathComponent("gateway.json").path }
        var environment: [String: String] { ["XDG_RUNTIME_DIR": runtime.path] }

        init() throws {
            let temporary = try TemporaryFolder()
            url = temporary.url
            try FileManager.default.createDirectory(at: runtime, withIntermediateDirectories: true)
            try Data(
                """
                {
                  "version": 1, "api": { "type": "REST", "defaultStage": "dev" }, "stages": { "dev": {} },
                  "server": { "listen": "127.0.0.1:0" },
                  "integrations": { "m": { "type": "MOCK", "response": { "statusCode": 200, "body": "ok" } } },
                  "routes": { "GET /health": { "authorizationType": "NONE", "integration": "m" } }
                }
                """.utf8
            ).write(to: URL(fileURLWithPath: configuration))
        }
    }

    /// Waits for a line that begins like this, and gives the rest of it.
    private static func wait(for opening: String, in file: URL) throws -> String {
        let deadline = Date().addingTimeInterval(60)
        while Date() < deadline {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") {
                if let range = line.range(of: opening) { return String(line[range.upperBound...]) }
            }
            usleep(20_000)
        }
        throw CocoaError(.fileReadUnknown)
    }

    private static func start(_ words: [String], _ folder: Folder, _ log: String) throws -> (Process, URL) {
        let process = Process()
        process.executableURL = CommandRun.executable
        process.arguments = words
        process.currentDirectoryURL = folder.url
        process.environment = folder.environment
        let file = folder.url.appendingPathComponent(log)
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return (process, file)
    }

    @Test("A running gateway records from the command's start to its end, one recording at a time, and serves on")
    func session() throws {
        let folder = try Folder()
        let (gate, log) = try Self.start(["serve", "--log-format", "json"], folder, "gate.log")
        defer { if gate.isRunning { gate.terminate() } }
        let port = try #require(UInt16(try Self.wait(for: "http://127.0.0.1:", in: log).prefix { $0.isNumber }))
        func ask() throws {
            let answer = try RawClient(port: port).ask("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.status == 200)
        }
        try ask()
        let (record, said) = try Self.start(["record", "a.gtr.jsonl"], folder, "record.log")
        _ = try Self.wait(for: "recording to ", in: said)
        for _ in 0..<3 { try ask() }
        let second = try CommandRun(["record", "b.gtr.jsonl"], environment: folder.environment, folder: folder.url)
        #expect(second.code == 74 && second.errors.contains("[GH6001] this gateway is recording to "))
        record.interrupt()
        record.waitUntilExit()
        #expect(record.terminationStatus == 0)
        _ = try Self.wait(for: "recorded 3 requests in a.gtr.jsonl", in: said)
        try ask()
        let recording = try String(contentsOf: folder.url.appendingPathComponent("a.gtr.jsonl"), encoding: .utf8)
        #expect(recording.split(separator: "\n").count == 4)
        let pid = try CommandRun(
            ["record", "c.gtr.jsonl", "--for", "1", "--pid", "\(gate.processIdentifier)"],
            environment: folder.environment, folder: folder.url)
        #expect(pid.code == 0 && pid.output == "recorded 0 requests in c.gtr.jsonl\n")
        let foreign = try CommandRun(
            ["record", "gateway.json", "--for", "1"], environment: folder.environment, folder: folder.url)
        #expect(foreign.code == 74 && foreign.errors.contains("GH6003"))
        // The command is killed: the recording ends all the same, and another may begin.
        let (killed, words) = try Self.start(["record", "d.gtr.jsonl"], folder, "killed.log")
        _ = try Self.wait(for: "recording to ", in: words)
        try ask()
        kill(killed.processIdentifier, SIGKILL)
        killed.waitUntilExit()
        _ = try Self.wait(for: "recorded 1 requests in ", in: log)
        gate.terminate()
        gate.waitUntilExit()
        #expect(gate.terminationStatus == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.runtime.path + "/gatehouse").isEmpty)
    }

    @Test("Without a running gateway, or with a folder that others can enter, it says so")
    func nobody() throws {
        let folder = try Folder()
        let run = try CommandRun(["record", "a.gtr.jsonl"], environment: folder.environment, folder: folder.url)
        #expect(run.code == 69 && run.errors.contains("no running gateway of yours for gateway.json"))
        let other = try CommandRun(
            ["record", "a.gtr.jsonl", "--pid", "1"], environment: folder.environment, folder: folder.url)
        #expect(other.code == 69 && other.errors.contains("process 1"))
        let open = folder.runtime.appendingPathComponent("gatehouse").path
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        let refused = try CommandRun(["record", "a.gtr.jsonl"], environment: folder.environment, folder: folder.url)
        #expect(refused.code == 69)
        #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("a.gtr.jsonl").path))
        #expect(try CommandRun(["record", "a", "--for", "0"], folder: folder.url).code == 64)
    }
}
