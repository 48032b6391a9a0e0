import Foundation
import Testing

@testable import gatehouse

@Suite("gatehouse tail")
struct TailCommandTests {
    private static func line(_ number: Int, _ decision: String, _ status: Int, route: String = "GET /ships") -> String {
        """
        {"ts":"2026-11-21T12:02:\(10 + number).412Z","level":"info","msg":"request","request_id":"a\(number)f0-77",\
        "stage":"dev","route":"\(route)","method":"GET","path":"/ships","status":\(status),"decision":"\(decision)",\
        "reason":"implicit_deny","principal_id":"u-\(number)00","authorizer":"session","cache":"hit","client":"127.0.0.1",\
        "total_ms":\(number).250,"bytes_in":0,"bytes_out":2}
        """
    }

    private static let log = """
        Gatehouse 0.1.0   not a request
        \(line(1, "allow", 200))
        \(line(2, "deny", 403))
        \(line(3, "deny", 401, route: "DELETE /ships/{shipId}"))

        """

    @Test("A field that does not exist, and a term without its end, are usage errors that point at their place")
    func mistakes() throws {
        let run = try CommandRun(["tail", "status=200", "decison=deny"], input: Self.log)
        #expect(run.code == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("there is no field \"decison\"; did you mean \"decision\"?"))
        #expect(run.errors.contains("  status=200 decison=deny\n             ^"))
        #expect(try CommandRun(["tail", "--last", "-1"]).code == 64)
        #expect(try CommandRun(["tail", "--file", "/nonexistent/log", "--no-follow"]).code == 66)
    }

    @Test("Only what is wanted is shown, in the columns of the request lines")
    func filter() throws {
        let run = try CommandRun(["tail", "decision=deny", "status=4xx", "ms>2.5"], input: Self.log)
        #expect(run.code == 0)
        #expect(
            run.output
                == "12:02:13.412  DENY  401  GET    /ships                  u-300        session hit    "
                + "implicit_deny  total 3.250 ms  a3f0\n")
        let guarded = Self.log.replacing("\"cache\":\"hit\"", with: "\"resource_policy\":\"allow\"", maxReplacements: 1)
        let one = try CommandRun(["tail", "--json", "resource_policy=allow"], input: guarded)
        #expect(one.output.split(separator: "\n").count == 1 && one.output.contains("a1f0-77"))
        let route = try CommandRun(["tail", "route=DELETE /ships/{shipId}"], input: Self.log)
        #expect(route.output == run.output)
    }

    @Test("Without a filter everything is shown, other lines as they are; --json keeps requests as they are")
    func everything() throws {
        let lines = try CommandRun(["tail"], input: Self.log).output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0] == "Gatehouse 0.1.0   not a request")
        #expect(
            try CommandRun(["tail", "--json", "decision=deny"], input: Self.log).output.hasPrefix(
                Self.line(2, "deny", 403)))
    }

    @Test("Text of a request cannot forge lines or colours")
    func hostile() throws {
        let log =
            #"{"ts":"x\u001b[2J","path":"/a\r\nALLOW\u001b[31m\u202e","status":200,"decision":"allow"}"#
            + "\n\u{1B}[2J\n"
        let run = try CommandRun(["tail"], input: log)
        #expect(run.output.split(separator: "\n").count == 2)
        #expect(!run.output.contains("\u{1B}") && !run.output.contains("\u{202E}") && !run.output.contains("\r"))
    }

    @Test("A file is begun with its last lines that are wanted")
    func last() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "log", (0..<50).map { Self.line($0, $0 % 2 == 0 ? "allow" : "deny", 200) + "\n" }.joined())
        let words = ["tail", "--file", file.path, "--no-follow", "decision=deny", "--last"]
        let run = try CommandRun(words + ["3"])
        #expect(
            run.output.split(separator: "\n").map { $0.split(separator: " ")[5] } == ["u-4500", "u-4700", "u-4900"])
        #expect(try CommandRun(words + ["0"]).output.isEmpty)
        #expect(try CommandRun(words + ["99"]).output.split(separator: "\n").count == 25)
        try FileManager.default.removeItem(at: folder.url)
    }

    @Test("A followed file is read on through growth, truncation and replacement")
    func following() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("log").path
        func write(_ text: String, appending: Bool = true) throws {
            if !appending { return try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        }
        try write("one\n", appending: false)
        let file = try FollowedFile(path)
        func more() -> String { String(decoding: file.more(), as: UTF8.self) }
        #expect(more() == "one\n")
        #expect(more() == "")
        try write("two\n")
        #expect(more() == "two\n")
        try write("a new file\n", appending: false)
        #expect(more() == "a new file\n")
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 0)
        try write("again\n")
        #expect(more() == "again\n")
        try FileManager.default.removeItem(atPath: path)
        #expect(more() == "")
        try write("back\n", appending: false)
        #expect(more() == "back\n")
        try FileManager.default.removeItem(at: folder.url)
    }

    @Test("Lines are cut wherever the pieces end; one without end is left out and counted")
    func cutting() {
        var cutter = LineCutter()
        #expect(cutter.take(Array("a\r\n\nb".utf8)) == [Array("a".utf8)])
        #expect(cutter.take(Array("c\nd".utf8)) == [Array("bc".utf8)])
        #expect(cutter.finish() == [Array("d".utf8)])
        #expect(cutter.take([UInt8](repeating: 0x61, count: LineCutter.longest + 1)).isEmpty)
        #expect(cutter.take(Array("still the same\nnext\n".utf8)) == [Array("next".utf8)])
        #expect(cutter.skipped == 1)
    }
}
