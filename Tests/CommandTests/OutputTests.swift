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

    @Test(
        "The name of a file forges neither lines nor colours",
        arguments: [
            ["validate", "--config"], ["fmt"], ["routes", "--config"], ["token", "decode"], ["jwks", "show"],
            ["authorize", "--event"], ["tail", "--no-follow", "--file"],
        ])
    func names(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("a\u{1B}[31m\nerror[GH9999]: b", "{")
        for name in [file.path, file.path + "-missing"] {
            let word = arguments.last == "decode" ? "@\(name)" : name
            let run = try CommandRun(arguments + [word])
            for text in [run.output, run.errors] {
                #expect(!text.contains("\u{1B}"))
                #expect(!text.split(separator: "\n").contains { $0.hasPrefix("error[GH9999]") })
            }
        }
        let diff = try CommandRun(["fmt", "--check", try folder.file("c\nd\u{1B}", "{\"a\":1}").path])
        #expect(diff.code == 1)
        #expect(diff.output.contains("c␊d␛\n+++"))
    }

    @Test("A word that no command takes is shown without what a terminal would obey")
    func unknownWord() throws {
        let run = try CommandRun(["fmt", "--a\u{1B}[31mb"])
        #expect(run.code == 64)
        #expect(run.errors.contains("--a␛[31mb"))
    }

    @Test("A folder that cannot be made is no mistake of usage")
    func noFolder() throws {
        let run = try CommandRun(
            ["demo", "--write", "/proc/nope", "--port", "0", "--backend-port", "0"])
        #expect(run.code == 74)
    }
}
