import Testing

@Suite("--help")
struct HelpTests {
    @Test(
        "Examples come first",
        arguments: [
            "serve", "demo", "tail", "validate", "fmt", "config", "config print", "config diff", "config path", "init",
            "schema", "routes", "routes match", "authorize", "token", "token sign", "token decode", "token verify",
            "token tamper", "token revoke", "jwks", "jwks generate", "jwks public", "jwks show", "jwks fetch",
            "policy evaluate", "explain", "replay",
        ])
    func examples(command: String) throws {
        let run = try CommandRun(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(run.code == 0)
        let examples = try #require(run.output.firstRange(of: "\nExamples:\n  "))
        let usage = try #require(run.output.firstRange(of: "\nUSAGE:"))
        #expect(examples.lowerBound < usage.lowerBound)
        #expect(run.output[examples.upperBound...].hasPrefix("gatehouse "))
    }
}
