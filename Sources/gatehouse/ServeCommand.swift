import ArgumentParser
import Documents
import EventLoop
import Gateway
import Recordings
import Routes

/// `gatehouse serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Examples:
              gatehouse serve
              gatehouse serve --config prod.json --stage prod
              gatehouse serve --watch --log-format text
              gatehouse serve --record monday.gtr.jsonl

            One line for each request goes to standard output: what was asked, what was answered, and why. TERM or INT \
            lets open requests finish; a second one ends at once.

            HUP reads the configuration again. A good one is in force for all further requests, and what it makes \
            weaker is said on standard error; a bad one changes nothing. Listen addresses, workers, limits, timeouts, \
            header names, the log's format, the token cache and the file of quotas stay until a restart; files of access \
            logs are opened anew. USR2 forgets what authorizer \
            functions have said (AWS: FlushStageAuthorizersCache); HUP does so too.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: "Request lines: text or json (default: server.log.format, else text at a terminal and json elsewhere).")
    var logFormat: LogFormatChoice?

    @Flag(
        help: """
            Read the configuration again whenever it, or a file that it names, has changed; start functions anew when \
            their code has.
            """)
    var watch = false

    @OptionGroup var recording: RecordOptions

    enum LogFormatChoice: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    func run() async throws {
        let keys: KeyService
        let checked: CheckedConfiguration
        do throws(CommandFailure) {
            keys = try Self.keyService()
            checked = try options.check(fetcher: ServiceKeyFetcher(keys))
        } catch {
            throw error.report()
        }
        guard let snapshot = checked.snapshot else {
            throw output.refuse(checked, "; not started").report()
        }
        if !checked.diagnostics.isEmpty {
            StandardStreams.writeError(output.diagnostics.render(checked.diagnostics) + "\n")
        }
        var format = snapshot.document.server.log.format ?? (StandardStreams.isTerminal(1) ? .text : .json)
        if let logFormat { format = logFormat == .text ? .text : .json }
        do {
            let recorder = try recording.begin(snapshot, configuration: checked.source.name)
            let observer = RecordingSwitch(recorder)
            let control = RecordingControl(
                observer, configuration: checked.source.name, definition: snapshot.document.record)
            defer { control?.remove() }
            try await GatewayRun.serve(
                snapshot, logFormat: format, keys: keys, observer: observer,
                reload: ConfigurationReload(
                    options: options, keys: keys, started: checked, adopted: { control?.adopt($0.document.record) }),
                isWatching: watch
            ) { addresses in
                let banner = StartBanner(
                    snapshot: snapshot, addresses: addresses, checked: checked, isWatching: watch,
                    common: options.words)
                StandardStreams.writeError(banner.text)
                if let recorder { StandardStreams.writeError(RecordOptions.banner(recorder)) }
            }
            try recorder.map(RecordOptions.end)
        } catch let failure as CommandFailure {
            throw failure.report()
        }
    }

    private static func keyService() throws(CommandFailure) -> KeyService {
        do throws(SystemError) {
            return try KeyService(
                readFile: { path in
                    do throws(CommandFailure) {
                        return try StandardStreams.read(path)
                    } catch {
                        return nil
                    }
                },
                notify: { StandardStreams.writeError("gatehouse: \(DiagnosticPrinter.visible($0))\n") })
        } catch {
            throw CommandFailure("no thread for keys: \(error.reason)", ExitCodes.unavailable)
        }
    }
}
