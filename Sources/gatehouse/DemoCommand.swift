import ArgumentParser
import Documents
import EventLoop
import Gateway
import Glibc
import Routes
import Server
import Tokens

/// `gatehouse demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a gateway, a sample API behind it and signed tokens, without any file.",
        discussion: """
            Examples:
              gatehouse demo
              gatehouse demo --write .gatehouse/demo
              gatehouse demo --backend-only

            The gate's configuration is the gateway.json at the top of the project, compiled in.
            """)

    @Option(help: "Port of the gateway; 0 chooses a free one.")
    var port: UInt16 = 8080

    @Option(help: "Port of the sample backend; a free one is chosen when it is taken.")
    var backendPort: UInt16 = 3000

    @Option(help: ArgumentHelp("Save the tokens as DIR/captain.jwt and so on.", valueName: "dir"))
    var write: String?

    @Flag(help: "Run the sample backend alone, for a gateway of your own.")
    var backendOnly = false

    func run() async throws {
        do {
            try await start()
        } catch let failure as CommandFailure {
            throw failure.report()
        }
    }

    private func start() async throws {
        Socket.ignoreBrokenPipes()
        let backendSocket = try backendListener()
        let environment = DemoEnvironment(
            listen: "127.0.0.1:\(port)", backend: "http://\(backendSocket.address)")
        let (snapshot, crew) = try environment.load()
        let backend: SampleBackendServer
        do {
            backend = try SampleBackendServer()
            try await backend.open(backendSocket, crew: crew)
        } catch {
            throw CommandFailure("the sample backend cannot start: \(error.reason)", ExitCodes.unavailable)
        }
        let tokens = crew.tokens(at: DemoClock.now())
        if let write { try save(tokens, in: write) }
        let screen = DemoScreen(backend: "http://\(backendSocket.address)", folder: write, tokens: tokens)
        if backendOnly {
            StandardStreams.write(screen.backendOnly)
            let signals = try Signals.catching([SIGTERM, SIGINT])
            var iterator = signals.makeAsyncIterator()
            _ = await iterator.next()
        } else {
            try await GatewayRun.serve(snapshot, logFormat: .text) { addresses in
                StandardStreams.write(screen.text(gateway: addresses.first ?? ""))
            }
        }
        await backend.close()
    }

    /// The wanted port, or a free one: the backend's place matters to nobody but the gate.
    private func backendListener() throws(CommandFailure) -> ListeningSocket {
        if let socket = Self.listen(backendPort) { return socket }
        if let socket = Self.listen(0) { return socket }
        throw CommandFailure("no port is free for the sample backend", ExitCodes.unavailable)
    }

    private static func listen(_ port: UInt16) -> ListeningSocket? {
        do throws(SystemError) {
            return try ListeningSocket(.ipv4([127, 0, 0, 1], port: port))
        } catch {
            return nil
        }
    }

    private func save(
        _ tokens: [(name: String, says: String, token: [UInt8])], in folder: String
    ) throws(CommandFailure) {
        StandardStreams.makeFolder(folder)
        for token in tokens {
            let file = "\(folder)/\(token.name).jwt"
            // Tokens are credentials: only their owner may read them, and old ones must not stay behind.
            StandardStreams.remove(file)
            try StandardStreams.create(file, token.token)
        }
    }
}
