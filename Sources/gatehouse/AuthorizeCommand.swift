import ArgumentParser
import Authorizers
import Documents
import Gateway
import HTTP
import Policies
import Routes
import Tokens

/// `gatehouse authorize METHOD PATH`: one request through the phases of the gateway, without a socket.
struct AuthorizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize", abstract: "Decide one request and explain every step.",
        discussion: """
            gatehouse authorize GET /ships --token @captain.jwt
            gatehouse authorize DELETE /ships/42 --token - --json < token.txt
            gatehouse authorize GET /ships -H 'Authorization: Bearer eyJ…' --clock 2026-11-20T12:00:00Z

            Exit code 0: allowed; 1: anything else.
            """)

    @Argument(help: "The method.", completion: Completions.methods) var method: String
    @Argument(help: "The path, with its query if any.", completion: Completions.paths) var path: String

    @Option(help: "The token: itself, @FILE, or - for standard input.")
    var token: TokenArgument?

    @Option(
        name: [.customShort("H"), .customLong("header")], help: "A header line, `Name: value`; may be given again.")
    var headers: [String] = []

    @Option(help: "What time it is: ISO 8601, or seconds since 1970.")
    var clock: ClockArgument?

    @Flag(help: "Print JSON, a superset of AWS's TestInvokeAuthorizer answer.") var json = false
    @Flag(help: "Print only the policy document that was issued.") var policy = false
    @Flag(help: "Print exactly what a Lambda authorizer would return.") var lambdaResponse = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [json, policy, lambdaResponse].count(where: { $0 }) > 1 {
            throw ValidationError("--json, --policy and --lambda-response exclude each other")
        }
    }

    func run() throws {
        try reporting {
            let snapshot = try options.load(output)
            let request = OfflineRequest(
                method: method, path: path, headers: headers, token: try token?.read(), clock: clock?.time)
            switch try request.run(by: snapshot) {
            case .refused(let refusal):
                let explanation = Explanation(refusal: refusal, method: method, path: path, snapshot: snapshot)
                try show(explanation, nil)
                throw ExitCodes.no
            case .decided(let exchange):
                try show(Explanation(of: exchange), exchange)
                if exchange.failure != nil { throw ExitCodes.no }
            }
        }
    }

    private func show(_ explanation: Explanation, _ exchange: Exchange?) throws(CommandFailure) {
        if json {
            StandardStreams.write(ExplanationJSON.write(explanation, exchange) + [0x0A])
        } else if policy || lambdaResponse {
            guard let identity = exchange?.identity else {
                StandardStreams.writeError(output.printer.render(explanation))
                return
            }
            var writer = JSONWriter(indentation: 2)
            if policy { identity.policy.write(to: &writer) } else { identity.writeLambdaResponse(to: &writer) }
            StandardStreams.write(writer.bytes + [0x0A])
        } else {
            StandardStreams.write(output.printer.render(explanation))
        }
    }
}
