import ArgumentParser
import Documents
import EventLoop
import Gateway
import Glibc
import Routes
import Server

/// `gatehouse serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Examples:
              gatehouse serve
              gatehouse serve --config prod.json --stage prod
              gatehouse serve --log-format text
              gatehouse serve --record monday.gtr.jsonl

            One line for each request goes to standard output: what was asked, what was answered, and why. TERM or INT \
            lets open requests finish; a second one ends at once.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: "Request lines: text or json (default: server.log.format, else text at a terminal and json elsewhere).")
    var logFormat: LogFormatChoice?

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
        if !checked.diagnostics.isEmpty {
            let printer = DiagnosticPrinter(usesColor: output.usesColor)
            StandardStreams.writeError(printer.render(checked.diagnostics) + "\n")
        }
        guard let snapshot = checked.snapshot else {
            throw CommandFailure("\(checked.source.name): \(checked.counts); not started", ExitCodes.configuration)
                .report()
        }
        var format = snapshot.document.server.log.format ?? (StandardStreams.isTerminal(1) ? .text : .json)
        if let logFormat { format = logFormat == .text ? .text : .json }
        do {
            let recorder = try recording.begin(snapshot, configuration: checked.source.name)
            try await GatewayRun.serve(snapshot, logFormat: format, keys: keys, observer: recorder) { addresses in
                StandardStreams.writeError(Self.banner(snapshot, addresses, checked))
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

    private static func banner(
        _ snapshot: GatewaySnapshot, _ addresses: [String], _ checked: CheckedConfiguration
    ) -> String {
        let document = snapshot.document
        let open = document.routes.count { $0.authorization == .none }
        return """
            Gatehouse \(VersionCommand.number)   stage \(snapshot.stage.name)   \(document.api.type.rawValue) API   \
            config \(checked.source.name) (\(checked.counts))
              gateway   \(addresses.joined(separator: "  "))
              \(document.routes.count) routes, \(open) public, \(document.authorizers.count) authorizers, \
            keys: \(document.keys.map(\.name).joined(separator: ", "))

            """
    }
}

/// Runs a gateway until the process is told to stop.
enum GatewayRun {
    /// `ready` gets the addresses as soon as connections are accepted. Throws when an address cannot be had.
    static func serve(
        _ snapshot: GatewaySnapshot, logFormat: LogDefinition.Format, keys: KeyService? = nil,
        observer: (any ExchangeObserver)? = nil, ready: ([String]) async -> Void
    ) async throws {
        let signals: AsyncStream<Int32>
        do {
            signals = try Signals.catching([SIGTERM, SIGINT])
        } catch {
            throw CommandFailure("signals cannot be caught: \(error.reason)", ExitCodes.software)
        }
        let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let service: GatewayService
        do {
            service = try await GatewayService.start(
                snapshot, cores: cores, logDescriptor: 1, logFormat: logFormat, keys: keys, observer: observer)
        } catch {
            throw CommandFailure("cannot listen on \(error.place): \(error.reason)", ExitCodes.unavailable)
        }
        await ready(
            service.sockets.map { socket in
                if case .unix = socket.address { return "\(socket.address)" }
                return "http://\(socket.address)"
            })
        await Self.wait(signals, for: service)
    }

    /// The first signal stops gracefully, the second at once.
    private static func wait(_ signals: AsyncStream<Int32>, for service: GatewayService) async {
        var iterator = signals.makeAsyncIterator()
        guard let first = await iterator.next() else { return await service.stop() }
        let stop = Task { await service.stop() }
        let second = Task {
            var again = signals.makeAsyncIterator()
            if let number = await again.next() { _exit(128 + number) }
        }
        await stop.value
        second.cancel()
        _ = first
    }
}
