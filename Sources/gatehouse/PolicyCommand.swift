import ArgumentParser
import Policies

/// `gatehouse policy`
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Work with IAM policy documents.", subcommands: [Evaluate.self])

    /// `gatehouse policy evaluate`
    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evaluate", abstract: "Decide requests by policy documents, one JSON object a line.",
            discussion: """
                Examples:
                  gatehouse policy evaluate --batch questions.jsonl
                  gatehouse policy evaluate < questions.jsonl | jq -c .decision

                A line in is {"id", "policies": [document, …], "request": {"action", "resource", "context"}}, a line out
                {"id", "decision": allow | explicitDeny | implicitDeny | invalid, "statement"}.
                """)

        @Option(help: "The file of questions; - or nothing: standard input.")
        var batch = "-"

        func run() throws {
            try reporting {
                var out: [UInt8] = []
                for line in StandardStreams.lines(try StandardStreams.read(batch)) {
                    out += PolicyBatch.answer(Array(line))
                    out.append(0x0A)
                    if out.count > 1 << 20 {
                        StandardStreams.write(out)
                        out.removeAll(keepingCapacity: true)
                    }
                }
                StandardStreams.write(out)
            }
        }
    }
}
