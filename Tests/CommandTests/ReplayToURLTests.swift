import Foundation
import Glibc
import TestSupport
import Testing

@Suite("gatehouse replay FILE --to URL")
struct ReplayToURLTests {
    static let recording = "fixtures/recordings/fleet.gtr.jsonl"

    /// A target that answers as scripted, and the command run against it.
    static func replay(
        _ arguments: [String], recording: String = recording, config: String = "gateway.json",
        host: String = "127.0.0.1",
        script: @escaping StubBackend.Script = { _ in .answer(200, body: "") },
        _ check: (CommandRun, [RecordedRequest]) throws -> Void
    ) async throws {
        let target = try StubBackend(script)
        try await target.open()
        let run = Result {
            try CommandRun(
                ["replay", recording, "--to", "http://\(host):\(target.port)", "--config", config] + arguments)
        }
        let received = target.journal.requests
        await target.close()
        try check(run.get(), received)
    }

    /// A recording of requests that need no token, a second apart.
    private static func file(
        _ count: Int, in folder: TemporaryFolder, milliseconds: Double = 1, body: String = "", status: Int = 200
    ) throws -> String {
        var text = "{\"_gatehouse\":{\"format\":\"gatehouse-recording\",\"v\":1}}\n"
        for number in 0..<count {
            let clock = "2026-11-21T12:\(10 + number / 60):\(10 + number % 50).000Z"
            text += "{\"startedDateTime\":\"\(clock)\",\"time\":\(milliseconds),\"request\":{\"method\":\"GET\","
            text += "\"url\":\"http://a/n/\(number)\",\"headers\":[]},\"response\":{\"status\":\(status),"
            text += "\"headers\":[],\"content\":{\"size\":\(body.utf8.count),\"text\":\"\(body)\"}},\"_gatehouse\":{"
            text += "\"v\":1,\"id\":\"\(number)\",\"clock\":\"\(clock)\",\"routeKey\":\"GET /n/{n}\",\"decision\":"
            text += "\"allow\",\"principalId\":\"u-\(number % 4)\"}}\n"
        }
        return try folder.file("some.gtr.jsonl", text).path
    }

    // MARK: What is refused

    @Test(
        "Options that do not go together are refused",
        arguments: [
            [], ["--offline", "--to", "http://127.0.0.1:1"], ["--offline", "--speed", "4x"], ["--offline", "--yes"],
            ["--offline", "--tokens", "resign"], ["--offline", "--ignore", "header:a"], ["--offline", "--asap"],
            ["--to", "http://127.0.0.1:1", "--clock", "now"], ["--to", "http://127.0.0.1:1", "--trust-claims"],
            ["--to", "http://127.0.0.1:1", "--speed", "4x", "--rate", "5/s"],
            ["--to", "http://127.0.0.1:1", "--asap", "--max-gap", "1s"],
            ["--to", "http://127.0.0.1:1", "--rate", "5/s", "--max-gap", "1s"],
            ["--to", "http://127.0.0.1:1", "--key-file", "k"], ["--to", "http://127.0.0.1:1", "--token-timeout", "1s"],
            ["--to", "http://127.0.0.1:1", "--test", "a"],
            ["--to", "http://127.0.0.1:1", "--tokens", "none", "--test", "a"],
        ])
    func excluded(arguments: [String]) throws {
        #expect(try CommandRun(["replay", Self.recording] + arguments).code == 64)
    }

    @Test(
        "Values that mean nothing are refused",
        arguments: [
            ["--speed", "4"], ["--speed", "0x"], ["--speed", "-1x"], ["--speed", "1e3x"], ["--speed", "infx"],
            ["--rate", "50"], ["--rate", "0/s"], ["--max-gap", "2"], ["--max-gap", "0s"], ["--concurrency", "0"],
            ["--concurrency", "5000"], ["--order", "random"], ["--sample", "25%"], ["--sample", "principal:0%"],
            ["--sample", "principal:101%"], ["--tolerate", "2x"], ["--tolerate", "latency:2"], ["--fail-on", "all"],
            ["--fail-on", "decision,"], ["--ignore", "date"], ["--ignore", "body:x"], ["--timeout", "never"],
            ["--tokens", "eyJhbGciOi"], ["--tokens", "as:"], ["--tokens", "as:nobody"],
        ])
    func values(arguments: [String]) throws {
        let run = try CommandRun(
            ["replay", Self.recording, "--to", "http://127.0.0.1:1", "--config", "gateway.json"] + arguments)
        #expect(run.code == 64, "\(run.errors)")
        #expect(!run.errors.contains("eyJhbGciOi"))
    }

    @Test("A password in the URL is refused and repeated nowhere")
    func password() throws {
        let run = try CommandRun(["replay", Self.recording, "--to", "http://kj:hunter2@127.0.0.1:1/", "--dry-run"])
        #expect(run.code == 64 && run.errors.contains("[GH6202]"))
        #expect(!run.errors.contains("hunter2") && !run.output.contains("hunter2"))
    }

    @Test("Another machine is not sent anything unless somebody agrees")
    func agreement() async throws {
        // Not a loopback address by its form, although it leads to this machine.
        try await Self.replay(["--tokens", "none", "--asap"], host: "0.0.0.0") { run, received in
            #expect(run.code == 64 && run.errors.contains("[GH6206]") && received.isEmpty)
        }
        try await Self.replay(["--tokens", "none", "--asap", "--yes"], host: "0.0.0.0") { run, received in
            #expect(run.code == 1 && received.count == 7)
        }
        try await Self.replay(["--tokens", "none", "--asap"]) { run, received in
            #expect(received.count == 7 && run.errors.hasPrefix("plan: 7 safe requests of 9 to http://127.0.0.1:"))
        }
    }

    @Test("The plan alone sends nothing")
    func dryRun() async throws {
        try await Self.replay(["--tokens", "resign", "--dry-run"]) { run, received in
            #expect(run.code == 0 && received.isEmpty)
            #expect(run.output.contains("(2 DELETE/POST skipped; --allow-unsafe sends them)"))
            #expect(run.output.contains("2 principals, 5 tokens re-signed with session-hs256"))
        }
    }

    @Test(
        "Nothing to send is no success", arguments: [["--filter", "method=POST"], ["--filter", "route=\"GET /me\""]])
    func nothing(arguments: [String]) async throws {
        try await Self.replay(arguments) { run, received in
            #expect(run.code == 1 && run.errors.contains("[GH6204]") && received.isEmpty && run.output.isEmpty)
        }
        #expect(try CommandRun(["replay", "nowhere", "--to", "http://127.0.0.1:1"]).code == 66)
        #expect(try CommandRun(["replay", "-", "--to", "http://127.0.0.1:1"], input: "x").code == 66)
    }

    @Test("A target that does not answer gives 69")
    func unreachable() throws {
        let run = try CommandRun(["replay", Self.recording, "--to", "http://127.0.0.1:1", "--tokens", "none", "--asap"])
        #expect(run.code == 69 && run.output.contains("error[GH6205]: http://127.0.0.1:1 does not answer"))
    }

    // MARK: Pace and choice

    @Test(
        "The plan follows pace, pauses and choice",
        arguments: zip(
            [
                [], ["--speed", "2x"], ["--speed", "0.5x"], ["--rate", "5/s"], ["--asap"],
                ["--speed", "2x", "--max-gap", "100ms"], ["--limit", "5"], ["--sample", "principal:50%"],
                ["--filter", "who=u-1"],
            ],
            [
                "original 39 s -> 39 s at 1x", "-> 20 s at 2x", "-> 1 min 18 s at 0.5x", "-> 7.8 s at 5/s",
                "-> as fast as answers come", "-> about 4 s", "plan: 5 safe requests of 5", "plan: ",
                "plan: 10 safe requests of 10",
            ]))
    func plans(arguments: [String], text: String) throws {
        let folder = try TemporaryFolder()
        let file = try Self.file(40, in: folder)
        let run = try CommandRun(["replay", file, "--to", "http://127.0.0.1:1", "--dry-run"] + arguments)
        #expect(run.code == 0 && run.output.contains(text), "\(run.output) \(run.errors)")
        if arguments.first == "--sample" { #expect(!run.output.contains("plan: 40 ")) }
    }

    @Test("One connection at a time where one is asked for, and one of a principal")
    func connections() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.file(40, in: folder)
        func count(_ arguments: [String], _ file: String) async throws -> Int {
            var found = 0
            try await Self.replay(["--asap"] + arguments, recording: file) { run, received in
                #expect(run.code == 0 && received.count == 40, "\(run.output)")
                found = Set(received.map(\.connection)).count
            }
            return found
        }
        #expect(try await count(["--concurrency", "1"], file) == 1)
        #expect(try await count(["--order", "principal"], file) == 4)
        #expect(try await count(["--order", "recorded"], file) > 4)
    }

    @Test("An answer that takes longer than --timeout is none")
    func timeout() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.file(3, in: folder)
        let script: StubBackend.Script = { $0.target == "/n/1" ? .silence : .answer(200, body: "") }
        try await Self.replay(["--asap", "--timeout", "200ms"], recording: file, script: script) { run, _ in
            #expect(run.code == 1 && run.output.contains("now  no answer in time"))
        }
    }

    // MARK: Comparison

    @Test("Differences fail by kind, and what is ignored, learnt or tolerated does not")
    func comparison() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.file(4, in: folder, milliseconds: 600_000, body: "[1]")
        let body: StubBackend.Script = { _ in .answer(200, fields: "X-A: b\r\n", body: "[2]") }
        func code(_ arguments: [String], _ script: @escaping StubBackend.Script, _ file: String) async throws -> Int32 {
            var code: Int32 = -1
            try await Self.replay(["--asap"] + arguments, recording: file, script: script) { run, _ in code = run.code }
            return code
        }
        #expect(try await code([], body, file) == 0)
        #expect(try await code(["--fail-on", "body"], body, file) == 1)
        #expect(try await code(["--fail-on", "body", "--ignore", "body:/0"], body, file) == 0)
        #expect(try await code(["--fail-on", "header"], body, file) == 0)
        let missing: StubBackend.Script = { _ in .answer(404, body: "[1]") }
        #expect(try await code([], missing, file) == 1)
        #expect(try await code(["--fail-on", "none"], missing, file) == 0)
        #expect(try await code(["--fail-on", "decision,body"], missing, file) == 0)
        let denied: StubBackend.Script = { _ in .answer(403, body: "[1]") }
        #expect(try await code(["--fail-on", "decision"], denied, file) == 1)
        #expect(try await code(["--fail-on", "status"], denied, file) == 0)
        #expect(try await code(["--tolerate", "latency:2x"], body, file) == 0)
        let quick = try Self.file(4, in: folder, milliseconds: 0.001, body: "[1]")
        #expect(try await code([], body, quick) == 0)
        #expect(try await code(["--tolerate", "latency:2x"], body, quick) == 1)
        let noisy: StubBackend.Script = { _ in .answer(200, body: "[\(UInt64.random(in: 0...UInt64.max))]") }
        #expect(try await code(["--fail-on", "body"], noisy, file) == 1)
        #expect(try await code(["--fail-on", "body", "--learn-noise"], noisy, file) == 0)
    }

    @Test("Reports go into a folder, JSON to standard output; the printed command shows the difference again")
    func reports() async throws {
        let folder = try TemporaryFolder()
        let out = folder.url.appendingPathComponent("out").path
        let script: StubBackend.Script = { $0.target == "/me" ? .answer(500, body: "") : .answer(200, body: "") }
        try await Self.replay(
            [
                "--asap", "--tokens", "resign", "--report", out, "--json", "--filter", "line=5", "--ignore",
                "header:x-a",
            ],
            script: script
        ) { run, _ in
            #expect(run.code == 1)
            let json = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(json["mode"] as? String == "url" && json["sent"] as? Int == 1)
            let difference = try #require((json["differences"] as? [[String: Any]])?.first)
            let command = try #require((difference["examples"] as? [[String: Any]])?.first?["command"] as? String)
            #expect(command.hasSuffix("--config gateway.json --tokens resign --ignore header:x-a --filter line=5"))
            let written = try Data(contentsOf: URL(fileURLWithPath: out + "/report.json"))
            #expect(String(decoding: written, as: UTF8.self) == run.output)
            #expect(try String(contentsOfFile: out + "/junit.xml", encoding: .utf8).contains("failures=\"1\""))
            #expect(try String(contentsOfFile: out + "/index.html", encoding: .utf8).contains("Another status (1)"))
        }
        // A report that cannot be written is noticed before anything is sent.
        try await Self.replay(["--asap", "--tokens", "none", "--report", "/dev/null/x"]) { run, received in
            #expect(run.code == 74 && received.isEmpty)
        }
    }

    // MARK: Signals

    /// Starts a replay of a request now and one in a year, and calls back when the first has come.
    private static func interrupted(
        _ script: @escaping StubBackend.Script, _ body: (RunningProgram) -> Int32
    ) async throws -> (status: Int32, output: String, errors: String) {
        let folder = try TemporaryFolder()
        let file = try Self.file(2, in: folder)
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let target = try StubBackend { request in
            arrived.yield()
            return script(request)
        }
        try await target.open()
        let output = LogCapture()
        let errors = LogCapture()
        let program = try Program.start(
            ["replay", file, "--to", "http://127.0.0.1:\(target.port)", "--speed", "0.001x"], output: output,
            errors: errors)
        for await _ in arrivals { break }
        let status = body(program)
        output.finish()
        errors.finish()
        await target.close()
        return (status, output.text, errors.text)
    }

    @Test("Ctrl-C ends the sending and gives the report so far, with status 130")
    func interrupt() async throws {
        let run = try await Self.interrupted({ _ in .answer(200, body: "") }) { program in
            program.send(signal: SIGINT)
            return program.wait()
        }
        #expect(run.status == 130)
        #expect(run.output.contains("STOPPED before the end") && run.output.contains("sent 1 of 2 requests"))
        #expect(run.errors.contains("stopping: the report so far follows"))
        // No bar where nobody looks.
        #expect(!run.errors.contains("\r"))
    }

    @Test("A second signal ends at once")
    func interruptTwice() async throws {
        let run = try await Self.interrupted({ _ in .silence }) { program in
            program.send(signal: SIGINT)
            program.send(signal: SIGTERM)
            return program.wait()
        }
        #expect([130, 143].contains(run.status) && run.output.isEmpty)
    }
}
