import ArgumentParser
import Documents
import Gateway
import Routes
import Tokens

/// `gatehouse token revoke`
struct TokenRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse tokens from now on that are otherwise good.",
        discussion: """
            Examples:
              gatehouse token revoke --sub u-100 --before 2026-11-21T12:00:00Z
              gatehouse token revoke --jti 6f1c… --until 2026-12-31T00:00:00Z
              gatehouse token revoke --kid 2026-10 --file revocations.jsonl

            Appends one line to the list that the configuration names; a running gateway reads it within a second. \
            `--sub` refuses what was issued until now, so that the person can log in again.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "One token, by its jti.") var jti: String?
    @Option(help: "Every token of a subject.") var sub: String?
    @Option(help: "Every token signed with a key.") var kid: String?
    @Option(help: "Every token of an issuer.") var iss: String?

    @Option(
        name: [.customLong("before"), .customLong("issued-before")],
        help: "Only tokens issued before this moment (default with --sub: now).")
    var issuedBefore: ClockArgument?

    @Option(help: "When the entry may be forgotten: after the tokens have expired.")
    var until: ClockArgument?

    @Option(help: "The list (default: revocations.file of the configuration).")
    var file: String?

    func validate() throws {
        if [jti, sub, kid, iss].compactMap({ $0 }).count != 1 {
            throw ValidationError("name exactly one of --jti, --sub, --kid and --iss")
        }
    }

    func run() throws {
        try reporting {
            let path = try path()
            guard let (selector, value) = selection() else { return }
            let moment = issuedBefore?.time ?? (selector == .subject ? ClockArgument.now : nil)
            // Whole seconds, because iat has them: a token of this very second is refused as well.
            let seconds = moment.map { Double($0.seconds + (issuedBefore == nil ? 1 : 0)) }
            let revocation = Revocation(
                selector, Array(value.utf8), issuedBefore: seconds, until: until.map { Double($0.time.seconds) })
            try StandardStreams.append(path, revocation.line())
            StandardStreams.write("\(path): \(String(decoding: revocation.line(), as: UTF8.self))")
        }
    }

    private func selection() -> (Revocation.Selector, String)? {
        if let jti { return (.tokenID, jti) }
        if let sub { return (.subject, sub) }
        if let kid { return (.keyID, kid) }
        return iss.map { (.issuer, $0) }
    }

    private func path() throws(CommandFailure) -> String {
        if let file { return file }
        let snapshot = try options.load(output)
        guard let revocations = snapshot.document.revocations else {
            throw CommandFailure(
                "the configuration names no list: add \"revocations\": { \"file\": \"revocations.jsonl\" }, or use --file",
                ExitCodes.configuration)
        }
        return revocations.path
    }
}
