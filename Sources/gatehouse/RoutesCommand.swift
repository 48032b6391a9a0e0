import ArgumentParser
import Authorizers
import Documents
import Gateway
import HTTP
import Routes
import Upstream

/// `gatehouse routes`
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "The table of routes.", subcommands: [List.self, Match.self],
        defaultSubcommand: List.self)

    /// `gatehouse routes`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Print all routes.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let snapshot = try options.load(output)
                var rows = [["ROUTE", "AUTHORIZER", "INTEGRATION", "AT"]]
                for route in snapshot.routes {
                    rows.append([
                        route.definition.key.text, route.authorizer?.definition.name ?? "none",
                        RoutesCommand.text(route.integration), route.definition.span.description,
                    ])
                }
                let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
                var text = ""
                for row in rows {
                    for column in 0..<3 {
                        text += row[column] + String(repeating: " ", count: widths[column] - row[column].count + 3)
                    }
                    text += row[3] + "\n"
                }
                let open = snapshot.routes.count { $0.authorizer == nil }
                text += "\(snapshot.routes.count) route\(snapshot.routes.count == 1 ? "" : "s"), \(open) public.\n"
                StandardStreams.write(DiagnosticPrinterLines.visible(text))
            }
        }
    }

    /// `gatehouse routes match METHOD PATH`
    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match", abstract: "Which route takes a request, or why none does.")

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
        case .awsProxy(let plan): "AWS_PROXY \(plan.address.backend.authority)"
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
