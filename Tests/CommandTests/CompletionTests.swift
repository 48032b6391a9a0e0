import Foundation
import Testing

@Suite("What a shell is offered")
struct CompletionTests {
    @Test("A shell is offered nothing that it would run", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("gateway.json"), encoding: .utf8)
        let routes = #""GET /$(id)": { "integration": "fleet" }, "GET /x$HOME": { "integration": "fleet" },"#
        let file = try TemporaryFolder().file(
            "gateway.json", text.replacing(#""GET /me":"#, with: routes + #""GET /me":"#))
        let run = try CommandRun(
            [
                "---completion", "routes", "match", "--", "positional@1", "6", "0", "gatehouse", "routes", "match",
                "--config", file.path, "GET", "",
            ], environment: ["SAP_SHELL": shell])
        #expect(run.code == 0)
        let offered = run.output.split(separator: "\n").map(String.init)
        #expect(offered.contains { $0.hasPrefix("/ships/{shipId}") })
        #expect(!run.output.contains("(") && !run.output.contains("`"))
        #expect(shell != "bash" || !run.output.contains("$"))
    }
}
