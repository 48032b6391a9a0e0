import Foundation
import Testing

@Suite("What becomes of output")
struct OutputTests {
    @Test(
        "Output that cannot be written ends the command with 74",
        arguments: [["validate"], ["routes"], ["--help"], ["token", "--help"], ["version"], ["--version"]])
    func full(arguments: [String]) throws {
        let run = try CommandRun(arguments, redirections: "> /dev/full")
        #expect(run.code == 74)
        #expect(run.errors == "gatehouse: standard output: No space left on device\n")
    }

    @Test("A command whose standard streams are closed works as if they led nowhere")
    func closed() throws {
        #expect(try CommandRun(["validate"], redirections: "0<&- 1>&- 2>&-").code == 0)
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("key.jwk")
        let run = try CommandRun(["jwks", "--help"], redirections: "0<&- 2>&- > '\(file.path)'")
        #expect(run.code == 0)
        #expect(try String(contentsOf: file, encoding: .utf8).contains("USAGE"))
    }

    @Test("A folder that cannot be made is no mistake of usage")
    func noFolder() throws {
        let run = try CommandRun(
            ["demo", "--write", "/proc/nope", "--port", "0", "--backend-port", "0"])
        #expect(run.code == 74)
    }
}
