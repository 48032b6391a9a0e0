import ArgumentParser
import Documents
import EventLoop
import Gateway
import Routes
import Tokens

/// `gatehouse jwks fetch`
struct JWKSFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Fetch an issuer's keys as the gateway would, and explain what comes.",
        discussion: """
            Examples:
              gatehouse jwks fetch https://id.example
              gatehouse jwks fetch --jwks-uri https://id.example/keys.json --save keys.json
              gatehouse jwks fetch --key partner

            An issuer's discovery document is read first. Like the gateway: https only (http to this machine), status \
            200, no redirects, 256 KiB, five seconds. Exit code 0: the set has a usable key; 1: it has none; 69: it \
            could not be fetched.
            """)

    @Argument(help: "The issuer.") var issuer: String?
    @Option(help: "The key set itself, without discovery.") var jwksUri: String?
    @Option(help: "A key of the configuration that is fetched.") var key: String?
    @Option(help: "Save the set as it came; the file must not exist.") var save: String?
    @Flag(help: "Print the set's keys as JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [issuer != nil, jwksUri != nil, key != nil].count(where: { $0 }) != 1 {
            throw ValidationError("name one of: an issuer, --jwks-uri, --key")
        }
    }

    func run() async throws {
        do {
            try await fetch()
        } catch let failure as CommandFailure {
            throw failure.report()
        }
    }

    private func fetch() async throws {
        let (refresh, location) = try location()
        let outcome: KeySetInspector.Outcome
        let steps: [KeySetInspector.Step]
        do throws(SystemError) {
            (outcome, steps) = try await KeySetInspector().fetch(location)
        } catch {
            throw CommandFailure("the network cannot be used: \(error.reason)", ExitCodes.software)
        }
        let trace = steps.map(Self.text).joined()
        // With --json the standard output is data.
        if json { StandardStreams.writeError(trace) } else { StandardStreams.write(trace) }
        let text: [UInt8]
        switch outcome {
        case .failed(let problem):
            throw CommandFailure(
                "\(Self.place(location)): \(DiagnosticPrinter.visible(problem))\(Self.advice(problem))",
                ExitCodes.unavailable)
        case .keys(let found, let lifetime):
            text = found
            if !json { StandardStreams.write(Self.lifetime(lifetime, refresh)) }
        }
        let reports: [KeyReport]
        do throws(KeyError) {
            reports = try KeyReport.read(text)
        } catch {
            throw CommandFailure("the key set: \(error.description)", ExitCodes.no)
        }
        if let save { try StandardStreams.create(save, text) }
        StandardStreams.write(json ? KeyReportText.json(reports) : "\n" + KeyReportText.table(reports))
        // Secrets from the network never verify anything.
        if !reports.contains(where: { !$0.isUnusable && !($0.kind.hasPrefix("oct")) }) { throw ExitCodes.no }
    }

    // MARK: Where from

    /// With the seconds between refreshes that the configuration asks for.
    private func location() throws(CommandFailure) -> (refresh: Int, RemoteKeySet.Location) {
        if let key {
            let snapshot = try options.load(output)
            guard let definition = snapshot.document.key(named: key) else {
                let names = snapshot.document.keys.map(\.name).joined(separator: ", ")
                throw CommandFailure("there is no key \"\(key)\"; there are: \(names)", ExitCodes.usage)
            }
            guard case .remoteKeySet(let remote) = definition.material else {
                throw CommandFailure("key \"\(key)\" is not fetched; show it with gatehouse jwks show", ExitCodes.usage)
            }
            return (remote.refreshSeconds, remote.location)
        }
        let text = jwksUri ?? issuer ?? ""
        do throws(RemoteURL.Problem) {
            if jwksUri != nil { return (600, .keySet(try RemoteURL(text))) }
            return (600, .issuer(name: text, discovery: try RemoteURL(discoveryOf: text)))
        } catch {
            let reason = error == .notSecure ? "keys over plain http could be exchanged on the way" : "it is not a URL"
            throw CommandFailure("\(DiagnosticPrinter.visible(text)): \(reason)", ExitCodes.usage)
        }
    }

    private static func place(_ location: RemoteKeySet.Location) -> String {
        switch location {
        case .keySet(let url): url.text
        case .issuer(let name, _): DiagnosticPrinter.visible(name)
        }
    }

    // MARK: Words

    private static func text(_ step: KeySetInspector.Step) -> String {
        let fields = step.fields.map { "      \(DiagnosticPrinter.visible($0))\n" }.joined()
        let head = "GET \(DiagnosticPrinter.visible(step.url))"
        return "\(head)\n  \(step.status), \(step.bytes) bytes, \(step.nanoseconds / 1_000_000) ms\n\(fields)"
    }

    /// As the gateway plans: at 80 % of the answer's own lifetime, which counts between one minute and one hour.
    private static func lifetime(_ lifetime: Double?, _ refresh: Int) -> String {
        let given = lifetime.map { Int(min(max($0, 60), 3600)) }
        let next = min(given ?? refresh, refresh) * 4 / 5
        let why =
            lifetime.map { "the answer may be kept for \(Int($0)) s" }
            ?? "the answer does not say how long it may be kept"
        return "  \(why); the gateway fetches it again after about \(next) s\n"
    }

    private static func advice(_ problem: String) -> String {
        if problem.hasPrefix("the answer has status 3") {
            return "; redirects are not followed: name the place that they lead to"
        }
        if problem.contains("names another issuer") {
            return "; write the issuer exactly as the document and the tokens do, trailing slash included"
        }
        return ""
    }
}
