import ArgumentParser
import Documents
import EventLoop
import Gateway
import Recordings
import Routes
import Synchronization
import Tokens

/// `gatehouse replay FILE --to URL`: plans, asks, sends, reports.
struct ReplaySending {
    let command: ReplayCommand
    let options: SendOptions

    /// The signal that ended the sending; 0 as long as none has.
    private final class Interruption: Sendable {
        let number = Atomic<Int32>(0)
        let stop = SendingStop()
    }

    func run(to text: String) throws {
        let target = try failing { () throws(RecordingProblem) in try ReplayTarget(text) }
        let filter = try ReplayCommand.filter(command.filter)
        let form = options.tokens?.form ?? .recorded
        let snapshot = try configuration(for: form)
        let sources = try TokenSources(
            document: snapshot?.document, test: options.test, options: command.options, output: command.output)
        var maker = TokenMaker(
            try sources.tokens(form), document: snapshot?.document, privateKey: try privateKey())
        let composer = RequestComposer(
            target: target, allowsUnsafe: options.allowUnsafe,
            headInMillis: Int((options.timeout?.seconds ?? 30) * 1000), document: snapshot?.document)
        let noise = try noise()
        let fetch = try failing { () throws(RecordingProblem) in try EntryFetch(path: command.recording) }
        let choice = SendingPlan.Choice(
            filter: filter, limit: command.limit ?? .max, sample: options.sample?.percent)
        let plan = try failing { () throws(RecordingProblem) in
            try SendingPlan(
                RecordingReader(path: command.recording), choice: choice, pace: options.pace,
                maxGap: options.maxGap?.seconds, composer: composer, tokens: &maker, at: ClockArgument.now)
        }
        let words = words(form, maker, plan)
        let shown = plan.text(
            target: target, pace: options.pace, tokens: words.plan, allowsUnsafe: options.allowUnsafe)
        if options.dryRun { return StandardStreams.write(shown) }
        StandardStreams.writeError(shown)
        if plan.isEmpty { throw nothing(plan, form) }
        try agree(to: target)
        // A report that cannot be written is to be known of before an hour of sending.
        try command.write(html: [], junit: [], json: [])

        let interruption = try catchSignals()
        if case .command(let words) = form { maker.printed = ask(words, plan, interruption.stop) }
        let outcome = try send(plan, fetch, composer, maker, noise, snapshot, interruption.stop)
        let report = SendingReport(
            plan: plan, outcome: outcome, recording: command.recording, target: target, tokens: words.report,
            settings: settings, failOn: options.failOn?.kinds ?? FailOnArgument.standard,
            latencyTolerance: options.tolerate?.factor, flags: command.options.words + options.words)
        StandardStreams.writeError(SendingReport.problems(of: plan, command.recording))
        StandardStreams.write(command.json ? report.json() : Array(report.text().utf8))
        try command.write(html: report.html(), junit: report.junit(), json: report.json())
        let signal = interruption.number.load(ordering: .acquiring)
        if signal > 0 { throw ExitCode(128 + signal) }
        if outcome.unreachable != nil { throw ExitCodes.unavailable }
        if report.hasFailed { throw ExitCodes.no }
    }

    private var settings: ReplaySender.Settings {
        ReplaySender.Settings(
            concurrency: options.concurrency ?? 32, keepsOrder: options.order == .principal, pace: options.pace,
            learnsNoise: options.learnNoise)
    }

    // MARK: What is needed

    private func failing<Value>(_ body: () throws(RecordingProblem) -> Value) throws(CommandFailure) -> Value {
        do throws(RecordingProblem) { return try body() } catch {
            let code = error.code == "GH6202" ? ExitCodes.usage : ExitCodes.missingInput
            throw CommandFailure(DiagnosticPrinter.visible(error.text), code)
        }
    }

    /// Needed to sign; of use otherwise for what it says of redaction and of the places of tokens.
    private func configuration(for form: TokensArgument.Form) throws(CommandFailure) -> GatewaySnapshot? {
        let isNeeded: Bool
        switch form {
        case .resign, .principal: isNeeded = true
        case .recorded, .none, .map, .command, .wrong: isNeeded = false
        }
        if isNeeded || command.options.config != nil { return try command.options.load(command.output) }
        do throws(CommandFailure) { return try command.options.check().snapshot } catch { return nil }
    }

    private func privateKey() throws(CommandFailure) -> TokenSigner? {
        guard let path = options.keyFile else { return nil }
        let bytes = try StandardStreams.read(path)
        do throws(KeyError) {
            let isPEM = bytes.starts(with: "-----BEGIN".utf8)
            return try TokenSigner(key: isPEM ? SigningKey(pem: bytes) : SigningKey(jwk: bytes))
        } catch {
            throw CommandFailure("\(path): \(error.description)", ExitCodes.usage)
        }
    }

    private func noise() throws(CommandFailure) -> AnswerNoise {
        var noise = AnswerNoise()
        for word in options.ignore {
            do throws(AnswerNoise.Mistake) { try noise.ignore(word) } catch {
                throw CommandFailure("--ignore \(word): \(error.message)", ExitCodes.usage)
            }
        }
        return noise
    }

    private func words(
        _ form: TokensArgument.Form, _ maker: TokenMaker, _ plan: SendingPlan
    ) -> (plan: String, report: String) {
        switch form {
        case .recorded, .wrong:
            return (
                "no tokens: recordings hold no signatures (--tokens resign makes new ones)",
                "recorded (requests whose token is no longer in the recording were not sent)"
            )
        case .none: return ("no credentials at all", "none")
        case .resign:
            let keys = maker.signingKeys.isEmpty ? "nobody's key" : maker.signingKeys.joined(separator: ", ")
            return (
                "\(plan.tokens) tokens re-signed with \(keys)",
                "re-signed with \(keys), as old as they were when recorded; personal claims are pseudonyms"
            )
        case .principal(let name): return ("all as \(name)", "all as \(name)")
        case .map(let path): return ("tokens of \(path)", "by map \(path)")
        case .command:
            return ("a command is asked for \(plan.identities.count) tokens", "printed by a command, one an identity")
        }
    }

    private func nothing(_ plan: SendingPlan, _ form: TokensArgument.Form) -> CommandFailure {
        StandardStreams.writeError(SendingReport.problems(of: plan, command.recording))
        var help = "look at --filter, --limit and --sample"
        if plan.unsafeCount > 0 { help = "--allow-unsafe sends methods that change something" }
        if form == .recorded, plan.skippedCount > 0 {
            help = "--tokens resign signs the recorded claims anew; see gatehouse explain GH6203"
        }
        return CommandFailure("[GH6204] there is nothing to send; \(help)", ExitCodes.no)
    }

    // MARK: Agreement

    private func agree(to target: ReplayTarget) throws(CommandFailure) {
        if options.yes { return }
        guard StandardStreams.isTerminal(0), StandardStreams.isTerminal(2) else {
            if target.isLoopback { return }
            throw CommandFailure(
                "[GH6206] \(target.text) is another machine, and nobody is there to ask: agree with --yes",
                ExitCodes.usage)
        }
        // Who only presses return agrees to what can do no harm.
        let isHarmless = target.isLoopback && !options.allowUnsafe
        StandardStreams.writeError("go? \(isHarmless ? "[Y/n]" : "[y/N]") ")
        let answer =
            String(decoding: StandardStreams.readPiece(0) ?? Array("n".utf8), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).first?.lowercased() ?? (isHarmless ? "y" : "n")
        if answer != "y", answer != "yes" { throw CommandFailure("nothing was sent", ExitCodes.no) }
    }

    // MARK: Sending

    /// The first signal ends the sending, the second the process.
    private func catchSignals() throws(CommandFailure) -> Interruption {
        let interruption = Interruption()
        // A command or a target that hangs up must not end us.
        Socket.ignoreBrokenPipes()
        do throws(SystemError) {
            let signals = try Signals.catching([2, 15])
            Task {
                for await number in signals {
                    if interruption.number.load(ordering: .acquiring) > 0 { StandardStreams.end(128 + number) }
                    interruption.number.store(number, ordering: .releasing)
                    interruption.stop.stop()
                    StandardStreams.writeError("\nstopping: the report so far follows; once more ends at once\n")
                }
            }
        } catch {
            throw CommandFailure("signals cannot be caught: \(error.reason)", ExitCodes.software)
        }
        return interruption
    }

    private func ask(_ words: String, _ plan: SendingPlan, _ stop: SendingStop) -> [TokenIdentity: [UInt8]] {
        let milliseconds = Int((options.tokenTimeout?.seconds ?? 10) * 1000)
        let (tokens, failures) = TokenSources.ask(
            words, for: plan.identities, milliseconds: milliseconds, stop: stop)
        for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
            StandardStreams.writeError(
                "warning[GH6207]: the token command \(reason), for \(count) of \(plan.identities.count) identities\n")
        }
        return tokens
    }

    private func send(
        _ plan: SendingPlan, _ fetch: EntryFetch, _ composer: RequestComposer, _ maker: TokenMaker,
        _ noise: AnswerNoise, _ snapshot: GatewaySnapshot?, _ stop: SendingStop
    ) throws(CommandFailure) -> ReplaySender.Outcome {
        let folder = ProcessEnvironment(documentPath: try snapshot == nil ? "" : command.options.path()).folder
        let redaction = AnswerRedaction(
            record: snapshot?.document.record, salt: SaltFile.existing(folder: folder))
        let isShown = StandardStreams.isTerminal(2)
        let usesASCII = command.output.usesASCII
        return try failing { () throws(RecordingProblem) in
            let sender = try ReplaySender(
                plan, from: fetch, composer: composer, tokens: maker, noise: noise, redaction: redaction,
                settings: settings, stop: stop, wall: { ClockArgument.now }
            ) { progress in
                if isShown {
                    StandardStreams.writeError(
                        "\r\u{1B}[K" + progress.text(width: StandardStreams.columns(2), usesASCII: usesASCII))
                }
            }
            defer { if isShown { StandardStreams.writeError("\r\u{1B}[K") } }
            return sender.run()
        }
    }
}
