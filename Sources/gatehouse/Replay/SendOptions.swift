import ArgumentParser
import Recordings
import Routes

/// The options of `gatehouse replay FILE --to URL`.
struct SendOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Send the requests to this http or https URL.", valueName: "url")) var to: String?

    @Option(
        help: ArgumentHelp(
            """
            With --to, how requests prove who they are: recorded, none, resign, as:NAME, map:FILE or exec:COMMAND \
            (default: recorded).
            """, valueName: "how"))
    var tokens: TokensArgument?

    @Option(help: "With --tokens as: or map:, take principals from this test file too.", completion: .file())
    var test: String?

    @Option(
        help: "With --tokens resign, sign with this private key (JWK or PEM) where gateway.json has public keys only.",
        completion: .file())
    var keyFile: String?

    @Option(help: "With --tokens exec:, how long the command may take: 10s (default).") var tokenTimeout: GapArgument?

    @Option(help: "With --to, so many times as fast as recorded: 4x (default: 1x).") var speed: SpeedArgument?
    @Option(help: "With --to, so many requests a second, evenly: 50/s.") var rate: RateArgument?
    @Flag(help: "With --to, send as soon as there is a free connection.") var asap = false
    @Option(help: "With --to, wait no longer than this between two requests: 2s, 500ms.") var maxGap: GapArgument?
    @Option(help: "With --to, requests at once (default: 32).") var concurrency: Int?
    @Option(help: "With --to, how long an answer may take to its last byte: 30s (default).") var timeout: GapArgument?
    @Option(help: "With --to, recorded, or principal: requests of one principal never overlap (default: recorded).")
    var order: OrderArgument?

    @Option(
        help: ArgumentHelp(
            "With --to, only so many percent of the principals, with all of their requests: principal:25%.",
            valueName: "part"))
    var sample: SampleArgument?

    @Flag(help: "With --to, send POST, PUT, PATCH, DELETE and others too.") var allowUnsafe = false
    @Flag(help: "With --to, print the plan and send nothing.") var dryRun = false
    @Flag(help: "With --to, do not ask before sending.") var yes = false

    @Option(
        help: ArgumentHelp(
            "With --to, do not compare this: header:NAME or body:/json/pointer; may be given again.",
            valueName: "what"))
    var ignore: [String] = []

    @Flag(help: "With --to, send a few requests twice first, and ignore where the answers differ.") var learnNoise =
        false

    @Option(help: "With --to, fail when the p95 of a route is so many times the recorded one: latency:2x.")
    var tolerate: ToleranceArgument?

    @Option(
        help: ArgumentHelp(
            "With --to, fail on: decision, status, header, body, none (default: decision,status).", valueName: "kinds"))
    var failOn: FailOnArgument?

    var pace: ReplayPace {
        if asap { return .asap }
        if let rate { return .rate(perSecond: rate.perSecond) }
        return .recorded(speed: speed?.factor ?? 1)
    }

    /// The first option that only goes with `--to`, when there is one.
    var first: String? {
        let given: [(String, Bool)] = [
            ("--tokens", tokens != nil), ("--test", test != nil), ("--key-file", keyFile != nil),
            ("--token-timeout", tokenTimeout != nil), ("--speed", speed != nil), ("--rate", rate != nil),
            ("--asap", asap), ("--max-gap", maxGap != nil), ("--concurrency", concurrency != nil),
            ("--timeout", timeout != nil), ("--order", order != nil), ("--sample", sample != nil),
            ("--allow-unsafe", allowUnsafe), ("--dry-run", dryRun), ("--yes", yes), ("--ignore", !ignore.isEmpty),
            ("--learn-noise", learnNoise), ("--tolerate", tolerate != nil), ("--fail-on", failOn != nil),
        ]
        return given.first { $0.1 }?.0
    }

    func validate() throws {
        if [speed != nil, rate != nil, asap].count(where: { $0 }) > 1 {
            throw ValidationError("--speed, --rate and --asap exclude each other")
        }
        if maxGap != nil, rate != nil || asap {
            throw ValidationError("--max-gap shortens the recorded pauses: it goes with --speed")
        }
        if let concurrency, !(1...1024).contains(concurrency) {
            throw ValidationError("--concurrency takes a number from 1 to 1024")
        }
        if keyFile != nil, tokens?.form != .resign { throw ValidationError("--key-file goes with --tokens resign") }
        if tokenTimeout != nil {
            guard case .command? = tokens?.form else {
                throw ValidationError("--token-timeout goes with --tokens exec:COMMAND")
            }
        }
        if test != nil {
            switch tokens?.form {
            case .principal?, .map?: break
            default: throw ValidationError("--test goes with --tokens as:NAME or map:FILE")
            }
        }
    }

    /// What belongs to the command that shows a difference again. What a command or a map says stays where it is.
    var words: [String] {
        var words: [String] = []
        switch tokens?.form {
        case .command?: words += ["--tokens", "exec:…"]
        case let form?: words += ["--tokens", form.text]
        case nil: break
        }
        if let test { words += ["--test", test] }
        if let keyFile { words += ["--key-file", keyFile] }
        if allowUnsafe { words.append("--allow-unsafe") }
        for word in ignore { words += ["--ignore", word] }
        if let failOn { words += ["--fail-on", failOn.text] }
        return words
    }
}
