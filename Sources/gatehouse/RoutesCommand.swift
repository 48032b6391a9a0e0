import ArgumentParser
import Authorizers
import Documents
import Gateway
import HTTP
import PolicyTests
import Routes
import Upstream

/// `gatehouse routes`
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "The table of routes.",
        discussion: """
            Examples:
              gatehouse routes
              gatehouse routes --config prod.json --stage prod
              gatehouse routes list --tests policies/
              gatehouse routes match GET /ships/42
            """,
        subcommands: [List.self, Match.self],
        defaultSubcommand: List.self)

    /// `gatehouse routes`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Print all routes.",
            discussion: """
                TESTED BY counts the principals that *.gatetest.yaml files say something about, for each route; \
                `gatehouse test` shows whether it holds.
                """)

        @Option(
            name: .customLong("tests"), parsing: .upToNextOption,
            help: "Test files or folders (default: those below the folder of the configuration).")
        var tests: [String] = []
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let snapshot = try options.load(output)
                let tested = try TestedRoutes(tests, of: options.path(), snapshot)
                for file in tested.broken {
                    let shown = DiagnosticPrinter.visible(file)
                    StandardStreams.writeError(
                        "gatehouse: \(shown) is not counted: gatehouse test says what is wrong\n")
                }
                var rows = [["ROUTE", "AUTHORIZER", "INTEGRATION", "TESTED BY", "AT"]]
                for (index, route) in snapshot.routes.enumerated() {
                    rows.append([
                        route.definition.key.text, route.authorizer?.definition.name ?? "none",
                        RoutesCommand.text(route.integration), tested.words(index, isGuarded: route.authorizer != nil),
                        route.definition.span.description,
                    ])
                }
                let last = rows[0].count - 1
                let widths = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }
                var text = ""
                for row in rows {
                    for column in 0..<last {
                        text += row[column] + String(repeating: " ", count: widths[column] - row[column].count + 3)
                    }
                    text += row[last] + "\n"
                }
                text += summary(snapshot, tested)
                StandardStreams.write(DiagnosticPrinterLines.visible(text))
            }
        }

        private func summary(_ snapshot: GatewaySnapshot, _ tested: TestedRoutes) -> String {
            let open = snapshot.routes.count { $0.authorizer == nil }
            var text = "\(snapshot.routes.count) route\(snapshot.routes.count == 1 ? "" : "s"), \(open) public."
            let untested = snapshot.routes.indices.count {
                snapshot.routes[$0].authorizer != nil && tested.reach.count(of: $0) == 0
            }
            if untested > 0 {
                text += " !! \(untested) guarded route\(untested == 1 ? " has" : "s have") no test"
                text += tested.files == 0 ? " (gatehouse init --tests writes a first one)" : ""
            }
            return text + "\n"
        }
    }

    /// `gatehouse routes match METHOD PATH`
    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match", abstract: "Which route takes a request, or why none does.",
            discussion: """
                Examples:
                  gatehouse routes match GET /ships/42
                  gatehouse routes match DELETE '/ships/42?force=1'
                  gatehouse routes match GET //ships/..%2fadmin --config prod.json

                The path is read as the gateway reads it from the wire.

                Exit codes: 0 a route takes it, 1 none does, 78 configuration invalid.
                """)

        @Argument(help: "The method.", completion: Completions.methods) var method: String
        @Argument(help: "The path.", completion: Completions.paths) var path: String
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let snapshot = try options.load(output)
                let request = OfflineRequest(method: method, path: path)
                let explanation: Explanation
                var isMatched = false
                switch try request.run(by: snapshot) {
                case .refused(let refusal):
                    explanation = Explanation(refusal: refusal, method: method, path: path, snapshot: snapshot)
                case .decided(let exchange):
                    explanation = Explanation(of: exchange)
                    isMatched = exchange.route != nil && explanation[.route].status == .satisfied
                }
                let step = explanation[.route]
                var text = step.text
                if let span = step.span { text += "   \(span)" }
                for note in step.notes { text += "\n" + note.text + (note.span.map { "   \($0)" } ?? "") }
                if !isMatched {
                    let body = String(decoding: explanation.answer.body, as: UTF8.self)
                    text += "\nthe client sees \(explanation.answer.status) \(body)"
                    text += explanation.answer.note.map { "   \($0)" } ?? ""
                }
                StandardStreams.write(DiagnosticPrinterLines.visible(text + "\n"))
                if !isMatched { throw ExitCodes.no }
            }
        }
    }

    static func text(_ integration: CompiledIntegration) -> String {
        switch integration {
        case .mock(let response, _): "MOCK \(response.statusCode)"
        case .awsProxy(let plan): "AWS_PROXY \(plan.address.authority)"
        case .httpProxy(let plan):
            "HTTP_PROXY \(plan.definition.name ?? "") \(plan.address.scheme.rawValue)://\(plan.address.authority)"
        }
    }
}

/// Several lines made safe for a terminal, one by one.
enum DiagnosticPrinterLines {
    static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { DiagnosticPrinter.visible(String($0)) }.joined(separator: "\n")
    }
}
